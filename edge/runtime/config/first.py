"""Generates a shop's first `config.toml` from the set-up page's answers. Pure."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

import msgspec

from drivers.discovery.match import Proposal, lines
from edge.lib.i18n import Language
from edge.runtime.config import Config, parse

Line = Annotated[str, msgspec.Meta(max_length=60, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]
Typed = Annotated[str, msgspec.Meta(max_length=64)]


LAWS = MappingProxyType({"FR": "fr", "IL": "il", "AT": "at", "DE": "de"})
"""The tax law of a country, for countries whose law this software supports."""


class FirstAnswers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Answers on the set-up page. `tax_place`: the place whose tax law applies, such as "province ON"; otherwise one
    `tax_percent` for all products ("": none). `tax_in_prices`: None means as usual at that place. `backup`: the kind of
    destination, with a disk label or folder in `backup_place`. `office`: the address and code shown on head office's
    page for a chain's new box. `bring_back`: the box replaces one of that name, so its journal is downloaded."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60, pattern=r"^(?=.*\S)[^\x00-\x1f\x7f]*$(?!\n)")]
    country: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}$(?!\n)")]
    currency: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$(?!\n)")]
    zone: Annotated[str, msgspec.Meta(max_length=60)]
    language: Language
    manager: Line
    pin: Typed
    address: Line = ""
    tax_number: Line = ""
    company_number: Annotated[str, msgspec.Meta(pattern=r"^[A-Z0-9 ]{0,24}$(?!\n)")] = ""
    tax_place: Annotated[str, msgspec.Meta(pattern=r"^((province|country) [A-Z]{2})?$(?!\n)")] = ""
    tax_percent: Annotated[str, msgspec.Meta(max_length=8)] = ""
    tax_in_prices: bool | None = None
    tills: Annotated[int, msgspec.Meta(ge=1, le=32)] = 1
    network: bool = False
    printer: Proposal | None = None
    backup: Literal["disk", "folder", "same_disk", "none"] = "none"
    backup_place: Annotated[str, msgspec.Meta(max_length=200)] = ""
    office: Annotated[str, msgspec.Meta(max_length=400)] = ""
    bring_back: bool = False


class OfficeName(msgspec.Struct, frozen=True):
    """Head office's name for a box."""

    tenant: str
    store: str
    device: str


def config_text(answers: FirstAnswers, data: str, port: int, called: OfficeName | None = None, more: str = "") -> str:
    """Generate the file. `data`: the ledger's folder; `called`: head office's name for the box; `more`: the section
    with head office's connection."""
    named = called or OfficeName(slug(answers.name), "main", "")
    return "\n".join([*_lines(answers, data, port, named), *(["", more] if more else [])]) + "\n"


def check_answers(answers: FirstAnswers, data: str, port: int, path: Path) -> Config:
    """Generate and validate the file. Raises `ConfigError` for an invalid answer."""
    return parse(config_text(answers, data, port), path)


def slug(name: str) -> str:
    """Return an identifier of lower-case letters and digits; "shop" if nothing remains."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "shop"


def _lines(said: FirstAnswers, data: str, port: int, called: OfficeName) -> Iterator[str]:
    yield "# Written by the first start. The commented sample next to the software lists all settings."
    yield f"data = {_toml_value(data)}"
    yield f"registers = {_toml_value([str(number) for number in range(1, said.tills + 1)])}"
    yield from ("", "[store]", f"tenant = {_toml_value(called.tenant)}", f"id = {_toml_value(called.store)}")
    if called.device:
        yield f"device = {_toml_value(called.device)}"
    yield f"header = {_toml_value([line for line in (said.name.strip(), said.address.strip()) if line])}"
    key, _, id = said.tax_place.partition(" ")
    placed = {"country": said.country, **({key: id} if key else {})}
    answers = {one: getattr(said, one) for one in ("tax_number", "currency", "language", "zone")}
    for name, value in (answers | placed).items():
        if value:
            yield f"{name} = {_toml_value(value)}"
    yield from ("", "[tax]", *_tax(said))
    if law := LAWS.get(said.country):
        yield from ("", "[fiscal]", f"regimes = {_toml_value([law])}")
        if number := said.company_number.replace(" ", ""):
            yield f"company_number = {_toml_value(number)}"
    yield from ("", "[till]", "sign_in = true", "", "[shifts]", "required = true")
    yield from ("", "[panel]", f"port = {port}", *(['host = "0.0.0.0"'] if said.network else []))
    if said.backup != "none":
        yield from ("", "[backup]", *_backup(said))
    if said.printer:
        yield from ("", lines(said.printer, "1"))


def _tax(said: FirstAnswers) -> Iterator[str]:
    if said.tax_in_prices is not None:
        yield f"inclusive = {_toml_value(said.tax_in_prices)}"
    if said.tax_place:
        return
    yield from ("[[tax.class]]", 'id = "standard"')
    if percent := said.tax_percent.strip().replace(",", "."):
        yield f'rates = [{{ name = "VAT", percent = {_toml_value(percent)} }}]'


def _backup(said: FirstAnswers) -> Iterator[str]:
    place = said.backup_place.strip()
    match said.backup:
        case "disk":
            yield from (f"disk = {_toml_value(place)}", 'folder = "edge"')
        case "folder":
            yield f"folder = {_toml_value(place)}"
        case _:
            yield from (f"folder = {_toml_value(place or 'backups')}", "same_disk = true")


def _toml_value(value: object) -> str:
    """Format a TOML value: JSON strings, numbers and lists are valid TOML."""
    return json.dumps(value, ensure_ascii=False)

"""Printer models: `profiles.toml` as values. The file's header explains terms and sources."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

DEFAULT = "default"
"""The profile of unknown printers."""


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A printer model. `columns` and `dots` are the printable width; `pages` maps python-escpos' code page names to the
    model's numbers."""

    name: str
    vendor: str = ""
    columns: int
    dots: int
    pages: Mapping[str, int]
    cut: Literal["full", "part", "none"] = "full"
    status: Literal["none", "ask", "automatic"] = "none"
    confirms: Literal["none", "status", "process_id"] = "none"
    qr: bool = True
    bars: bool = True
    raster: bool = True
    also: tuple[str, ...] = ()


def find(name: str) -> Profile:
    """Return a profile by name. Raises `KeyError` (see `names`)."""
    return _table()[name]


def names() -> list[str]:
    """Names of all profiles."""
    return list(_table())


def detect(model: str) -> Profile | None:
    """Return a profile by the printer's own model name, from USB or its reply (GS I 67); None if unknown."""
    wanted = _plain(model)
    for profile in _table().values():
        if wanted in {_plain(name) for name in (profile.name, *profile.also)}:
            return profile
    return None


@cache
def _table() -> Mapping[str, Profile]:
    raw = msgspec.toml.decode(files("edge.lib.printer_profiles").joinpath("profiles.toml").read_bytes())
    return {
        name: msgspec.convert({"name": name, **entry, "pages": raw["pages"][entry["pages"]]}, Profile)
        for name, entry in raw["profile"].items()
    }


def _plain(name: str) -> str:
    """Normalise a model name: remove case, NULs, spaces, hyphens and manufacturer."""
    plain = "".join(char for char in name.upper() if char.isalnum())
    for maker in ("EPSON", "STAR", "BIXOLON", "CITIZEN", "XPRINTER"):
        plain = plain.removeprefix(maker)
    return plain

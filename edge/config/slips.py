"""`[[slip]]`: which printers are told what of orders."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Annotated, Literal

import msgspec

from edge.core.config_section import ConfigFault
from edge.shop.kitchen.handlers import SlipSettings
from edge.shop.kitchen.rules import Route


class SlipEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """See `edge.shop.kitchen.rules.Route`."""

    printer: str
    categories: Annotated[
        tuple[str, ...], msgspec.Meta(description="a list of categories' ids, such as ['drinks']")
    ] = ()
    when: Literal["paid", "sent"] = "paid"


def settings(entries: tuple[SlipEntry, ...], language: str, zone: str) -> SlipSettings:
    """What the till's rules need of them."""
    routes = tuple(Route(entry.printer, entry.categories, entry.when) for entry in entries)
    return SlipSettings(routes, language, zone)


def faults(entries: tuple[SlipEntry, ...], printers: Collection[str]) -> Iterator[ConfigFault]:
    """What is wrong with them, where these are the receipt printers that do not stand in for another."""
    known = ", ".join(sorted(map(repr, printers))) or "none yet"
    for number, entry in enumerate(entries):
        if entry.printer not in printers:
            what = f"There is no receipt printer named {entry.printer!r} for slips."
            yield ConfigFault(
                ("slip", number, "printer"), what, f"Receipt printers are: {known}. Name one in [[device]]."
            )
        if entry.printer in (other.printer for other in entries[:number]):
            what = f"Two [[slip]] name the printer {entry.printer!r}."
            yield ConfigFault(("slip", number, "printer"), what, "Put all of its categories into one.")

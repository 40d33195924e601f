"""`[[slip]]`: which printers print which kitchen tickets."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Annotated, Literal

import msgspec

from edge.core.config_section import ConfigFault


class SlipEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A printer and its tickets; see `Route` of kitchen tickets."""

    printer: str
    categories: Annotated[
        tuple[str, ...], msgspec.Meta(description="a list of categories' ids, such as ['drinks']")
    ] = ()
    when: Literal["paid", "sent"] = "paid"


def faults(entries: tuple[SlipEntry, ...], printers: Collection[str]) -> Iterator[ConfigFault]:
    """Check the entries, given the receipt printers that aren't substitutes, and yield faults."""
    known = ", ".join(sorted(map(repr, printers))) or "none yet"
    for number, entry in enumerate(entries):
        if entry.printer not in printers:
            what = f"The receipt printer {entry.printer!r} for kitchen tickets doesn't exist."
            yield ConfigFault(
                ("slip", number, "printer"), what, f"Use one of these receipt printers in [[device]]: {known}."
            )
        if entry.printer in (other.printer for other in entries[:number]):
            what = f"Two [[slip]] name the printer {entry.printer!r}."
            yield ConfigFault(("slip", number, "printer"), what, "Put all of its categories into one.")

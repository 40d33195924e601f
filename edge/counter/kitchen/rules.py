"""Decides what each printer gets from an order. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from operator import attrgetter
from typing import Literal

import msgspec

from edge.counter.kitchen.commands import Moment, Ordered
from edge.counter.kitchen.events import Entry, Slip

ORDERS = 99
"""Order numbers run from 1 to this and then start over, so that they're short enough to call out."""


LAST = 99
"""Highest course number."""


class Route(msgspec.Struct, frozen=True):
    """A route that sends products in `categories` or below (empty: all) to a printer.

    `when`: once the order is paid, or already when it's sent from the open basket (at the latest on payment).
    """

    printer: str
    categories: tuple[str, ...] = ()
    when: Literal["paid", "sent"] = "paid"

    def takes(self, path: Iterable[str]) -> bool:
        """Whether a product with this category path, from the top level down, is routed to the printer."""
        return not self.categories or not set(self.categories).isdisjoint(path)


Told = Mapping[tuple[str, int], int]
"""Quantities of an open order already sent, in thousandths, by printer and line."""


def news(
    routes: Iterable[Route],
    lines: Iterable[Ordered],
    paths: Mapping[str, tuple[str, ...]],
    told: Told,
    moment: Moment,
    fired: int = 0,
) -> tuple[Slip, ...]:
    """The tickets with each printer's pending changes. `paths`: category paths by SKU. Courses after `fired` are held
    when the order is `sent`, unless they were sent before."""
    through = fired if moment == "sent" else LAST
    lines = tuple(sorted(lines, key=attrgetter("course")))
    slips = (Slip(route.printer, tuple(_entries(route, lines, paths, told, moment, through))) for route in routes)
    return tuple(slip for slip in slips if slip.entries)


def _entries(
    route: Route, lines: Iterable[Ordered], paths: Mapping[str, tuple[str, ...]], told: Told, moment: Moment, fired: int
) -> Iterator[Entry]:
    if route.when == "paid" and moment == "sent":
        return
    for line in lines:
        if not route.takes(paths.get(line.sku, ())):
            continue
        was = line.quantity if moment == "voided" else told.get((route.printer, line.line), 0)
        if line.course > fired and not was:
            continue
        wanted = line.quantity if moment in ("sent", "paid", "ordered") else 0
        if wanted != was:
            yield Entry(line.line, line.sku, line.names, line.unit, wanted, was, line.modifiers, line.course)

"""Which printer is told what of an order. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from operator import attrgetter
from typing import Literal

import msgspec

from edge.counter.kitchen.commands import Moment, Ordered
from edge.counter.kitchen.events import Entry, Slip

ORDERS = 99
"""Orders are counted up to this, and then from 1 again: a kitchen calls them out."""


LAST = 99
"""No course is behind it."""


class Route(msgspec.Struct, frozen=True):
    """What a printer is told of: products in one of `categories` or below it (none named: all products).

    `when`: once it is paid, or already when it is sent from the open basket (at the latest when it is paid).
    """

    printer: str
    categories: tuple[str, ...] = ()
    when: Literal["paid", "sent"] = "paid"

    def takes(self, path: Iterable[str]) -> bool:
        """Whether it is told of a product whose categories, from the topmost down, are `path`."""
        return not self.categories or not set(self.categories).isdisjoint(path)


Told = Mapping[tuple[str, int], int]
"""What printers know of an open order: thousandths, by printer and line."""


def news(
    routes: Iterable[Route],
    lines: Iterable[Ordered],
    paths: Mapping[str, tuple[str, ...]],
    told: Told,
    moment: Moment,
    fired: int = 0,
) -> tuple[Slip, ...]:
    """The slips that tell each printer what it does not know yet. `paths`: each product's categories, by sku. Of what
    is sent, courses behind `fired` are held, unless they were told of before."""
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

"""The cash that a driver was paid at a door, in the shop's currency and in foreign notes. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from edge.counter.basket.event_structs import Tender
from edge.counter.till.rules.day_totals import tip_in
from edge.lib.units.money import Coins
from edge.money.tenders.tender import is_foreign
from edge.ordering.delivery.events import ForeignNotes


class DoorMoney(msgspec.Struct, frozen=True):
    """A driver's cash from one door.

    `cash_minor`: without change and without `tip_minor`, the cash tip that the driver keeps. It's negative if the
    driver gave change for another tender.
    """

    cash_minor: int
    foreign: tuple[ForeignNotes, ...] = ()
    tip_minor: int = 0

    def __bool__(self) -> bool:
        return bool(self.cash_minor or self.foreign or self.tip_minor)


NOTHING = DoorMoney(0)


def door_money_of(tenders: Iterable[Tender], change_minor: int, tip_minor: int, coins: Coins) -> DoorMoney:
    """The part of a sale's payment that the driver has in cash. `tip_minor`: the driver's tip."""
    paid = tuple(tenders)
    kept = coins.nearest(tip_in(paid, change_minor, tip_minor).get("cash", 0))
    cash = sum(one.amount_minor for one in paid if one.kind == "cash") - change_minor
    notes = tuple(ForeignNotes(one.kind, one.foreign_minor, one.amount_minor) for one in paid if is_foreign(one.kind))
    return DoorMoney(cash - kept, sum_notes(notes), kept)


def sum_notes(notes: Iterable[ForeignNotes]) -> tuple[ForeignNotes, ...]:
    """Notes summed by kind."""
    sums: dict[str, ForeignNotes] = {}
    for one in notes:
        had = sums.get(one.kind, ForeignNotes(one.kind, 0, 0))
        sums[one.kind] = ForeignNotes(one.kind, had.minor + one.minor, had.worth_minor + one.worth_minor)
    return tuple(sums[kind] for kind in sorted(sums))

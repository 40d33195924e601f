"""What a driver was paid in cash at a door: coins and notes of the shop's money, and foreign notes. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from edge.shop.orders.events import ForeignNotes
from edge.shop.tenders.tender import is_foreign
from edge.shop.till.rules.event_structs import Tender


class DoorMoney(msgspec.Struct, frozen=True):
    """`cash_minor`: without the change; below 0 where a driver would have given change for something else."""

    cash_minor: int
    foreign: tuple[ForeignNotes, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.cash_minor or self.foreign)


NOTHING = DoorMoney(0)


def taken(tenders: Iterable[Tender], change_minor: int) -> DoorMoney:
    """What of a sale a driver holds."""
    paid = tuple(tenders)
    cash = sum(one.amount_minor for one in paid if one.kind == "cash") - change_minor
    notes = tuple(ForeignNotes(one.kind, one.foreign_minor, one.amount_minor) for one in paid if is_foreign(one.kind))
    return DoorMoney(cash, summed(notes))


def summed(notes: Iterable[ForeignNotes]) -> tuple[ForeignNotes, ...]:
    """One of each kind."""
    sums: dict[str, ForeignNotes] = {}
    for one in notes:
        had = sums.get(one.kind, ForeignNotes(one.kind, 0, 0))
        sums[one.kind] = ForeignNotes(one.kind, had.minor + one.minor, had.worth_minor + one.worth_minor)
    return tuple(sums[kind] for kind in sorted(sums))

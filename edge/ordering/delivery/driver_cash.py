"""Money that drivers took at doors, inside the transaction: theirs to answer for until they hand it in."""

from __future__ import annotations

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.counter.shifts.commands import MoveCash
from edge.counter.shifts.queries import open_number
from edge.foundation.access.queries import name_of
from edge.money.tenders.tender import currency_of
from edge.ordering.delivery.commands import HandInCash
from edge.ordering.delivery.events import DriverHandedIn, DriverPaid, NotesCounted
from edge.ordering.delivery.queries import read_driver_cash


class HandedIn(msgspec.Struct, frozen=True):
    """What a driver should have handed in, what was counted, and what that is too little (below 0) or too much."""

    expected_minor: int
    counted_minor: int
    difference_minor: int


def note_cash(tx: Transaction, paid: DriverPaid, said: str) -> None:
    """A driver was paid at the door, for the order that is called `said`: the cash of this sale is not in the
    register's drawer but with them, and a tip of theirs in it stays there."""
    if open_number(tx.db, tx.actor.register):
        if paid.amount_minor:
            tx.do(MoveCash("driver", paid.amount_minor, said, paper=False))
        if paid.tip_minor:
            tx.do(MoveCash("driver_tip", paid.tip_minor, said, paper=False))
        for one in paid.notes:
            tx.do(MoveCash("driver", one.minor, said, paper=False, tender=one.kind))
    tx.append(paid)


def hand_in(tx: Transaction, command: HandInCash, currency: str) -> HandedIn:
    """The driver's money comes into this register's drawer, as it was counted."""
    owed = next((one for one in read_driver_cash(tx.db) if one.driver == command.driver), None)
    if owed is None:
        raise Refusal("driver_owes_nothing", {"name": name_of(tx.db, command.driver)})
    unsaid = next((one for one in owed.notes if one.kind not in command.notes), None)
    if unsaid is not None:
        raise Refusal("driver_notes_uncounted", {"currency": currency_of(unsaid.kind)})
    notes = tuple(NotesCounted(one.kind, one.minor, command.notes[one.kind], one.worth_minor) for one in owed.notes)
    if open_number(tx.db, tx.actor.register) and command.counted_minor:
        tx.do(MoveCash("handed_in", command.counted_minor, command.driver))
    for one in notes if open_number(tx.db, tx.actor.register) else ():
        if one.counted_minor:
            tx.do(MoveCash("handed_in", one.counted_minor, command.driver, tender=one.kind))
    handed = DriverHandedIn(command.driver, owed.orders, currency, owed.owed_minor, command.counted_minor, notes)
    tx.append(handed)
    return HandedIn(owed.owed_minor, command.counted_minor, command.counted_minor - owed.owed_minor)

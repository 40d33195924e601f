"""Cash collected by drivers, inside the transaction: they're accountable for it until they hand it in."""

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
    """The amount that a driver should have handed in, the counted amount, and their difference.

    A negative difference is a shortage.
    """

    expected_minor: int
    counted_minor: int
    difference_minor: int


def note_cash(tx: Transaction, paid: DriverPaid, said: str) -> None:
    """Record that a driver was paid at the door for the order displayed as `said`.

    The driver has the sale's cash, so it isn't in the register's drawer, and keeps the tip.
    """
    if open_number(tx.db, tx.actor.register):
        if paid.amount_minor:
            tx.do(MoveCash("driver", paid.amount_minor, said, paper=False))
        if paid.tip_minor:
            tx.do(MoveCash("driver_tip", paid.tip_minor, said, paper=False))
        for one in paid.notes:
            tx.do(MoveCash("driver", one.minor, said, paper=False, tender=one.kind))
    tx.append(paid)


def hand_in(tx: Transaction, command: HandInCash, currency: str) -> HandedIn:
    """Put a driver's cash into this register's drawer, as counted."""
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

"""Money that drivers took at doors, inside the transaction: theirs to answer for until they hand it in."""

from __future__ import annotations

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.lib.units.receipt_number import shown_number
from edge.shop.access.queries import name_of
from edge.shop.orders.commands import HandInCash
from edge.shop.orders.door_money import DoorMoney
from edge.shop.orders.events import DriverHandedIn, DriverPaid, ForeignNotes, NotesCounted
from edge.shop.orders.order import KeptOrder
from edge.shop.shifts.commands import MoveCash
from edge.shop.shifts.queries import open_number
from edge.shop.tenders.tender import currency_of
from edge.shop.till.commands import CorrectTender

DRIVERS_LIMIT = 200
_decode_notes = msgspec.json.Decoder(tuple[ForeignNotes, ...]).decode
_DELIVERED = """
    SELECT s.seq FROM shop_order o JOIN driver_cash d ON d.driver = o.driver AND d.since_us <= o.changed_us
    JOIN order_step s ON s.order_id = o.id AND s.now = 'delivered' WHERE o.register = ? AND o.receipt = ?
"""
"""Of a sale to the customer of a driver who owes money since then, the step of its order."""
_OWED = "SELECT driver, owed_minor, orders, since_us, notes FROM driver_cash WHERE orders ORDER BY since_us LIMIT ?"


class DriverCash(msgspec.Struct, frozen=True):
    """What a driver has of the shop's money: of how many orders, since when; and which foreign `notes`."""

    driver: str
    owed_minor: int
    orders: int
    since_us: int
    notes: tuple[ForeignNotes, ...] = ()


class HandedIn(msgspec.Struct, frozen=True):
    """What a driver should have handed in, what was counted, and what that is too little (below 0) or too much."""

    expected_minor: int
    counted_minor: int
    difference_minor: int


def note_cash(tx: Transaction, order: KeptOrder, driver: str, receipt: int, money: DoorMoney) -> None:
    """A driver was paid at the door: the cash of this sale is not in the register's drawer but with them, and a tip of
    theirs in it stays there."""
    minor = money.cash_minor
    if open_number(tx.db, tx.actor.register):
        if minor:
            tx.do(MoveCash("driver", minor, order.said, paper=False))
        if money.tip_minor:
            tx.do(MoveCash("driver_tip", money.tip_minor, order.said, paper=False))
        for one in money.foreign:
            tx.do(MoveCash("driver", one.minor, order.said, paper=False, tender=one.kind))
    paid = (order.id, order.number, driver, receipt, order.currency, minor, money.foreign, money.tip_minor)
    tx.append(DriverPaid(*paid))  # right before the step that ends the order: `before_correction` looks there


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


def before_correction(tx: Transaction, command: CorrectTender) -> None:
    """What a driver was paid in cash stays cash until they hand it in: they owe it."""
    step = tx.db.execute(_DELIVERED, (tx.actor.register, command.number)).fetchone()
    before = (tx.read(step[0] - back).event for back in (1, 2)) if step else ()  # 2: a move followed in older journals
    if any(isinstance(event, DriverPaid) and event.receipt == command.number for event in before):
        raise Refusal("driver_has_cash", {"number": shown_number(tx.actor.register, command.number)})


def read_driver_cash(db: Connection) -> list[DriverCash]:
    """The drivers who have money to hand in, who has had it longest first."""
    rows = db.execute(_OWED, (DRIVERS_LIMIT,))
    return [
        DriverCash(driver, owed, orders, since, _decode_notes(notes)) for driver, owed, orders, since, notes in rows
    ]

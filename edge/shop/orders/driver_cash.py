"""Money that drivers took at doors, inside the transaction: theirs to answer for until they hand it in."""

from __future__ import annotations

import msgspec

from edge.core.messages import Refused
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.shop.access.queries import name_of
from edge.shop.orders.commands import HandInCash
from edge.shop.orders.events import DriverHandedIn, DriverPaid
from edge.shop.orders.order import KeptOrder
from edge.shop.shifts.commands import MoveCash
from edge.shop.shifts.queries import open_number

DRIVERS_LIMIT = 200
_OWED = "SELECT driver, owed_minor, orders, since_us FROM driver_cash WHERE orders ORDER BY since_us LIMIT ?"


class DriverCash(msgspec.Struct, frozen=True):
    """What a driver has of the shop's money: of how many orders, since when."""

    driver: str
    owed_minor: int
    orders: int
    since_us: int


class HandedIn(msgspec.Struct, frozen=True):
    """What a driver should have handed in, what was counted, and what that is too little (below 0) or too much."""

    expected_minor: int
    counted_minor: int
    difference_minor: int


def note_cash(tx: Transaction, order: KeptOrder, driver: str, receipt: int, minor: int) -> None:
    """A driver was paid at the door: the cash of this sale is not in the register's drawer but with them."""
    tx.append(DriverPaid(order.id, order.number, driver, receipt, order.currency, minor))
    if open_number(tx.db, tx.actor.register):
        tx.do(MoveCash("driver", minor, order.said, paper=False))


def hand_in(tx: Transaction, command: HandInCash, currency: str) -> HandedIn | Refused:
    """The driver's money comes into this register's drawer, as it was counted."""
    owed = next((one for one in read_driver_cash(tx.db) if one.driver == command.driver), None)
    if owed is None:
        return Refused("driver_owes_nothing", {"name": name_of(tx.db, command.driver)})
    if open_number(tx.db, tx.actor.register) and command.counted_minor:
        moved = tx.do(MoveCash("handed_in", command.counted_minor, command.driver))
        if isinstance(moved, Refused):
            return moved
    tx.append(DriverHandedIn(command.driver, owed.orders, currency, owed.owed_minor, command.counted_minor))
    return HandedIn(owed.owed_minor, command.counted_minor, command.counted_minor - owed.owed_minor)


def read_driver_cash(db: Connection) -> list[DriverCash]:
    """The drivers who have money to hand in, who has had it longest first."""
    return [DriverCash(*row) for row in db.execute(_OWED, (DRIVERS_LIMIT,))]

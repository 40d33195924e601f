"""Commands of tables, inside the transaction. A table's bill is a basket parked under the table's name."""

from __future__ import annotations

from typing import Any

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.counter.basket.basket import Basket
from edge.counter.basket.splitting import BillPart
from edge.counter.tables.commands import MoveTable, PutOnTable, SplitSeats, SplitTable, TakeTable, TransferTable
from edge.counter.tables.entities import TABLES
from edge.counter.tables.events import TableTransferred
from edge.counter.tables.queries import basket_name, name_at, read_tables, registers, table_states
from edge.counter.tables.table import PART, FloorTable, is_of
from edge.counter.till.commands import LayBasket, SetBasketAside, TakeBasketUp
from edge.counter.till.lines.bill_splits import JoinBasket, PrintBill, SplitBasket
from edge.counter.till.lines.parked_baskets import Parked, read_parked
from edge.counter.till.queries import read_basket
from edge.foundation.access.queries import is_active_user

_SIT = """
    INSERT INTO table_guests (id, guests, since_us, person, billed_minor) VALUES (?1, ?2, ?3, ?5, 0)
    ON CONFLICT (id) DO UPDATE SET guests = iif(?4 OR ?2 > 0, ?2, guests), since_us = iif(?4, ?3, since_us),
        person = iif(?4, ?5, person), billed_minor = iif(?4, 0, billed_minor)
"""
_SERVE = "UPDATE table_guests SET person = ? WHERE id = ?"
_BILL = "UPDATE table_guests SET billed_minor = ? WHERE id = ?"
_LEAVE = "DELETE FROM table_guests WHERE id = ?"
_FOLLOW = "UPDATE OR REPLACE table_guests SET id = ? WHERE id = ?"


def take_table(tx: Transaction, command: TakeTable) -> Basket:
    table = TABLES.require(tx.db, command.table)
    register, name = tx.actor.register, name_at(tx.db, tx.actor.register)
    here = read_basket(tx.db, register)
    if not here.empty and is_of(name, table.name):
        _sit(tx, table, command.guests)
        return here
    if not here.empty:
        if not any(is_of(name, one.name) for one in read_tables(tx.db)):
            raise Refusal("basket_not_empty")
        tx.do(SetBasketAside(name))
    _sit(tx, table, command.guests)
    bills = _bills(tx, table)
    elsewhere = _elsewhere(tx, table)
    there = read_basket(tx.db, elsewhere) if elsewhere else None
    taken: Basket
    if bills:
        taken = tx.do(TakeBasketUp(bills[0].number, "kept", command.take_over)).result
    elif there and there.up and there.up.parked:
        taken = tx.do(TakeBasketUp(there.up.parked, "kept", command.take_over)).result
    elif there and not there.empty:
        raise Refusal("table_at_register", {"table": table.name, "register": elsewhere})
    else:
        taken = tx.do(LayBasket(Basket(register, name=table.name))).result
    return taken


def put_on_table(tx: Transaction, command: PutOnTable) -> Basket:
    table = TABLES.require(tx.db, command.table)
    if bills := _bills(tx, table):
        tx.do(JoinBasket(bills[0].number))
    basket: Basket = tx.do(SetBasketAside(table.name)).result
    _sit(tx, table, command.guests)
    return basket


def move_table(tx: Transaction, command: MoveTable) -> Basket:
    table, to = TABLES.require(tx.db, command.table), TABLES.require(tx.db, command.to)
    basket = read_basket(tx.db, tx.actor.register)
    if not basket.empty and not is_of(name_at(tx.db, tx.actor.register), table.name):
        raise Refusal("basket_not_empty")
    if elsewhere := _elsewhere(tx, table):  # only its parked bills would move; the rest would stay behind
        raise Refusal("table_at_register", {"table": table.name, "register": elsewhere})
    if basket.empty and not _bills(tx, table):
        raise Refusal("table_free", {"table": table.name})
    if table.id == to.id:
        return basket
    if basket.empty:
        basket = tx.do(TakeBasketUp(_bills(tx, table)[0].number, "kept")).result
    for bill in _bills(tx, table):
        basket = tx.do(JoinBasket(bill.number)).result
    up = msgspec.structs.replace(basket.up, called=to.name) if basket.up else None
    tx.do(LayBasket(msgspec.structs.replace(basket, name=to.name, up=up)))
    if _bills(tx, to):
        tx.db.execute(_LEAVE, (table.id,))
    else:
        tx.db.execute(_FOLLOW, (to.id, table.id))
    return put_on_table(tx, PutOnTable(to.id))


def transfer_table(tx: Transaction, command: TransferTable) -> None:
    table = TABLES.require(tx.db, command.table)
    if not is_active_user(tx.db, command.to):
        raise Refusal("table_to_nobody", {"person": command.to})
    state = next(one for one in table_states(tx.db) if one.table.id == table.id)
    if state.state == "free":
        raise Refusal("table_free", {"table": table.name})
    if state.person != command.to:
        tx.db.execute(_SERVE, (command.to, table.id))
        tx.append(TableTransferred(table.id, command.to, state.person))


def split_seats(tx: Transaction, command: SplitSeats) -> Basket:
    basket = read_basket(tx.db, tx.actor.register)
    first, *others = sorted({line.seat for line in basket.sold_lines if line.seat}) or [0]
    if not first or not others:
        raise Refusal("split_no_seats")
    for seat in others:
        parts = tuple(BillPart(line.id) for line in basket.sold_lines if line.seat == seat)
        basket = tx.do(SplitTable(parts)).result
    return basket


def after_bill(tx: Transaction, command: PrintBill, result: Any) -> Any:
    """Record the total shown to the guests whose bill is at this register."""
    basket = read_basket(tx.db, tx.actor.register)
    name = basket_name(basket)
    if table := next((one for one in read_tables(tx.db) if name and is_of(name, one.name)), None):
        tx.db.execute(_BILL, (basket.total_minor, table.id))
    return result


def split_table(tx: Transaction, command: SplitTable) -> Basket:
    name = name_at(tx.db, tx.actor.register)
    table = next((one for one in read_tables(tx.db) if is_of(name, one.name)), None)
    called = f"{table.name}{PART}{len(_bills(tx, table)) + 2}" if table else name
    basket: Basket = tx.do(SplitBasket(command.parts, called)).result
    return basket


def _bills(tx: Transaction, table: FloorTable) -> list[Parked]:
    return [one for one in read_parked(tx.db) if is_of(one.name, table.name)]


def _elsewhere(tx: Transaction, table: FloorTable) -> str:
    """Another register that has the table's bill or a part of it; "" if none has."""
    others = (one for one in registers(tx.db) if one != tx.actor.register)
    return next((one for one in others if is_of(name_at(tx.db, one), table.name)), "")


def _sit(tx: Transaction, table: FloorTable, guests: int) -> None:
    """Record the number of guests. If the table was free, they're seated from now on."""
    free = not _bills(tx, table) and not any(is_of(name_at(tx.db, one), table.name) for one in registers(tx.db))
    tx.db.execute(_SIT, (table.id, guests, tx.at_us, free, tx.actor.name))

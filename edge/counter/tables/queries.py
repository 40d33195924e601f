"""Queries of tables and their states."""

from __future__ import annotations

from typing import Literal

import msgspec

from edge.core.storage.database import Connection
from edge.counter.basket.basket import Basket
from edge.counter.tables.entities import TABLES
from edge.counter.tables.table import FloorTable, is_of
from edge.counter.till.lines.parked_baskets import Parked, read_parked
from edge.counter.till.queries import read_basket

_GUESTS = "SELECT id, guests, since_us, person, billed_minor FROM table_guests"
_REGISTERS = "SELECT register FROM open_basket"


class TableState(msgspec.Struct, frozen=True):
    """A table's state.

    `here`: its bill is open at `register`. `bills`: the numbers of its parked baskets, several if the bill was split.
    `since_us`: when the first of them was parked. `person`: its server (a user's id). `billed`: the guests were shown a
    bill that hasn't changed since.
    """

    table: FloorTable
    state: Literal["free", "open", "here"]
    guests: int = 0
    since_us: int = 0
    items: int = 0
    total_minor: int = 0
    register: str = ""
    bills: tuple[int, ...] = ()
    person: str = ""
    billed: bool = False


class Sitting(msgspec.Struct, frozen=True):
    """The guests at a table: their number, since when, their server (a user's id), and the last total shown to them."""

    guests: int = 0
    since_us: int = 0
    person: str = ""
    billed_minor: int = 0


def read_tables(db: Connection) -> tuple[FloorTable, ...]:
    """The tables by area and name."""
    return TABLES.read(db)


def table_states(db: Connection) -> list[TableState]:
    """The current state of each table."""
    parked = read_parked(db)
    guests = {id: Sitting(*of) for id, *of in db.execute(_GUESTS)}
    counters = {register: name for register in registers(db) if (name := name_at(db, register))}
    return [_state(db, table, parked, counters, guests.get(table.id, Sitting())) for table in read_tables(db)]


def _state(
    db: Connection, table: FloorTable, parked: list[Parked], counters: dict[str, str], sits: Sitting
) -> TableState:
    bills = [one for one in parked if is_of(one.name, table.name)]
    register = next((register for register, name in counters.items() if is_of(name, table.name)), "")
    if not bills and not register:
        return TableState(table, "free")
    basket = read_basket(db, register) if register else None
    total_minor = sum(one.total_minor for one in bills) + (basket.total_minor if basket else 0)
    return TableState(
        table,
        "here" if register else "open",
        sits.guests,
        sits.since_us or min((one.at_us for one in bills), default=0),
        sum(one.items for one in bills) + (len(basket.sold_lines) if basket else 0),
        total_minor,
        register,
        tuple(one.number for one in bills),
        sits.person,
        billed=0 < sits.billed_minor == total_minor,
    )


def registers(db: Connection) -> list[str]:
    """Registers that have or had a basket."""
    return [register for (register,) in db.execute(_REGISTERS)]


def name_at(db: Connection, register: str) -> str:
    """The name of the basket at a register; "" if it has none."""
    return basket_name(read_basket(db, register))


def basket_name(basket: Basket) -> str:
    """A basket's name: its own, or the name of the parked basket or order that was opened in it."""
    return basket.name or (basket.up.called if basket.up else "")

"""Queries of kitchen tickets."""

from __future__ import annotations

import msgspec

from edge.core.people.remarks import read_remark
from edge.core.storage.database import Connection


class Order(msgspec.Struct, frozen=True):
    """A register's order: the order of its open basket, or the last one (`open` is false).

    Number 0: it has none yet. `ticket`: its id on screens, because numbers repeat.
    """

    number: int = 0
    note: str = ""
    open: bool = False
    ticket: str = ""


def read_order(db: Connection, register: str) -> Order:
    """The register's order, with its note decrypted."""
    order = kept_order(db, register)
    return msgspec.structs.replace(order, note=read_remark(db, order.note))


def kept_order(db: Connection, register: str) -> Order:
    """The register's order with its note as stored."""
    row = db.execute("SELECT number, note, open, ticket FROM slip_order WHERE register = ?", (register,)).fetchone()
    return Order(row[0], row[1], bool(row[2]), row[3]) if row else Order()


def read_told(db: Connection, register: str) -> dict[tuple[str, int], int]:
    """Quantities of the register's open order already sent, in thousandths, by printer and line."""
    rows = db.execute("SELECT printer, line, quantity FROM slip_told WHERE register = ?", (register,))
    return {(printer, line): quantity for printer, line, quantity in rows}


def sent_lines(db: Connection, register: str) -> dict[int, int]:
    """Quantities of the open basket already sent, in thousandths, by line number."""
    rows = db.execute("SELECT line, max(quantity) FROM slip_told WHERE register = ? GROUP BY line", (register,))
    return dict(rows.fetchall())

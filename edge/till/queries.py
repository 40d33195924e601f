"""Reads of the till."""

from __future__ import annotations

import msgspec

from edge.catalog.prices import MEMBER, has_list
from edge.core.shapes import Number
from edge.core.storage.database import Connection
from edge.promotions.queries import for_list
from edge.till.rules.basket import Basket
from edge.till.rules.reports import Day

_decode = msgspec.json.Decoder(Basket).decode
_decode_day = msgspec.json.Decoder(Day).decode
_FIELDS = "register, number, kind, seq, business_date, at_us, currency, total_minor, voided_by, refunded_minor, copies"
RECEIPTS_LIMIT = 200


class Receipt(msgspec.Struct, frozen=True):
    """A receipt in the list: what it says in full stands in the journal at `seq`.

    `kind` is sale, void or refund; `total_minor` what went into the drawer or onto the card, below 0 where it
    went back. `refunded_minor`: what of a sale went back since.
    """

    register: str
    number: int
    kind: str
    seq: int
    business_date: str
    at_us: int
    currency: str
    total_minor: int
    voided_by: int | None
    refunded_minor: int
    copies: int


def read_basket(db: Connection, register: str) -> Basket:
    """A register's open basket; an empty one if nothing is on the counter."""
    found = db.execute("SELECT body FROM open_basket WHERE register = ?", (register,)).fetchone()
    return _decode(found[0]) if found else Basket(register)


def last_receipt(db: Connection, register: str) -> Receipt | None:
    """The register's newest receipt."""
    row = db.execute(
        f"SELECT {_FIELDS} FROM receipt WHERE register = ? ORDER BY number DESC LIMIT 1", (register,)
    ).fetchone()
    return Receipt(*row) if row else None


def read_receipt(db: Connection, register: str, number: Number) -> Receipt | None:
    """One receipt, or None."""
    row = db.execute(f"SELECT {_FIELDS} FROM receipt WHERE register = ? AND number = ?", (register, number)).fetchone()
    return Receipt(*row) if row else None


def read_receipts(db: Connection, register: str, before: Number | None = None, limit: Number = 20) -> list[Receipt]:
    """A register's receipts, the newest first, from below number `before` on (for the next page)."""
    rows = db.execute(
        f"SELECT {_FIELDS} FROM receipt WHERE register = ? AND number < ? ORDER BY number DESC LIMIT ?",
        (register, before or 2**62, min(limit, RECEIPTS_LIMIT)),
    )
    return [Receipt(*row) for row in rows]


def read_refunded(db: Connection, register: str, number: Number) -> dict[int, int]:
    """How many thousandths of each line of a sale came back, by the line's number; nothing for one that is whole."""
    rows = db.execute("SELECT line, quantity FROM refunded_line WHERE register = ? AND number = ?", (register, number))
    return dict(rows.fetchall())


def knows_members(db: Connection, at_us: Number) -> bool:
    """Whether some goods cost members something else, or promotions are for them alone."""
    return has_list(db, MEMBER) or for_list(db, MEMBER, at_us)


def read_day(db: Connection, register: str, business_date: str) -> Day:
    """A register's day so far; an empty one before its first paper."""
    found = db.execute(
        "SELECT body FROM register_day WHERE register = ? AND business_date = ?", (register, business_date)
    ).fetchone()
    return _decode_day(found[0]) if found else Day()

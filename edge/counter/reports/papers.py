"""Search papers by filter, the newest first, with keyset pagination."""

from __future__ import annotations

from typing import Literal

import msgspec

from edge.core.storage.database import Connection

PaperKind = Literal["sale", "void", "refund"]
PAPERS_LIMIT = 200

_SELECT = """
    SELECT paper.seq, paper.register, paper.number, paper.kind, paper.business_date, paper.at_us, paper.person,
           paper.total_minor, receipt.currency, receipt.voided_by, receipt.refunded_minor, receipt.copies
"""
_ALL = "FROM paper CROSS JOIN receipt USING (register, number) WHERE paper.seq < ?"
_OF_PRODUCT = """
    FROM paper_product CROSS JOIN paper ON paper.seq = paper_product.seq CROSS JOIN receipt USING (register, number)
    WHERE paper_product.sku = ? AND paper_product.seq < ?
"""
# CROSS JOIN fixes the join order (https://sqlite.org/optoverview.html, 9.2), so rows arrive in the list's order.
_CONDITIONS = {
    "day": "paper.business_date = ?",
    "number": "paper.number = ?",
    "register": "paper.register = ?",
    "person": "paper.person = ?",
    "total_minor": "paper.total_minor = ?",
    "kind": "paper.kind = ?",
}


class PaperFilter(msgspec.Struct, frozen=True):
    """Conditions that a paper must all meet.

    `day`: a business day (ISO 8601). `total_minor`: the amount paid or, if negative, refunded.
    """

    day: str | None = None
    number: int | None = None
    register: str | None = None
    person: str | None = None
    total_minor: int | None = None
    kind: PaperKind | None = None
    sku: str | None = None


class PaperEntry(msgspec.Struct, frozen=True):
    """A paper in the list; its full event is in the journal at `seq`.

    Amounts in minor units, `at_us` in UTC microseconds. `person`: the id of the user who made it.
    """

    seq: int
    register: str
    number: int
    kind: PaperKind
    business_date: str
    at_us: int
    person: str
    total_minor: int
    currency: str
    voided_by: int | None
    refunded_minor: int
    copies: int


def read_papers(db: Connection, wanted: PaperFilter, after: int | None = None, limit: int = 50) -> list[PaperEntry]:
    """Papers of all registers, the newest first, below row `after` (for the next page)."""
    query, values = _query(wanted, after, limit)
    return [PaperEntry(*row) for row in db.execute(query, values)]


def read_paper(db: Connection, register: str, number: int) -> PaperEntry | None:
    """One paper, or None."""
    return next(iter(read_papers(db, PaperFilter(register=register, number=number), limit=1)), None)


def query_plan(db: Connection, wanted: PaperFilter) -> list[str]:
    """SQLite's query plan for a filter, for tests."""
    query, values = _query(wanted, None, 1)
    return [row[3] for row in db.execute("EXPLAIN QUERY PLAN " + query, values)]


def _query(wanted: PaperFilter, after: int | None, limit: int) -> tuple[str, tuple[object, ...]]:
    begin = after or 2**62
    source, first = (_ALL, (begin,)) if wanted.sku is None else (_OF_PRODUCT, (wanted.sku, begin))
    said = {name: value for name in _CONDITIONS if (value := getattr(wanted, name)) is not None}
    where = "".join(f" AND {_CONDITIONS[name]}" for name in said)
    key = "paper.seq" if wanted.sku is None else "paper_product.seq"
    query = f"{_SELECT}{source}{where} ORDER BY {key} DESC LIMIT ?"
    return query, (*first, *said.values(), min(limit, PAPERS_LIMIT))

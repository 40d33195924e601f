"""Figures of a purchase order, and the draft and receipts behind them."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.figure import Figure
from edge.core.journal.rows import facts_of_types, read_head
from edge.core.messages import RecordedEvent
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.goods.purchasing.events import PurchaseDrafted
from edge.goods.purchasing.queries import read_purchase
from edge.goods.purchasing.rules import cost_of

DIGITS_MOST = 18
"""More than an SQLite integer has a number cannot have."""
_PAGE = "/manager/purchase?id={0}"
_CURRENCY = "SELECT s.currency FROM purchase_order o JOIN supplier s ON s.id = o.supplier WHERE o.number = ?1"
_FEE = "SELECT s.seq, s.fee_minor FROM purchase_order o JOIN supplier s ON s.id = o.supplier WHERE o.number = ?"
_RECEIVED = "SELECT received FROM purchase_line WHERE number = ?1 AND sku = ?2"
_CAME = """
    SELECT seq, quantity FROM purchase_receipt WHERE number = ?1 AND sku = ?2
    UNION ALL SELECT seq, -quantity FROM purchase_return WHERE number = ?1 AND sku = ?2 AND replaced
"""
_ORDERED = "SELECT quantity FROM purchase_line WHERE number = ?1 AND sku = ?2"


def _total(db: Connection, registry: Registry, number: str) -> int | None:
    found = read_purchase(db, int(number)) if number.isdecimal() and len(number) <= DIGITS_MOST else None
    return found.total_minor if found else None


def _newest_draft(db: Connection, registry: Registry, number: str) -> RecordedEvent | None:
    """The newest content of an order."""
    of_all = facts_of_types(db, registry, [PurchaseDrafted.__name__], 1, read_head(db).seq)
    return max((one for one in of_all if str(_draft(one).number) == number), key=lambda one: one.seq, default=None)


def _draft(fact: RecordedEvent) -> PurchaseDrafted:
    assert isinstance(fact.event, PurchaseDrafted)
    return fact.event


def _costs(db: Connection, registry: Registry, number: str) -> Iterator[tuple[int, int]]:
    if found := _newest_draft(db, registry, number):
        yield found.seq, sum(cost_of(line.quantity, line.unit_cost_minor) for line in _draft(found).lines)
    yield from db.execute(_FEE, (number,)).fetchall()


def _ordered_rows(db: Connection, registry: Registry, number: str, sku: str) -> Iterator[tuple[int, int]]:
    if found := _newest_draft(db, registry, number):
        yield found.seq, sum(line.quantity for line in _draft(found).lines if line.sku == sku)


FIGURES = (
    Figure("purchasing.total", "minor", _total, _costs, _PAGE, currency=_CURRENCY),
    Figure("purchasing.ordered", "quantity", _ORDERED, _ordered_rows, _PAGE, keys=2),
    Figure("purchasing.received", "quantity", _RECEIVED, _CAME, _PAGE, keys=2),
)

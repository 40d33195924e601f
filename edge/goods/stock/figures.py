"""Figures of a product's stock, and the movements, claims and receipts they are calculated from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from edge.core.figure import Figure
from edge.core.journal.rows import facts_of_types, read_head
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.goods.stock.events import ReceiptCorrected
from edge.goods.stock.moving import costs

_PAGE = "/manager/stock/item?sku={0}"
_MOVED = ("stock_movements",)
_ON_HAND = "SELECT coalesce((SELECT on_hand FROM stock WHERE sku = ?1), (SELECT 0 FROM product WHERE sku = ?1))"
_MOVED_BY = "SELECT seq, delta FROM stock_movement WHERE sku = ?1"
_CLAIMED = "SELECT coalesce(sum(quantity), 0) FROM stock_claim WHERE sku = ?1 AND kind = '{}'"
_CLAIMS = "SELECT seq, quantity FROM stock_claim WHERE sku = ?1 AND kind = '{}'"
_AVAILABLE = """
    SELECT coalesce((SELECT on_hand FROM stock WHERE sku = ?1), 0)
         - (SELECT coalesce(sum(quantity), 0) FROM stock_claim WHERE sku = ?1 AND kind = 'reserved')
         - (SELECT coalesce(sum(r.quantity), 0) FROM stock_location l JOIN stock_row r
            ON r.sku = ?1 AND r.location = l.id WHERE l.kind = 'quarantine')
"""
_FREE = """
    SELECT seq, delta FROM stock_movement WHERE sku = ?1
    AND location NOT IN (SELECT id FROM stock_location WHERE kind = 'quarantine')
    UNION ALL SELECT seq, -quantity FROM stock_claim WHERE sku = ?1 AND kind = 'reserved' ORDER BY 1
"""
_AT_PLACE = "SELECT quantity FROM stock_row WHERE sku = ?1 AND location = ?2 AND lot = ?3 AND expiry = ?4"
_MOVED_AT = "SELECT seq, delta FROM stock_movement WHERE sku = ?1 AND location = ?2 AND lot = ?3 AND expiry = ?4"
_COSTED = "SELECT seq, delta, unit_cost_minor FROM stock_movement WHERE sku = ? ORDER BY seq, n"


def _available(db: Connection, registry: Registry, sku: str) -> int:
    """The available quantity, at least 0."""
    return max(0, int(db.execute(_AVAILABLE, (sku,)).fetchone()[0]))


def _available_changes(db: Connection, registry: Registry, sku: str) -> Iterator[tuple[int, int]]:
    """Each row's change to the available quantity."""
    free = 0
    for seq, delta in db.execute(_FREE, (sku,)):
        yield seq, max(0, free + delta) - max(0, free)
        free += delta


def _value(db: Connection, registry: Registry, sku: str) -> int | None:
    row = db.execute("SELECT on_hand, average_micro FROM stock WHERE sku = ?", (sku,)).fetchone()
    return None if row is None or row[1] is None else costs.value_milli(row[1], row[0]) // 1000


def _value_changes(db: Connection, registry: Registry, sku: str) -> Iterator[tuple[int, int]]:
    """The change to the value by each movement and receipt correction, by moving average."""
    corrected = facts_of_types(db, registry, [ReceiptCorrected.__name__], 1, read_head(db).seq)
    changes: list[tuple[int, Any]] = [(seq, (delta, cost)) for seq, delta, cost in db.execute(_COSTED, (sku,))]
    changes += [(fact.seq, fact.event) for fact in corrected if getattr(fact.event, "sku", "") == sku]
    average, on_hand, was = None, 0, 0
    for seq, change in sorted(changes, key=lambda one: one[0]):
        if isinstance(change, ReceiptCorrected):
            average = costs.average_with(average, on_hand, change.value_milli)
        else:
            delta, cost = change
            if cost is not None and delta > 0:
                average = costs.average_after(average, on_hand, delta, cost)
            on_hand += delta
        now = costs.value_milli(average, on_hand) // 1000
        yield seq, now - was
        was = now


def _average(db: Connection, registry: Registry, sku: str) -> tuple[int, int] | None:
    """The numerator and denominator of a unit's average cost: stock value and quantity; None without stock."""
    value = _value(db, registry, sku)
    (on_hand,) = db.execute(_ON_HAND, (sku,)).fetchone()
    return (value, on_hand) if value is not None and on_hand > 0 else None


def _average_changes(db: Connection, registry: Registry, sku: str) -> Iterator[tuple[int, int, int]]:
    yield from ((seq, amount, 0) for seq, amount in _value_changes(db, registry, sku))
    yield from ((seq, 0, delta) for seq, delta in db.execute(_MOVED_BY, (sku,)))


FIGURES = (
    Figure(
        "stock.on_hand",
        "quantity",
        _ON_HAND,
        _MOVED_BY,
        _PAGE,
        "product",
        _MOVED,
    ),
    Figure("stock.where", "quantity", _AT_PLACE, _MOVED_AT, _PAGE, "product", _MOVED, keys=4),
    Figure("stock.available", "quantity", _available, _available_changes, _PAGE, "product", _MOVED),
    Figure("stock.reserved", "quantity", _CLAIMED.format("reserved"), _CLAIMS.format("reserved"), _PAGE, "product"),
    Figure("stock.on_order", "quantity", _CLAIMED.format("ordered"), _CLAIMS.format("ordered"), _PAGE, "product"),
    Figure("stock.value", "minor", _value, _value_changes, _PAGE, "product", _MOVED),
    Figure("stock.average", "minor", _average, _average_changes, _PAGE, "product", _MOVED, over="quantity"),
)

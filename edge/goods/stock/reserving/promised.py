"""Reservations by holder, and the stock available to fulfil them."""

from __future__ import annotations

from collections.abc import Iterable

from edge.core.storage.database import Connection
from edge.goods.catalog.queries import json_text

_HELD = "SELECT sku, quantity FROM stock_claim WHERE kind = 'reserved' AND holder = ?"
_IN_DOUBT = """
    SELECT 1 FROM stock_claim o WHERE o.kind = 'reserved' AND o.holder = ? AND (
        EXISTS (SELECT 1 FROM stock_recall x WHERE x.sku = o.sku) OR
        coalesce((SELECT on_hand FROM stock s WHERE s.sku = o.sku), 0) < (
            SELECT sum(c.quantity) FROM stock_claim c WHERE c.kind = 'reserved' AND c.sku = o.sku)) LIMIT 1
"""
_HOLDERS = """
    SELECT DISTINCT c.holder FROM json_each(?) j JOIN stock_claim c ON c.sku = j.value
    WHERE c.kind = 'reserved' AND c.holder LIKE ? || '%'
"""
_PROMISED = """
    SELECT c.sku, s.on_hand, c.holder, c.quantity FROM stock_claim c JOIN stock s ON s.sku = c.sku
    WHERE c.kind = 'reserved' AND s.watched
"""
_RECALLED = """
    SELECT r.sku, sum(r.quantity) FROM stock_recall x JOIN stock_row r USING (sku, lot)
    LEFT JOIN stock_location l ON l.id = r.location
    WHERE r.quantity > 0 AND coalesce(l.kind, '') <> 'quarantine' AND ? IN ('', r.location) GROUP BY r.sku
"""
_SET_APART = """
    SELECT r.sku, sum(r.quantity) FROM stock_location l JOIN stock_row r ON r.location = l.id
    WHERE l.kind = 'quarantine' GROUP BY r.sku
"""


def reserved_by(db: Connection, holder: str) -> dict[str, int]:
    """A holder's reserved quantities by product."""
    return dict(db.execute(_HELD, (holder,)).fetchall())


def in_doubt(db: Connection, holder: str) -> bool:
    """Whether part of a holder's reservation may be missing: more is reserved than is left, or some of
    it was recalled.
    """
    return db.execute(_IN_DOUBT, (holder,)).fetchone() is not None


def holders_of(db: Connection, skus: Iterable[str], begin: str) -> list[str]:
    """Holders whose names have this prefix and who have reservations of these products."""
    return [holder for (holder,) in db.execute(_HOLDERS, (json_text(skus), begin))]


def recalled_on_hand(db: Connection, location: str = "") -> dict[str, int]:
    """Recalled quantities still at a location, by product; "": at all locations except quarantine."""
    return dict(db.execute(_RECALLED, (location,)).fetchall())


def promised_beyond(db: Connection) -> dict[str, tuple[int, dict[str, int]]]:
    """Products with more reserved than can be sold: the sellable quantity, and each holder's reservation."""
    found: dict[str, tuple[int, dict[str, int]]] = {}
    for sku, on_hand, holder, quantity in db.execute(_PROMISED):
        found.setdefault(sku, (on_hand, {}))[1][holder] = quantity
    if not found:
        return {}
    away = recalled_on_hand(db)
    apart = dict(db.execute(_SET_APART).fetchall())
    sound = {
        sku: (on_hand - away.get(sku, 0) - apart.get(sku, 0), holders) for sku, (on_hand, holders) in found.items()
    }
    return {sku: (there, holders) for sku, (there, holders) in sound.items() if there < sum(holders.values())}

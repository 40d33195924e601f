"""Reads of the stock."""

from __future__ import annotations

from edge.core.storage.database import Connection


def read_stock(db: Connection, sku: str) -> int:
    """Thousandths on hand; 0 for a product that never moved."""
    found = db.execute("SELECT on_hand FROM stock WHERE sku = ?", (sku,)).fetchone()
    return int(found[0]) if found else 0

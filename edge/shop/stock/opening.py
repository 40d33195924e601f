"""What goods begin with: how much of them lies in the shop when it first hears of them."""

from __future__ import annotations

from edge.core.storage.database import Connection
from edge.shop.stock.commands import Moved, MoveStock

_KNOWN = "SELECT 1 FROM stock WHERE sku = ?"


def opening_stock(db: Connection, sku: str, thousandths: int) -> MoveStock | None:
    """The count of a product, in thousandths of its unit; None where somebody already said how much of it there is:
    then what was sold since would come back."""
    known = thousandths <= 0 or db.execute(_KNOWN, (sku,)).fetchone()
    return None if known else MoveStock("counted", (Moved(sku, thousandths),))

"""Opening stock of a new product."""

from __future__ import annotations

from edge.core.storage.database import Connection
from edge.goods.catalog.product import Product
from edge.goods.catalog.queries import find_by_sku
from edge.goods.stock.commands import Moved, MoveStock
from edge.lib.units.quantity import LIMIT, SERVICE, THOUSANDTHS

_KNOWN = "SELECT 1 FROM stock WHERE sku = ?"


def opening_stock(db: Connection, product: Product, thousandths: int) -> MoveStock | str | None:
    """The opening count of a product, in thousandths of its unit; None if its stock is already known: the count
    would undo sales since. A string is the reason for no count, a key of section `reason`."""
    if thousandths <= 0 or db.execute(_KNOWN, (product.sku,)).fetchone():
        return None
    known = None if product.unit else find_by_sku(db, product.sku)
    unit = product.unit or (known.unit if known else "piece")
    if unit == SERVICE:
        return "service_on_hand"
    if unit == "piece" and thousandths % THOUSANDTHS:
        return "pieces_whole"
    if thousandths > LIMIT:
        return "on_hand_large"
    return MoveStock("counted", (Moved(product.sku, thousandths),))

"""Opening stock of a new product."""

from __future__ import annotations

from edge.core.storage.database import Connection
from edge.goods.catalog.product import Product
from edge.goods.catalog.queries import find_by_sku
from edge.goods.stock.commands import OPENING_UNDONE, Moved, MoveStock
from edge.lib.units.quantity import LIMIT, SERVICE, THOUSANDTHS

_KNOWN = "SELECT on_hand FROM stock WHERE sku = ?"
_NEWEST = "SELECT document FROM stock_movement WHERE sku = ? ORDER BY seq DESC, n DESC LIMIT 1"


def opening_stock(db: Connection, product: Product, thousandths: int) -> MoveStock | str | None:
    """The command for a product's opening count, in thousandths of its unit.

    None if its stock is already known, as the count would undo later sales. A string is the reason the count isn't
    possible, a key of section `reason`.
    """
    if thousandths <= 0 or _is_known(db, product.sku):
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


def _is_known(db: Connection, sku: str) -> bool:
    """Whether a product's stock has ever moved, other than by an import that was undone."""
    found = db.execute(_KNOWN, (sku,)).fetchone()
    if found is None or found[0]:
        return found is not None
    newest = db.execute(_NEWEST, (sku,)).fetchone()
    return newest is None or not newest[0].startswith(OPENING_UNDONE)

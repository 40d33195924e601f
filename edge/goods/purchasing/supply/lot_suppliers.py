"""The supplier of each lot, whether or not it was ordered, as the contact for a recall."""

from __future__ import annotations

import msgspec

from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.goods.purchasing.entities import SUPPLIERS
from edge.goods.purchasing.supply.licences import ask_licence
from edge.goods.stock.commands import RecordMovement
from edge.goods.stock.queries import Text
from edge.goods.stock.rows import find_stocked

LOTS_LIMIT = 1_000
"""Newest lots of a product whose supplier is looked up."""
_BROUGHT = """
    SELECT lot, names FROM (
        SELECT r.lot AS lot, s.names AS names, r.seq AS seq
        FROM purchase_receipt r JOIN supplier s ON s.id = r.supplier
        WHERE r.sku = ?1 AND r.lot <> '' AND r.quantity > 0
        UNION ALL SELECT h.lot AS lot, s.names AS names, h.seq AS seq
        FROM stock_receipt h JOIN supplier s ON s.id = h.supplier
        WHERE h.sku = ?1 AND h.supplier <> '' AND h.lot <> '' AND h.quantity > 0
        ORDER BY seq DESC LIMIT ?2)
    ORDER BY seq
"""
_names = msgspec.json.Decoder(dict[str, str]).decode


def read_lot_suppliers(db: Connection, sku: Text) -> dict[str, dict[str, str]]:
    """The supplier's names for each lot of a product; the latest supplier if there are several."""
    return {lot: _names(names) for lot, names in db.execute(_BROUGHT, (sku, LOTS_LIMIT))}


def before_movement(tx: Transaction, command: RecordMovement) -> None:
    """Require that a movement's supplier is known; ask about its licence before cannabis is received."""
    if not command.supplier:
        return
    SUPPLIERS.require(tx.db, command.supplier)
    if command.type == "in":
        ask_licence(tx, command.supplier, [find_stocked(tx.db, command.sku).sku])

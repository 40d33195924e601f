"""Selling locations, recalls and quarantine, inside the transaction."""

from __future__ import annotations

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.goods.stock.commands import LiftRecall, RecallLot, SetLocation, SetSellingPlace
from edge.goods.stock.events import LotRecalled, RecallLifted, SellingPlaceSet
from edge.goods.stock.rows import QUARANTINE, find_product, find_stocked, kind_of, require_location
from edge.lib.i18n import in_all_languages

_QUARANTINE = "SELECT id FROM stock_location WHERE kind = ? AND NOT retired ORDER BY id LIMIT 1"
_KNOWN_LOTS = """
    SELECT lot FROM stock_row WHERE sku = ?1 AND lot <> ''
    UNION SELECT lot FROM stock_receipt WHERE sku = ?1 AND lot <> ''
"""
_RECALLED = "SELECT lot FROM stock_recall WHERE sku = ?"


def quarantine(tx: Transaction) -> str:
    """The shop's first quarantine location, created if there is none."""
    if found := tx.db.execute(_QUARANTINE, (QUARANTINE,)).fetchone():
        return str(found[0])
    id = next(name for name in (QUARANTINE, f"{QUARANTINE}-1") if kind_of(tx.db, name) is None)
    tx.do(SetLocation(id, in_all_languages("stock.kind_quarantine"), "quarantine"))
    return id


def set_selling_place(tx: Transaction, command: SetSellingPlace) -> None:
    require_location(tx.db, command.location)
    if kind_of(tx.db, command.location) == QUARANTINE:
        raise Refusal("not_sold_from", {"location": command.location})
    tx.append(SellingPlaceSet(command.register, command.location))


def recall_lot(tx: Transaction, command: RecallLot) -> None:
    product = find_stocked(tx.db, command.sku)
    lot = command.lot.strip()
    if not lot:
        raise Refusal("lot_missing", {"sku": product.sku})
    for one in meant_lots(tx.db, product.sku, lot):
        tx.append(LotRecalled(product.sku, one, command.note))


def meant_lots(db: Connection, sku: str, lot: str) -> list[str]:
    """The lots affected by a recall: the lot as typed, and its spellings on hand."""
    return sorted({lot, *_written_so(db, _KNOWN_LOTS, sku, lot)})


def recalled_as(db: Connection, sku: str, lot: str) -> list[str]:
    """The product's recalled lots that match a typed lot, in their stored spelling."""
    return _written_so(db, _RECALLED, sku, lot)


def lift_recall(tx: Transaction, command: LiftRecall) -> None:
    product = find_product(tx.db, command.sku)
    recalled = recalled_as(tx.db, product.sku, command.lot) if product else []
    if product is None or not recalled:
        raise Refusal("lot_not_recalled", {"sku": command.sku, "lot": command.lot})
    for one in recalled:
        tx.append(RecallLifted(product.sku, one))


def _written_so(db: Connection, lots: str, sku: str, lot: str) -> list[str]:
    """The product's lots that equal the typed text, ignoring case and spaces."""
    meant = "".join(lot.split()).casefold()
    return sorted(one for (one,) in db.execute(lots, (sku,)) if "".join(one.split()).casefold() == meant)

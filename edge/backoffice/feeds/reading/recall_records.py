"""Recalls of lots, as published by authorities and suppliers: read a record, check it, and carry it out."""

from __future__ import annotations

import msgspec

from edge.backoffice.feeds.reading.record_cells import KeyedRow, Reason, RecordCells
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.goods.stock.commands import LiftRecall, RecallLot
from edge.goods.stock.locations import recalled_as
from edge.goods.stock.rows import find_product

NOTE_CHARS = 300


class RecallRow(KeyedRow, frozen=True, tag="Recall"):
    """A recalled lot of a product, by number or barcode, with the reason. `lifted`: it may be sold again."""

    sku: str
    lot: str
    note: str
    lifted: bool

    @property
    def key(self) -> str:
        return f"{self.sku}\x1f{self.lot}"


def recall_row(cells: RecordCells) -> RecallRow:
    """Convert a record's cells to a row. The lot may be missing, as most products in a register aren't the shop's."""
    note = cells.text("reason", NOTE_CHARS) or ""
    return RecallRow(cells.key("sku"), cells.text("lot") or "", note, bool(cells.yes("lifted")))


def judge_recall(db: Connection, row: RecallRow) -> tuple[RecallRow, list[Reason], bool]:
    """A record with our product number, its errors, and whether there is something to do.

    There is nothing to do for products that the shop doesn't have, and for lots already in the record's state.
    """
    product = find_product(db, row.sku)
    if product is None:
        return row, [], False
    row = msgspec.structs.replace(row, sku=product.sku)
    if not row.lot:
        return row, [Reason("lot", "missing_key")], True
    return row, [], bool(recalled_as(db, row.sku, row.lot)) == row.lifted


def carry_out_recall(tx: Transaction, row: RecallRow) -> None:
    """Block the lot from sale at every till, or release it again."""
    asked = LiftRecall(row.sku, row.lot) if row.lifted else RecallLot(row.sku, row.lot, row.note)
    tx.do(asked)

"""Sales of third-party tills as records: reading and applying.

The sales are stored by the other tills capability (`TakePosSale`), not here.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from edge.backoffice.feeds.applying.bounds import within_bounds
from edge.backoffice.feeds.reading.layout import LINE_FIELDS
from edge.backoffice.feeds.reading.line_numbers import field_at, line_numbers
from edge.backoffice.feeds.reading.record_cells import KeyedRow, Reason, RecordCells
from edge.backoffice.other_tills.commands import TakePosSale
from edge.backoffice.other_tills.sale import PosLine, PosSale, SaleKind
from edge.core.registry import Transaction
from edge.core.storage.database import Connection

VERSION_MOST = 2**53
THEIRS_CHARS = 120
_KINDS: Mapping[str, SaleKind] = {
    **dict.fromkeys(("sale", "vente", "מכירה"), "sale"),
    **dict.fromkeys(("void", "voided", "cancelled", "annulation", "ביטול"), "void"),
    **dict.fromkeys(("refund", "return", "remboursement", "החזר"), "refund"),
}
_TILL = "SELECT 1 FROM pos_till WHERE id = ?"
_KNOWN = "SELECT version FROM pos_sale WHERE pos = ? AND document = ? AND number = ?"


class OtherSaleRow(KeyedRow, frozen=True, tag="PosSale"):
    """A complete version of another till's sale."""

    sale: PosSale

    @property
    def key(self) -> str:
        return "\x1f".join((self.sale.pos, self.sale.transaction_id))

    @property
    def identity(self) -> str:
        """The record's identity; each version is a separate record."""
        return "\x1f".join((self.key, self.sale.document, str(self.sale.version)))


def pos_sale_row(cells: RecordCells) -> OtherSaleRow:
    """Read a record: a line per item with its quantity, and `total` in the record's currency. The version defaults to
    the first; a void has no lines."""
    kind = _KINDS.get((cells.text("kind") or "sale").casefold())
    if kind is None:
        cells.note("kind", "kind_unknown", value=cells.text("kind") or "")
    currency = (cells.text("currency", 3) or cells.terms.currency).upper()
    version = cells.whole("version", VERSION_MOST)
    what = (
        cells.key("pos"),
        cells.key("transaction_id", THEIRS_CHARS),
        1 if version is None else version,
        kind or "sale",
    )
    total_minor = cells.money("total", currency, signed=True) or 0
    at_us, lines = cells.moment_us("at"), () if kind == "void" else tuple(_lines(cells, currency))
    sale = PosSale(*what, cells.text("location", THEIRS_CHARS) or "", at_us, currency, total_minor, lines)
    more = msgspec.structs.replace(
        sale, refund_of=cells.text("refund_of", THEIRS_CHARS) or "", restock=cells.yes("restock", unsaid=True)
    )
    if not (currency.isascii() and currency.isalpha() and len(currency) == 3):
        cells.note("currency", "text_wrong", limit=3)
    return OtherSaleRow(more)


def _lines(cells: RecordCells, currency: str) -> list[PosLine]:
    found = []
    for n in line_numbers(cells, "PosSale"):
        item, name, code, quantity, unit, total = (field_at(cells, field, n) for field in LINE_FIELDS["PosSale"])
        text = cells.text(name, 200) or ""
        called = cells.text(item, THEIRS_CHARS) or cells.text(code) or (f"name:{text}" if text else "")
        if not called:
            cells.note_missing(item)
        sold = cells.thousandths(quantity)
        if sold is None:
            cells.note_missing(quantity)
        said = (text, cells.text(code) or "", cells.text(unit, 20) or "")
        found.append(PosLine(called[:THEIRS_CHARS], sold or 0, *said, cells.money(total, currency, signed=True) or 0))
    return found


def judge_pos_sale(db: Connection, row: OtherSaleRow) -> list[Reason]:
    """Check a sale's till. Returns the errors."""
    if db.execute(_TILL, (row.sale.pos,)).fetchone():
        return []
    return [Reason("pos", "unknown_till", {"value": row.sale.pos})]


def is_taken(db: Connection, row: OtherSaleRow) -> bool:
    """Whether this version of the sale is known."""
    found = db.execute(_KNOWN, (row.sale.pos, row.sale.document, row.sale.transaction_id)).fetchone()
    return found is not None and int(found[0]) == row.sale.version


def take_pos_sale(tx: Transaction, row: OtherSaleRow) -> bool:
    """Apply the sale. Returns whether it was new. Its products and location are assigned in the other tills
    capability."""
    return tx.do(within_bounds(TakePosSale(row.sale)), asks=False).result not in ("same", "stale")

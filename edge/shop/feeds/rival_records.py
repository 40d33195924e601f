"""What a rival asks for a product: a record of it read, judged beside what is known, and noted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.shop.feeds.bounds import within_bounds
from edge.shop.feeds.record_cells import KeyedRow, Reason, RecordCells, Terms
from edge.shop.pricing.commands import NoteRivalPrice
from edge.shop.pricing.queries import rivals_of
from edge.shop.stock.rows import find_product

COMPETITOR_CHARS, URL_CHARS, PRICE_MOST = 100, 500, 2**53
JUMP_PERCENT = 50
"""What is further from what that rival asked before waits for a yes."""
InStock = Literal["yes", "no", "unknown"]
_STOCK: Mapping[str, InStock] = {
    **dict.fromkeys(("yes", "true", "1", "in stock", "instock", "available", "oui", "en stock", "כן", "במלאי"), "yes"),
    **dict.fromkeys(("no", "false", "0", "out of stock", "outofstock", "soldout", "non", "rupture", "לא", "אזל"), "no"),
    **dict.fromkeys(("unknown", "?", "inconnu", "לא ידוע"), "unknown"),
}
_MATCH = "SELECT sku FROM feed_match WHERE competitor = ? AND theirs = ?"
_KEEP_MATCH = "INSERT OR REPLACE INTO feed_match (competitor, theirs, sku) VALUES (?, ?, ?)"


class RivalRow(KeyedRow, frozen=True, tag="RivalPrice"):
    """A rival's price as it was seen at a moment: without one in the record, as it is looked at."""

    competitor: str
    sku: str
    price_minor: int
    currency: str
    in_stock: InStock
    seen_us: int
    url: str

    @property
    def key(self) -> str:
        return f"{self.competitor}\x1f{self.sku}"


def rival_row(cells: RecordCells) -> RivalRow:
    """A record's cells as what it says."""
    currency = cells.text("currency", 3) or cells.terms.currency
    price = cells.money("price", cells.terms.currency)
    if price is None:
        cells.note_missing("price")
    elif not 0 < price <= PRICE_MOST:
        cells.note("price", "out_of_range", value=cells.text("price") or "")
    said = (cells.text("in_stock") or "unknown").casefold().rpartition("/")[2]  # schema.org writes an address
    stock = _STOCK.get(said)
    if stock is None:
        cells.note("in_stock", "not_yes_or_no", value=said)
    competitor = cells.text("competitor", COMPETITOR_CHARS)
    if competitor is None:
        cells.note_missing("competitor")
    seen_us = cells.moment_us("seen_at") if cells.text("seen_at") else cells.terms.now_us
    url = cells.text("url", URL_CHARS) or ""
    return RivalRow(competitor or "", cells.key("sku"), price or 0, currency, stock or "unknown", seen_us, url)


def judge_rival(db: Connection, row: RivalRow, terms: Terms) -> tuple[RivalRow, list[Reason]]:
    """A record with our own number of the product, and what is wrong with it or wants a yes."""
    reasons: list[Reason] = []
    if row.currency != terms.currency:
        reasons.append(Reason("currency", "currency_other", {"value": row.currency}))
    product = find_product(db, row.sku)
    if product is None and (found := db.execute(_MATCH, (row.competitor, row.sku)).fetchone()):
        product = find_product(db, found[0])
    if product is None:
        return row, [*reasons, Reason("sku", "unknown_sku", {"value": row.sku})]
    row = msgspec.structs.replace(row, sku=product.sku)
    last = next((one for one in rivals_of(db, (row.sku,)).get(row.sku, ()) if one.competitor == row.competitor), None)
    if last and row.seen_us < last.until_us:
        reasons.append(Reason("seen_at", "older_count"))
    if last and abs(row.price_minor - last.price_minor) * 100 > last.price_minor * JUMP_PERCENT:
        reasons.append(Reason("price", "price_jump", {"percent": JUMP_PERCENT}))
    return row, reasons


def note_rival(tx: Transaction, row: RivalRow) -> bool:
    """Note a rival's price; whether that was news."""
    asked = NoteRivalPrice(row.sku, row.competitor, row.price_minor, row.seen_us, row.in_stock, row.url)
    return bool(tx.do(within_bounds(asked), asks=False).result)


def keep_match(db: Connection, cells: Mapping[str, str], sku: str) -> None:
    """Somebody said which product of ours a rival's code is: it is known from now on."""
    if find_product(db, sku) is not None and cells.get("sku"):
        db.execute(_KEEP_MATCH, (cells.get("competitor", ""), cells["sku"], sku))

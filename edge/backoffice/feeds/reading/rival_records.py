"""Competitors' prices: read a record, check it, and store it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from edge.analytics.pricing.commands import NoteRivalPrice
from edge.analytics.pricing.queries import rivals_of
from edge.backoffice.feeds.applying.bounds import within_bounds
from edge.backoffice.feeds.applying.name_likeness import KnownNames
from edge.backoffice.feeds.reading.record_cells import KeyedRow, Reason, RecordCells, Terms
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.goods.stock.rows import find_product
from edge.lib.units.money import divide_half_up

COMPETITOR_CHARS, URL_CHARS, PRICE_MOST = 100, 500, 2**53
JUMP_PERCENT = 50
"""Price change in percent above which a competitor's new price waits for approval."""
InStock = Literal["yes", "no", "unknown"]
_STOCK: Mapping[str, InStock] = {
    **dict.fromkeys(("yes", "true", "1", "in stock", "instock", "available", "oui", "en stock", "כן", "במלאי"), "yes"),
    **dict.fromkeys(("no", "false", "0", "out of stock", "outofstock", "soldout", "non", "rupture", "לא", "אזל"), "no"),
    **dict.fromkeys(("limitedavailability", "onlineonly", "instoreonly"), "yes"),
    **dict.fromkeys(("discontinued", "preorder", "presale", "backorder", "madetoorder", "reserved"), "no"),
    **dict.fromkeys(("unknown", "?", "inconnu", "לא ידוע"), "unknown"),
}
_MATCH = "SELECT sku FROM feed_match WHERE competitor = ? AND theirs = ?"
_GOODS = "SELECT sku, body ->> '$.names' FROM product WHERE retired_us IS NULL"
_CHANGED = "SELECT count(*), max(seq) FROM product"
PROPOSED = "proposed"
"""A cell that we add to a record for the proposed product. Files don't contain it, and users can't correct it."""
GTIN_DIGITS = (8, 12, 13, 14)
"""Lengths of a GTIN. A product with an unknown GTIN is another product, whatever its name."""
_KEEP_MATCH = "INSERT OR REPLACE INTO feed_match (competitor, theirs, sku) VALUES (?, ?, ?)"


class RivalRow(KeyedRow, frozen=True, tag="RivalPrice"):
    """A competitor's price and the time it was seen (default: the time of reading)."""

    competitor: str
    sku: str
    price_minor: int
    currency: str
    in_stock: InStock
    seen_us: int
    url: str
    name: str = ""
    proposed: str = ""

    @property
    def key(self) -> str:
        return f"{self.competitor}\x1f{self.sku}"


def rival_row(cells: RecordCells) -> RivalRow:
    """Convert a record's cells to a row."""
    currency = (cells.text("currency", 3) or cells.terms.currency).upper()
    price = cells.money("price", cells.terms.currency)
    if price is None:
        cells.note_missing("price")
    elif not 0 < price <= PRICE_MOST:
        cells.note("price", "out_of_range", value=cells.text("price") or "")
    said = (cells.text("in_stock") or "unknown").casefold().rpartition("/")[2]  # schema.org gives a URL
    stock = _STOCK.get(said)
    if stock is None:
        cells.note("in_stock", "not_yes_or_no", value=said)
    competitor = cells.text("competitor", COMPETITOR_CHARS)
    if competitor is None:
        cells.note_missing("competitor")
    seen_us = cells.moment_us("seen_at") if cells.text("seen_at") else cells.terms.now_us
    url = cells.text("url", URL_CHARS) or ""
    name = cells.text("name") or ""
    theirs = cells.text("sku") or name  # without a code, products are identified by name
    if not theirs:
        cells.note_missing("sku")
    what = (price or 0, currency, stock or "unknown", seen_us, url, name, cells.text(PROPOSED) or "")
    return RivalRow(competitor or "", theirs, *what)


def judge_rival(db: Connection, row: RivalRow, terms: Terms) -> tuple[RivalRow, list[Reason]]:
    """A record with our product number, and its errors or reasons for approval."""
    reasons: list[Reason] = []
    if row.currency != terms.currency:
        reasons.append(Reason("currency", "currency_other", {"value": row.currency}))
    product = find_product(db, row.sku)
    if product is None and (found := db.execute(_MATCH, (row.competitor, row.sku)).fetchone()):
        product = find_product(db, found[0])
        if product is None:  # the user rejected all proposed products
            return row, [*reasons, Reason("sku", "unknown_sku", {"value": row.sku})]
    if product is None and row.proposed:
        product = find_product(db, row.proposed)
        if product is not None:
            reasons.append(Reason("sku", "name_like", {"value": row.name[:80], "sku": product.sku}))
    if product is None:
        return row, [*reasons, Reason("sku", "unknown_sku", {"value": row.sku})]
    each_minor = divide_half_up(row.price_minor, product.units)  # a case's barcode means a price per case
    row = msgspec.structs.replace(row, sku=product.sku, price_minor=each_minor)
    last = next((one for one in rivals_of(db, (row.sku,)).get(row.sku, ()) if one.competitor == row.competitor), None)
    if last and row.seen_us < last.until_us:
        reasons.append(Reason("seen_at", "older_count"))
    if last and abs(row.price_minor - last.price_minor) * 100 > last.price_minor * JUMP_PERCENT:
        reasons.append(Reason("price", "price_jump", {"percent": JUMP_PERCENT}))
    return row, reasons


class GoodsNames:
    """Product names for comparison, rebuilt when the catalogue changes."""

    def __init__(self) -> None:
        self._known: tuple[object, KnownNames] | None = None

    def of(self, db: Connection) -> KnownNames:
        """The current names."""
        mark = db.execute(_CHANGED).fetchone()
        if self._known is None or self._known[0] != mark:
            rows = db.execute(_GOODS).fetchall()
            names = ((sku, text) for sku, said in rows for text in msgspec.json.decode(said or b"{}").values())
            self._known = mark, KnownNames(names)
        return self._known[1]


def proposing(db: Connection, cells: Mapping[str, str], names: GoodsNames) -> Mapping[str, str]:
    """The cells with a product proposed by name, if no code identifies it. It compares all product names, so don't call
    it on the writer's thread."""
    name, code = cells.get("name", ""), cells.get("sku", "")
    if not name or (code.isdecimal() and len(code) in GTIN_DIGITS) or (code and find_product(db, code)):
        return cells
    sku = names.of(db).propose_product(name)[0]
    return {**cells, PROPOSED: sku} if sku else cells


def note_rival(tx: Transaction, row: RivalRow) -> bool:
    """Store a competitor's price; returns whether it was new."""
    asked = NoteRivalPrice(row.sku, row.competitor, row.price_minor, row.seen_us, row.in_stock, row.url)
    return bool(tx.do(within_bounds(asked), asks=False).result)


def theirs_of(cells: Mapping[str, str]) -> str:
    """The competitor's code for a product or, without one, its name."""
    return cells.get("sku") or cells.get("name", "")


def keep_match(db: Connection, cells: Mapping[str, str], sku: str) -> None:
    """Remember which product a user assigned to a competitor's code."""
    if find_product(db, sku) is not None and (theirs := theirs_of(cells)):
        db.execute(_KEEP_MATCH, (cells.get("competitor", ""), theirs, sku))


def keep_no(db: Connection, cells: Mapping[str, str]) -> None:
    """Remember that a user rejected a name match, so it isn't proposed again."""
    if theirs := theirs_of(cells):
        db.execute(_KEEP_MATCH, (cells.get("competitor", ""), theirs, ""))

"""Tables of products, prices, locations and stock: current state, rebuilt each time."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from edge.goods.catalog.product import Product
from edge.goods.stock.location import MAIN
from edge.goods.stock.moving.costs import value_milli
from edge.lib.units.money import divide_half_up
from edge.operations.shop_file.layout import (
    CURRENCY,
    SKU,
    Cells,
    ExportSource,
    ShopTable,
    column,
    number,
)

_decode_product = msgspec.json.Decoder(Product).decode
_PRODUCTS = "SELECT body, price_minor, retired_us IS NOT NULL, seq FROM product ORDER BY id"
_CODES = """
    SELECT code, sku, units, c.price_minor, c.name FROM product_code AS c JOIN product AS p ON p.id = c.product_id
"""
_PRICES = """
    SELECT sku, list, bound, from_us, until_us, price.price_minor, source FROM price
    JOIN product AS p ON p.id = price.product_id
"""
_CATEGORIES = "SELECT id, nullif(parent, ''), names FROM category ORDER BY id"
_PLACES = "SELECT id, names, kind, nullif(parent, ''), retired FROM stock_location ORDER BY id"
_ROWS = "SELECT sku, location, lot, expiry, quantity, boxes, box FROM stock_row WHERE quantity <> 0"
_TOTALS = "SELECT sku, on_hand, average_micro FROM stock"


def _products(ledger: ExportSource) -> Iterator[Cells]:
    for body, price_minor, retired, seq in ledger.db.execute(_PRODUCTS):
        one = _decode_product(body)
        yield (
            one.sku,
            ledger.name(one.names, one.sku),
            " ".join(dict.fromkeys((one.names or {}).values())),
            *(one.category or None, one.brand or "", one.unit or "piece", one.tax_class or "", one.min_age or 0),
            *(price_minor, one.cost_minor, one.deposit_minor, one.minimum, one.variant_of or ""),
            *(ledger.currency, retired, seq),
        )


def _codes(ledger: ExportSource) -> Iterator[Cells]:
    for code, sku, units, price_minor, name in ledger.db.execute(_CODES):
        yield code, sku, units, price_minor, ledger.currency, name or ""


def _prices(ledger: ExportSource) -> Iterator[Cells]:
    for *row, price_minor, source in ledger.db.execute(_PRICES):
        yield *row, price_minor, ledger.currency, source


def _categories(ledger: ExportSource) -> Iterator[Cells]:
    for id, parent, names in ledger.db.execute(_CATEGORIES):
        yield id, ledger.name(names, id), names, parent


def _places(ledger: ExportSource) -> Iterator[Cells]:
    found = ledger.db.execute(_PLACES).fetchall()
    if all(id != MAIN for id, *_ in found):
        yield MAIN, MAIN, "shop_floor", None, 0
    for id, names, kind, parent, retired in found:
        yield id, ledger.name(names, id), kind, parent, retired


def _rows(ledger: ExportSource) -> Iterator[Cells]:
    yield from ledger.db.execute(_ROWS)


def _totals(ledger: ExportSource) -> Iterator[Cells]:
    for sku, on_hand, average_micro in ledger.db.execute(_TOTALS):
        worth = None if average_micro is None else divide_half_up(value_milli(average_micro, on_hand), 1000)
        yield sku, on_hand, average_micro, worth, ledger.currency


CATEGORY = ShopTable(
    "category",
    "The tree of categories of products.",
    (
        column("id", "What the shop calls it."),
        column("name", "What people call it, in the store's language."),
        column("names", "The same by language (ISO 639-1), as JSON."),
        column("parent", "The category that it is in; empty: none.", "category.id"),
    ),
    key=("id",),
    rows=_categories,
)
PRODUCT = ShopTable(
    "product",
    "Products, also those that are sold no more.",
    (
        column("sku", "The product's number in the shop."),
        column("name", "What people call it, in the store's language."),
        column("names", "What it is called in all languages, one behind the other: for the search."),
        column("category", "Its category.", "category.id"),
        column("brand", "Its brand."),
        column("unit", "What it is sold by: piece, kg, litre, metre."),
        column("tax_class", "The class of the store's taxes."),
        column("age_years", "How old one must be to buy it, as was said of it; law may ask for more."),
        column("price_minor", "What one unit costs in the store's own list; empty: nobody said."),
        column("cost_minor", "What the shop pays for a unit, as the catalogue says."),
        column("deposit_minor", "Taken for a unit beside its price, and given back."),
        column("minimum_milli", "Below so much it is short."),
        column("variant_of", "The sku of what it is a variant of."),
        CURRENCY,
        number("is_retired", "1: it is sold no more, or only papers still speak of it."),
        number("changed_seq", "The row of the journal that changed it last."),
    ),
    key=("sku",),
    indexes=(("category",), ("brand",)),
    rows=_products,
)
TABLES: tuple[ShopTable, ...] = (
    CATEGORY,
    PRODUCT,
    ShopTable(
        "product_code",
        "What scanners read, and of which product it is.",
        (
            column("code", "The code; GTINs with zeros in front to 14 digits."),
            SKU,
            number("units", "How many units one of it is: more than 1 for a case."),
            column("price_minor", "The price of a case of its own."),
            CURRENCY,
            column("name", "What a case is called."),
        ),
        key=("code",),
        indexes=(("sku",),),
        rows=_codes,
    ),
    ShopTable(
        "price",
        "Prices by list, those that were, are and will be.",
        (
            SKU,
            column("list", "Whose price it is: store, member, or a list of the shop's own."),
            number("is_planned", "1: it was given a beginning and an end."),
            column("starts_us", "From when it holds."),
            column("ends_us", "Until when; empty: until another is set."),
            column("price_minor", "What a unit costs."),
            CURRENCY,
            column("source", "Who said so."),
        ),
        key=("sku", "list", "is_planned", "starts_us"),
        rows=_prices,
    ),
    ShopTable(
        "place",
        "Places that hold stock.",
        (
            column("id", "What the shop calls it."),
            column("name", "What people call it."),
            column("kind", "What it is: shop_floor, storage, fridge and the like."),
            column("parent", "The place that it is in.", "place.id"),
            number("is_retired", "1: it holds nothing any more."),
        ),
        key=("id",),
        rows=_places,
    ),
    ShopTable(
        "stock",
        "What is there of each product, by place, lot and last day.",
        (
            SKU,
            column("place", "Where it is.", "place.id"),
            column("lot", "The lot; empty: not known."),
            column("expiry_date", "The last day; empty: not known."),
            column("quantity_milli", "How much there is; below 0: more was sold than was known of."),
            number("boxes", "Closed boxes among it."),
            number("box", "Units in each of these."),
        ),
        key=("sku", "place", "lot", "expiry_date"),
        rows=_rows,
    ),
    ShopTable(
        "stock_total",
        "What is there of each product in all, and what it is worth.",
        (
            SKU,
            column("on_hand_milli", "How much there is."),
            column("average_cost_micro", "What a unit cost on the average; empty: nobody said."),
            column("value_minor", "What it is worth at that."),
            CURRENCY,
        ),
        key=("sku",),
        rows=_totals,
    ),
)

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
    "Product categories, as a tree.",
    (
        column("id", "The shop's id."),
        column("name", "Name in the store's language."),
        column("names", "Names by language (ISO 639-1), as JSON."),
        column("parent", "Parent category; empty: none.", "category.id"),
    ),
    key=("id",),
    rows=_categories,
)
PRODUCT = ShopTable(
    "product",
    "Products, including discontinued ones.",
    (
        column("sku", "The shop's product number (SKU)."),
        column("name", "Name in the store's language."),
        column("names", "Names in all languages, joined for full-text search."),
        column("category", "Category.", "category.id"),
        column("brand", "Brand."),
        column("unit", "Sales unit: piece, kg, litre or metre."),
        column("tax_class", "Tax class."),
        column("age_years", "Minimum age set for the product; the law may require more."),
        column("price_minor", "Unit price in the store's price list; empty: not set."),
        column("cost_minor", "Purchase cost per unit according to the catalogue."),
        column("deposit_minor", "Refundable deposit per unit, in addition to the price."),
        column("minimum_milli", "Minimum stock."),
        column("variant_of", "SKU of the parent product."),
        CURRENCY,
        number("is_retired", "1: discontinued, or known only from receipts."),
        number("changed_seq", "Journal row of the last change."),
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
        "Barcodes of products.",
        (
            column("code", "Code; GTINs are padded with zeros to 14 digits."),
            SKU,
            number("units", "Units it contains; more than 1 for a case."),
            column("price_minor", "Price of the case, if it has its own."),
            CURRENCY,
            column("name", "Name of the case."),
        ),
        key=("code",),
        indexes=(("sku",),),
        rows=_codes,
    ),
    ShopTable(
        "price",
        "Past, current and future prices by price list.",
        (
            SKU,
            column("list", "Price list: store, member, or one of the shop's own."),
            number("is_planned", "1: it has a start and an end."),
            column("starts_us", "Start time."),
            column("ends_us", "End time; empty: until replaced."),
            column("price_minor", "Unit price."),
            CURRENCY,
            column("source", "Source of the price."),
        ),
        key=("sku", "list", "is_planned", "starts_us"),
        rows=_prices,
    ),
    ShopTable(
        "place",
        "Stock locations.",
        (
            column("id", "The shop's id."),
            column("name", "Display name."),
            column("kind", "Type: shop_floor, storage, fridge and so on."),
            column("parent", "Parent location.", "place.id"),
            number("is_retired", "1: the location is retired."),
        ),
        key=("id",),
        rows=_places,
    ),
    ShopTable(
        "stock",
        "Stock on hand by location, lot and expiry date.",
        (
            SKU,
            column("place", "Stock location.", "place.id"),
            column("lot", "Lot; empty: unknown."),
            column("expiry_date", "Expiry date; empty: unknown."),
            column("quantity_milli", "Quantity on hand; negative: more sold than recorded."),
            number("boxes", "Unopened cases."),
            number("box", "Units per case."),
        ),
        key=("sku", "place", "lot", "expiry_date"),
        rows=_rows,
    ),
    ShopTable(
        "stock_total",
        "Total stock and value of each product.",
        (
            SKU,
            column("on_hand_milli", "Quantity on hand."),
            column("average_cost_micro", "Average unit cost; empty: unknown."),
            column("value_minor", "Stock value at average cost."),
            CURRENCY,
        ),
        key=("sku",),
        rows=_totals,
    ),
)

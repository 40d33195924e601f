"""Tables of purchasing, counts, commitments and orders: current state, rebuilt each time."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from edge.goods.promotions.promotion import FOREVER_US
from edge.operations.shop_file.layout import (
    AT,
    BUSINESS_DATE,
    CURRENCY,
    REGISTER,
    SEQ,
    SKU,
    Cells,
    ExportSource,
    ShopTable,
    column,
    number,
)
from edge.ordering.orders.order import OrderGoods

_goods_of = msgspec.json.Decoder(OrderGoods).decode
_OF_SUPPLIERS = "SELECT id, coalesce(nullif(currency, ''), ?) FROM supplier"
_SUPPLIERS = "SELECT id, names, lead_time_days, minimum_order_minor, fee_minor, currency, retired FROM supplier"
_SUPPLIER_PRICES = """
    SELECT sku, supplier, seq, code, cost_minor, pack, min_packs, from_date, until_date FROM supplier_price
"""
_ORDERS = """
    SELECT number, supplier, location, state, automatic, created_us, sent_on, expected_on, completed_on
    FROM purchase_order
"""
_ORDER_LINES = """
    SELECT l.number, n, sku, quantity, pack, unit_cost_minor, code, received, supplier FROM purchase_line AS l
    JOIN purchase_order AS o ON o.number = l.number
"""
_RECEIPTS = """
    SELECT seq, n, supplier, delivery_note, number, business_date, at_us, sku, quantity, unit_cost_minor, lot, expiry,
        location
    FROM purchase_receipt
"""
_COUNTS = "SELECT number, location, blind, category, state, started_us, ended_us FROM stock_count"
_COUNT_LINES = "SELECT number, sku, lot, expiry, quantity, expected, at_us FROM stock_count_line"
_PROMOTIONS = "SELECT id, body ->> '$.names', list, from_us, until_us, body ->> '$.deal', seq FROM promotion"
_SHIFTS = """
    SELECT seq, register, number, opened_date, opened_us, float_minor, closed_date, closed_us, total_minor,
        expected_minor, counted_minor, currency
    FROM shift
"""
_SHOP_ORDERS = """
    SELECT seq, business_date, number, state, channel, fulfilment, placed_us, changed_us, total_minor, register, receipt
    FROM shop_order
"""
_SHOP_ORDER_GOODS = "SELECT seq, goods FROM shop_order"


def _currencies(ledger: ExportSource) -> dict[str, str]:
    """The currency of each supplier."""
    return dict(ledger.db.execute(_OF_SUPPLIERS, (ledger.currency,)))


def _suppliers(ledger: ExportSource) -> Iterator[Cells]:
    for id, names, days, minimum_minor, fee_minor, currency, retired in ledger.db.execute(_SUPPLIERS):
        yield id, ledger.name(names, id), days, minimum_minor, fee_minor, currency or ledger.currency, retired


def _supplier_prices(ledger: ExportSource) -> Iterator[Cells]:
    currencies = _currencies(ledger)
    for row in ledger.db.execute(_SUPPLIER_PRICES):
        yield *row, currencies.get(row[1], ledger.currency)


def _purchase_orders(ledger: ExportSource) -> Iterator[Cells]:
    yield from ledger.db.execute(_ORDERS)


def _purchase_lines(ledger: ExportSource) -> Iterator[Cells]:
    currencies = _currencies(ledger)
    for *row, supplier in ledger.db.execute(_ORDER_LINES):
        yield *row, currencies.get(supplier, ledger.currency)


def _purchase_receipts(ledger: ExportSource) -> Iterator[Cells]:
    currencies = _currencies(ledger)
    for seq, n, supplier, note, order, *row in ledger.db.execute(_RECEIPTS):
        yield seq, n, supplier, note, order or None, *row, currencies.get(supplier, ledger.currency)


def _counts(ledger: ExportSource) -> Iterator[Cells]:
    yield from ledger.db.execute(_COUNTS)


def _count_lines(ledger: ExportSource) -> Iterator[Cells]:
    yield from ledger.db.execute(_COUNT_LINES)


def _promotions(ledger: ExportSource) -> Iterator[Cells]:
    for id, names, list_name, from_us, until_us, deal, seq in ledger.db.execute(_PROMOTIONS):
        ends_us = None if until_us == FOREVER_US else until_us
        yield id, ledger.name(names, id), list_name, from_us, ends_us, deal, seq


def _shifts(ledger: ExportSource) -> Iterator[Cells]:
    yield from ledger.db.execute(_SHIFTS)


def _shop_orders(ledger: ExportSource) -> Iterator[Cells]:
    for *row, register, receipt in ledger.db.execute(_SHOP_ORDERS):
        yield *row, ledger.currency, register if receipt else "", receipt or None


def _shop_order_lines(ledger: ExportSource) -> Iterator[Cells]:
    for seq, goods in ledger.db.execute(_SHOP_ORDER_GOODS):
        for n, line in enumerate(_goods_of(goods).sold_lines, 1):
            name = ledger.name(line.names, line.sku)
            yield seq, n, line.sku or None, name, line.kind, line.goods, line.amount_minor, ledger.currency


SUPPLIER = column("supplier", "Supplier.", "supplier.id")
PLACE = column("place", "Stock location.", "place.id")
TABLES: tuple[ShopTable, ...] = (
    ShopTable(
        "supplier",
        "Suppliers, without contact persons.",
        (
            column("id", "The shop's id."),
            column("name", "Display name."),
            column("lead_days", "Lead time stated by the supplier."),
            column("minimum_order_minor", "Minimum order value."),
            column("fee_minor", "Delivery fee."),
            CURRENCY,
            number("is_retired", "1: the supplier is retired."),
        ),
        key=("id",),
        rows=_suppliers,
    ),
    ShopTable(
        "supplier_price",
        "Current and former supplier prices; the latest one in effect applies.",
        (
            SKU,
            SUPPLIER,
            SEQ,
            column("code", "The supplier's product code."),
            column("cost_minor", "Unit price."),
            number("pack", "Units per pack; only whole packs are ordered."),
            number("packs_least", "Minimum number of packs per order."),
            column("from_date", "First day; empty: since it was set."),
            column("until_date", "Last day; empty: no end."),
            CURRENCY,
        ),
        key=("sku", "supplier", "seq"),
        rows=_supplier_prices,
    ),
    ShopTable(
        "purchase_order",
        "Purchase orders.",
        (
            number("number", "Order number."),
            SUPPLIER,
            PLACE,
            column("state", "draft, approved, sent, part_received, received, closed or cancelled."),
            number("is_automatic", "1: suggested automatically."),
            column("created_us", "Time it was created."),
            column("sent_date", "Date it was sent."),
            column("expected_date", "Expected delivery date."),
            column("completed_date", "Date everything had arrived."),
        ),
        key=("number",),
        indexes=(("supplier",),),
        rows=_purchase_orders,
    ),
    ShopTable(
        "purchase_line",
        "Lines of purchase orders, with quantities ordered and received.",
        (
            number("number", "Order number.", "purchase_order.number"),
            number("n", "Position in the order."),
            SKU,
            column("quantity_milli", "Quantity ordered; 0: delivered without an order."),
            number("pack", "Units per pack."),
            column("unit_cost_minor", "Unit price."),
            column("code", "The supplier's product code."),
            column("received_milli", "Quantity received."),
            CURRENCY,
        ),
        key=("number", "sku"),
        indexes=(("sku",),),
        rows=_purchase_lines,
    ),
    ShopTable(
        "purchase_receipt",
        "Goods receipts by delivery note.",
        (
            SEQ,
            number("n", "Position on the delivery note."),
            SUPPLIER,
            column("delivery_note", "Delivery note number."),
            number("number", "Order number.", "purchase_order.number"),
            BUSINESS_DATE,
            AT,
            SKU,
            column("quantity_milli", "Quantity received."),
            column("unit_cost_minor", "Unit cost."),
            column("lot", "Lot."),
            column("expiry_date", "Expiry date."),
            PLACE,
            CURRENCY,
        ),
        key=("supplier", "delivery_note", "n"),
        indexes=(("sku",), ("business_date",)),
        rows=_purchase_receipts,
    ),
    ShopTable(
        "stock_count",
        "Stock counts.",
        (
            number("number", "Count number."),
            column("place", "Location counted.", "place.id"),
            number("is_blind", "1: blind count; expected quantities were hidden."),
            column("category", "Only this category; empty: all."),
            column("state", "open, posted or cancelled."),
            column("started_us", "Time it was created."),
            column("ended_us", "End time."),
        ),
        key=("number",),
        rows=_counts,
    ),
    ShopTable(
        "stock_count_line",
        "Lines of stock counts, with counted and expected quantities.",
        (
            number("number", "Count number.", "stock_count.number"),
            SKU,
            column("lot", "Lot."),
            column("expiry_date", "Expiry date."),
            column("counted_milli", "Quantity counted."),
            column("expected_milli", "Expected quantity."),
            AT,
        ),
        key=("number", "sku", "lot"),
        rows=_count_lines,
    ),
    ShopTable(
        "promotion",
        "Promotions, including ended ones.",
        (
            column("id", "The shop's id."),
            column("name", "Display name."),
            column("list", "Price list it applies to; empty: all."),
            column("starts_us", "Start time."),
            column("ends_us", "End time; empty: no end."),
            column("deal", "Discount as JSON: amounts in minor units, percentages in thousandths of a percent."),
            SEQ,
        ),
        key=("id",),
        rows=_promotions,
    ),
    ShopTable(
        "shift",
        "Cash drawer shifts.",
        (
            SEQ,
            REGISTER,
            number("number", "Shift number of the register."),
            column("opened_date", "Business day it was opened."),
            column("opened_us", "Opening time."),
            column("float_minor", "Opening float."),
            column("closed_date", "Business day it was closed; empty: still open."),
            column("closed_us", "Closing time."),
            column("total_minor", "Takings."),
            column("expected_minor", "Expected cash in the drawer."),
            column("counted_minor", "Counted cash."),
            CURRENCY,
        ),
        key=("seq",),
        rows=_shifts,
    ),
    ShopTable(
        "shop_order",
        "Customer orders, without personal data.",
        (
            SEQ,
            BUSINESS_DATE,
            number("number", "Order number called out, counted by day."),
            column("state", "State: placed, ready, completed and so on."),
            column("channel", "Channel: kiosk, phone, counter and so on."),
            column("fulfilment", "Fulfilment: pickup, delivery and so on."),
            column("placed_us", "Time it was placed."),
            column("changed_us", "Time of the last change."),
            column("total_minor", "Total."),
            CURRENCY,
            column("register", "Register where it was paid."),
            number("receipt", "Receipt number; empty: not paid yet."),
        ),
        key=("seq",),
        rows=_shop_orders,
    ),
    ShopTable(
        "shop_order_line",
        "Lines of customer orders.",
        (
            number("seq", "Journal row of the order.", "shop_order.seq"),
            number("n", "Position in the order."),
            SKU,
            column("name", "Name."),
            column("kind", "goods, open, tip, fee and so on."),
            column("quantity_milli", "Quantity."),
            column("amount_minor", "Line total."),
            CURRENCY,
        ),
        key=("seq", "n"),
        indexes=(("sku",),),
        rows=_shop_order_lines,
    ),
)

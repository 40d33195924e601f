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
        for n, line in enumerate(_goods_of(goods).sold, 1):
            name = ledger.name(line.names, line.sku)
            yield seq, n, line.sku or None, name, line.kind, line.goods, line.amount_minor, ledger.currency


SUPPLIER = column("supplier", "Who delivers it.", "supplier.id")
PLACE = column("place", "Where it goes to, or is.", "place.id")
TABLES: tuple[ShopTable, ...] = (
    ShopTable(
        "supplier",
        "Who the shop buys from, without who is asked there.",
        (
            column("id", "What the shop calls it."),
            column("name", "What people call it."),
            column("lead_days", "How long a delivery takes, as they say."),
            column("minimum_order_minor", "The least that an order may come to."),
            column("fee_minor", "What a delivery costs."),
            CURRENCY,
            number("is_retired", "1: the shop buys there no more."),
        ),
        key=("id",),
        rows=_suppliers,
    ),
    ShopTable(
        "supplier_price",
        "Prices of suppliers, also those of before; of those in effect the newest counts.",
        (
            SKU,
            SUPPLIER,
            SEQ,
            column("code", "What they call the product."),
            column("cost_minor", "What a unit costs."),
            number("pack", "Units in a pack; only whole packs are ordered."),
            number("packs_least", "The fewest packs of an order."),
            column("from_date", "From when it holds; empty: from then on."),
            column("until_date", "Until when; empty: nobody said."),
            CURRENCY,
        ),
        key=("sku", "supplier", "seq"),
        rows=_supplier_prices,
    ),
    ShopTable(
        "purchase_order",
        "Orders at suppliers.",
        (
            number("number", "The order's number."),
            SUPPLIER,
            PLACE,
            column("state", "draft, approved, sent, part_received, received, closed or cancelled."),
            number("is_automatic", "1: it was proposed, and nobody wrote it."),
            column("created_us", "When it was begun."),
            column("sent_date", "When it went out."),
            column("expected_date", "When it should come."),
            column("completed_date", "When all of it had come."),
        ),
        key=("number",),
        indexes=(("supplier",),),
        rows=_purchase_orders,
    ),
    ShopTable(
        "purchase_line",
        "What was ordered of each product, and how much of it came.",
        (
            number("number", "The order.", "purchase_order.number"),
            number("n", "Its place in the order."),
            SKU,
            column("quantity_milli", "How much was ordered; 0: it came without."),
            number("pack", "Units in a pack."),
            column("unit_cost_minor", "What a unit costs."),
            column("code", "What the supplier calls it."),
            column("received_milli", "How much came."),
            CURRENCY,
        ),
        key=("number", "sku"),
        indexes=(("sku",),),
        rows=_purchase_lines,
    ),
    ShopTable(
        "purchase_receipt",
        "What suppliers delivered, by delivery note.",
        (
            SEQ,
            number("n", "Its place among what came with that note."),
            SUPPLIER,
            column("delivery_note", "The note's number."),
            number("number", "The order.", "purchase_order.number"),
            BUSINESS_DATE,
            AT,
            SKU,
            column("quantity_milli", "How much came."),
            column("unit_cost_minor", "What a unit cost."),
            column("lot", "The lot."),
            column("expiry_date", "The last day."),
            PLACE,
            CURRENCY,
        ),
        key=("supplier", "delivery_note", "n"),
        indexes=(("sku",), ("business_date",)),
        rows=_purchase_receipts,
    ),
    ShopTable(
        "stock_count",
        "Counts of the stock.",
        (
            number("number", "The count's number."),
            column("place", "Where was counted.", "place.id"),
            number("is_blind", "1: who counted did not see what there should be."),
            column("category", "Of which category alone; empty: of all."),
            column("state", "open, posted or cancelled."),
            column("started_us", "When it was begun."),
            column("ended_us", "When it was over."),
        ),
        key=("number",),
        rows=_counts,
    ),
    ShopTable(
        "stock_count_line",
        "What was found, and what should have been there when it was begun with.",
        (
            number("number", "The count.", "stock_count.number"),
            SKU,
            column("lot", "The lot."),
            column("expiry_date", "The last day."),
            column("counted_milli", "How much was found."),
            column("expected_milli", "How much there should have been."),
            AT,
        ),
        key=("number", "sku", "lot"),
        rows=_count_lines,
    ),
    ShopTable(
        "promotion",
        "Promotions, also those that are over.",
        (
            column("id", "What the shop calls it."),
            column("name", "What people call it."),
            column("list", "Whose list it is for; empty: everybody."),
            column("starts_us", "From when it holds."),
            column("ends_us", "Until when; empty: nobody said."),
            column("deal", "What comes off, as JSON; sums in minor units, shares in thousandths of a percent."),
            SEQ,
        ),
        key=("id",),
        rows=_promotions,
    ),
    ShopTable(
        "shift",
        "Shifts of the drawers.",
        (
            SEQ,
            REGISTER,
            number("number", "The shift's number at its till."),
            column("opened_date", "The day of business on which it was opened."),
            column("opened_us", "When it was opened."),
            column("float_minor", "What lay in the drawer then."),
            column("closed_date", "The day of business on which it was closed; empty: it is open."),
            column("closed_us", "When it was closed."),
            column("total_minor", "What it took."),
            column("expected_minor", "What should have been in the drawer."),
            column("counted_minor", "What was."),
            CURRENCY,
        ),
        key=("seq",),
        rows=_shifts,
    ),
    ShopTable(
        "shop_order",
        "Orders of customers, without whose they are.",
        (
            SEQ,
            BUSINESS_DATE,
            number("number", "The number that was said aloud, of that day."),
            column("state", "Where it is: placed, ready, completed and so on."),
            column("channel", "Where it was placed: kiosk, phone, counter and so on."),
            column("fulfilment", "How it is handed over: pickup, delivery and so on."),
            column("placed_us", "When it was placed."),
            column("changed_us", "When it changed last."),
            column("total_minor", "What it comes to."),
            CURRENCY,
            column("register", "The till at which it was sold."),
            number("receipt", "The number of that receipt there; empty: it is not sold."),
        ),
        key=("seq",),
        rows=_shop_orders,
    ),
    ShopTable(
        "shop_order_line",
        "What was ordered.",
        (
            number("seq", "The order.", "shop_order.seq"),
            number("n", "Its place in the order."),
            SKU,
            column("name", "What it is called."),
            column("kind", "goods, or what else it is: open, tip, fee and so on."),
            column("quantity_milli", "How much of it."),
            column("amount_minor", "What is to be paid for it."),
            CURRENCY,
        ),
        key=("seq", "n"),
        indexes=(("sku",),),
        rows=_shop_order_lines,
    ),
)

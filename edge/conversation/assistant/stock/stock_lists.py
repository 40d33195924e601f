"""Stock lists read out: on hand, low, expiring."""

from __future__ import annotations

from collections.abc import Sequence

from edge.conversation.assistant.phrasing import full_name, say, say_amount, say_stock
from edge.conversation.assistant.stock.stock_actions import place_name
from edge.conversation.understanding.found_products import FoundProducts
from edge.conversation.understanding.product_matching import container
from edge.conversation.understanding.reading.stock_question import asks_box
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import CatalogProduct, find_by_sku
from edge.goods.search.query.text import words_of
from edge.goods.stock.queries import expiring, low_stock, read_item
from edge.lib.units.quantity import THOUSANDTHS

READ_OUT = 6
"""Lines of a list read out; the number of further ones is stated."""


def answer_stock_question(
    tx: Transaction, kind: str, found: FoundProducts, place: str, language: str
) -> tuple[list[str], str]:
    """The answer to a stock question in lines, and the product it's about, if any."""
    match kind:
        case "low":
            return low_lines(tx.db, language), ""
        case "expiring":
            return expiring_lines(tx.db, tx.business_date, language), ""
        case "help":
            return [say(language, "help")], ""
    if found.kind == "none":
        return [say(language, "not_found", text=found.text)], ""
    products = [one for sku in found.skus if (one := find_by_sku(tx.db, sku))]
    if not products:
        return [say(language, "no_name")], ""
    lines = stock_lines(tx.db, products, language, place, place_name(tx, place, language) if place else "")
    return lines, products[0].sku if len(products) == 1 else ""


def in_boxes(tx: Transaction, found: FoundProducts, text: str, language: str) -> list[str]:
    """The box size of each product, if asked; products without boxes are left out."""
    if found.kind != "all" or not asks_box(words_of(text), language):
        return []
    products = [one for sku in found.skus[:READ_OUT] if (one := find_by_sku(tx.db, sku)) and one.box]
    told = (
        (full_name(one, language), say_amount((one.box or 0) * THOUSANDTHS, container(one) or "unit", language))
        for one in products
    )
    return [say(language, "in_box", name=name, units=units) for name, units in told]


def stock_lines(
    db: Connection, products: Sequence[CatalogProduct], language: str, place: str = "", place_name: str = ""
) -> list[str]:
    """The stock of the first `READ_OUT` products, overall or at a place."""
    lines = []
    for product in products[:READ_OUT]:
        item = read_item(db, product.sku)
        name = full_name(product, language)
        if place:
            name = say(language, "at_place", what=name, place=place_name)
            rows = [row for row in item.rows if row.location == place] if item else []
            boxes, units = sum(row.boxes for row in rows), sum(row.units for row in rows)
            stock = say_stock(product, boxes, units, language)
            lines.append(say(language, "now_there" if boxes or units else "none_there", name=name, stock=stock))
            continue
        if item is None or (not item.boxes and item.units == 0):
            lines.append(say(language, "none_there", name=name))
        else:
            stock = say_stock(product, item.boxes, item.units, language)
            lines.append(say(language, "now_there", name=name, stock=stock))
    return [*lines, *_more(len(products), language)]


def low_lines(db: Connection, language: str) -> list[str]:
    """Products running low."""
    found = low_stock(db)
    lines = []
    for one in found[:READ_OUT]:
        if product := find_by_sku(db, one.sku):
            stock = say_stock(product, 0, one.total, language)
            lines.append(say(language, "now_there", name=full_name(product, language), stock=stock))
    if not lines:
        return [say(language, "low_none")]
    return [say(language, "low_title"), *lines, *_more(len(found), language)]


def expiring_lines(db: Connection, today: str, language: str) -> list[str]:
    """Products expired or expiring within a week."""
    found = expiring(db, today)
    lines = []
    for one in found[:READ_OUT]:
        if product := find_by_sku(db, one.sku):
            stock = say_stock(product, 0, one.total, language)
            lines.append(say(language, "expires", name=full_name(product, language), stock=stock, date=one.expiry))
    if not lines:
        return [say(language, "expiring_none")]
    return [say(language, "expiring_title"), *lines, *_more(len(found), language)]


def _more(count: int, language: str) -> list[str]:
    return [say(language, "more_of_them", n=count - READ_OUT)] if count > READ_OUT else []

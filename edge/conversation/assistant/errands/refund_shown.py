"""A refund in words: the sale, the goods, the sum, and the refund method."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from edge.conversation.assistant.errands.command_shown import ShownErrand, in_language
from edge.conversation.assistant.errands.named_sale import sale_named
from edge.conversation.assistant.kiosk.shopping_facts import ShopFacts
from edge.conversation.assistant.phrasing import full_name, say, say_amount, unit_of
from edge.conversation.assistant.stock.stock_actions import refusal
from edge.conversation.assistant.turns.clarification import MEASURES
from edge.conversation.assistant.turns.dialogue import WantedItem
from edge.conversation.understanding.clause import Clause
from edge.conversation.understanding.errands.commands import named_commands
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.counter.till.commands import PreviewRefund, RefundedLine, RefundSale
from edge.counter.till.events import SaleRefunded
from edge.counter.till.queries import Receipt
from edge.goods.catalog.queries import CatalogProduct
from edge.lib.i18n import translate, words
from edge.lib.units.receipt_number import shown_number
from edge.money.tenders.queries import read_tenders


def is_refund(item: WantedItem) -> bool:
    """Whether the item is a refund."""
    errand = item.errand
    return errand is not None and errand.kind == "command" and "returned" in named_commands()[errand.name].slots


def of_sale(tx: Transaction, item: WantedItem) -> WantedItem:
    """Return the item with its candidates limited to the goods of its sale: "the bagels" are those sold there."""
    receipt = sale_named(tx, item.errand.number) if item.errand else None
    if receipt is None or item.sku:
        return item
    sold = {sku for sku, _, _ in _returnable_goods(tx, receipt)}
    skus = tuple(sku for sku in item.skus if sku in sold) or item.skus[:1]
    return msgspec.structs.replace(item, skus=skus)


def describe_refund(tx: Transaction, facts: ShopFacts, item: WantedItem, product: CatalogProduct | None) -> ShownErrand:
    """The effect of confirming a refund, with the refund's own figures."""
    language, receipt = facts.language, sale_named(tx, item.errand.number) if item.errand else None
    if receipt is None:
        return ShownErrand(say(language, "errand_no_receipt"))
    number, lines = shown_number(receipt.register, receipt.number), tuple[RefundedLine, ...]()
    if product is not None:
        name, wanted = full_name(product, language), _quantity(item.clause, product)
        left = [(count, line) for sku, count, line in _returnable_goods(tx, receipt) if sku == product.sku]
        there = sum(count for count, _ in left)
        if wanted is not None and wanted > there:
            stock = say_amount(there, unit_of(product), language)
            return ShownErrand(say(language, "errand_not_so_many", name=name, number=number, left=stock))
        if not there:
            return ShownErrand(say(language, "errand_not_on_receipt", name=name, number=number))
        lines = tuple(_lines(left, there if wanted is None else wanted))
    try:
        refund = tx.do(PreviewRefund(receipt.number, lines=lines)).result
    except Refusal as refused:
        return ShownErrand(refusal(refused.refused, language))
    assert isinstance(refund, SaleRefunded)
    each = ((say_amount(one.quantity, one.unit, language), in_language(one.names, language)) for one in refund.lines)
    goods = ", ".join(f"{amount} {name}" for amount, name in each)
    back = ((_way(tx, one.kind, language), facts.money(one.amount_minor)) for one in refund.tenders)
    ways = ", ".join(say(language, "errand_given_back", way=way, money=money) for way, money in back)
    shown = say(language, "errand_refund", number=number, goods=goods, ways=ways or facts.money(refund.paid_minor))
    return ShownErrand(shown, RefundSale(receipt.number, lines=lines))


def _returnable_goods(tx: Transaction, receipt: Receipt) -> list[tuple[str, int, int]]:
    """The goods of a sale that can still be returned: product, quantity and line."""
    try:
        whole = tx.do(PreviewRefund(receipt.number)).result
    except Refusal:
        return []
    assert isinstance(whole, SaleRefunded)
    return [(line.sku, line.quantity, line.id) for line in whole.lines]


def _quantity(clause: Clause, product: CatalogProduct) -> int | None:
    """The quantity to return, in thousandths of the sales unit; None if not stated."""
    if clause.amount is None or not (clause.numbered or clause.unit):
        return None
    if clause.unit == "box":
        return clause.amount * (product.box or 1) + clause.loose
    return clause.amount * MEASURES[clause.unit][1] // 1000 if clause.unit in MEASURES else clause.amount


def _lines(left: list[tuple[int, int]], wanted: int) -> Iterator[RefundedLine]:
    """Take a quantity from these lines, first to last."""
    for there, line in left:
        if taken := min(there, wanted):
            yield RefundedLine(line, taken)
        wanted -= taken


def _way(tx: Transaction, kind: str, language: str) -> str:
    """The refund method, worded as on the receipt."""
    if (key := f"receipt.back_{kind}") in words(language):
        return translate(language, key)
    own = next((one.names for one in read_tenders(tx.db) if one.id == kind), {})
    known = next((key for key in (f"tender.{kind}", f"receipt.{kind}") if key in words(language)), "")
    tender = in_language(own, language) or (translate(language, known) if known else kind)
    return translate(language, "receipt.back_to", tender=tender)

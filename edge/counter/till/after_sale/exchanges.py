"""Commands of exchanges, inside the transaction: goods of earlier sales are returned against the basket."""

from __future__ import annotations

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.counter.basket.basket import RETURNS_LIMIT, Basket
from edge.counter.basket.event_structs import ReturnedGoods
from edge.counter.till.after_sale.corrections import with_corrected_tenders
from edge.counter.till.commands import AddReturn, DropReturn
from edge.counter.till.events import SaleCompleted
from edge.counter.till.lines.basket_changes import load, price_and_save
from edge.counter.till.paying.gift_card_money import Credit, credit_given, loads_undone
from edge.counter.till.queries import read_receipt, refunded_before
from edge.counter.till.rules import refund as refunding
from edge.counter.till.rules.refund import AlreadyRefunded, ReturnRequest
from edge.counter.till.settings import TillSettings
from edge.foundation.access.rights import REFUND, within
from edge.lib.units.receipt_number import shown_number


class Exchanges:
    """Handles exchanges in a store."""

    def __init__(self, settings: TillSettings) -> None:
        self._settings = settings

    def add_return(self, tx: Transaction, command: AddReturn) -> Basket:
        register = command.register or tx.actor.register
        found = _sale(tx, register, command.number)
        with refunding.naming_receipt(shown_number(register, command.number)):
            goods = refunding.exchange_goods(found[0], register, command.lines, found[1], self._settings)
        within(tx.actor, REFUND, found[1].minor + goods.total_minor)
        if command.gift:
            goods = refunding.refund_as_gift(goods)
        basket = load(tx)
        return price_and_save(tx, self._settings, basket, _with_returned(basket, goods))

    def drop_return(self, tx: Transaction, command: DropReturn) -> Basket:
        basket = load(tx)
        return price_and_save(tx, self._settings, basket, basket.with_changes(returns=()))


def goods_back(tx: Transaction, sale: SaleCompleted, settings: TillSettings) -> tuple[SaleCompleted, Credit | None]:
    """Process the goods returned in an exchange.

    Returns the sale with the tenders of any surplus, and the store credit issued for it. Raises `Refusal` if the goods
    were returned otherwise since they were added to the basket.
    """
    for goods in sale.returns:
        _require_unchanged_sale(tx, goods, settings)
    tenders, credit = credit_given(tx, sale.back)
    loads_undone(tx, sale.returned_lines)
    left, returns = iter(tenders), []
    for goods in sale.returns:
        returns.append(msgspec.structs.replace(goods, back=tuple(next(left) for _ in goods.back)))
    return msgspec.structs.replace(sale, returns=tuple(returns), back=tenders), credit


def _require_unchanged_sale(tx: Transaction, goods: ReturnedGoods, settings: TillSettings) -> None:
    """Raise `Refusal` for returns that no longer match the sale."""
    found = _sale(tx, goods.register, goods.sale)
    wanted = [ReturnRequest(line.id, line.quantity, line.damaged) for line in goods.lines]
    number = shown_number(goods.register, goods.sale)
    with refunding.naming_receipt(number):
        again = refunding.exchange_goods(found[0], goods.register, wanted, found[1], settings)
    if msgspec.structs.replace(goods, back=()) not in (again, refunding.refund_as_gift(again)):
        raise Refusal("return_changed", {"number": number})


def _with_returned(basket: Basket, goods: ReturnedGoods) -> Basket:
    """Return the basket with a receipt's returned goods added or replaced."""
    others = tuple(one for one in basket.returns if (one.register, one.sale) != (goods.register, goods.sale))
    if len(others) >= RETURNS_LIMIT:
        raise Refusal("returns_most", {"limit": RETURNS_LIMIT})
    return basket.with_changes(returns=(*others, goods))


def _sale(tx: Transaction, register: str, number: int) -> tuple[SaleCompleted, AlreadyRefunded]:
    receipt, shown = read_receipt(tx.db, register, number), shown_number(register, number)
    sale = with_corrected_tenders(tx.db, tx.read, tx.read(receipt.seq)).event if receipt else None
    if receipt is None or not isinstance(sale, SaleCompleted):
        raise Refusal("no_sale_to_refund", {"number": shown})
    if receipt.voided_by is not None:
        raise Refusal("sale_is_void", {"number": shown})
    return sale, refunded_before(tx.db, receipt)

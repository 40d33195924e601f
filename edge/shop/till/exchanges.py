"""Commands of exchanges, inside the transaction: goods of an earlier sale come back for what lies in the basket."""

from __future__ import annotations

import msgspec

from edge.core.messages import Refused
from edge.core.registry import Transaction
from edge.lib.units.receipt_number import shown_number
from edge.shop.access.rights import REFUND, within
from edge.shop.stock.commands import Moved, MoveStock
from edge.shop.till.basket_changes import load, price_and_save
from edge.shop.till.card_money import credit_given, loads_undone
from edge.shop.till.commands import AddReturn, DropReturn
from edge.shop.till.corrections import as_paid
from edge.shop.till.events import SaleCompleted
from edge.shop.till.queries import read_receipt, refunded_before
from edge.shop.till.rules import refund as refunding
from edge.shop.till.rules.basket import Basket
from edge.shop.till.rules.recorded import Returned, ReturnedGoods
from edge.shop.till.rules.refund import AlreadyRefunded, ReturnRequest
from edge.shop.till.sale_effects import stock_moves
from edge.shop.till.settings import TillSettings


class Exchanges:
    """What comes back for other goods, in a store with these settings."""

    def __init__(self, settings: TillSettings) -> None:
        self._settings = settings

    def add_return(self, tx: Transaction, command: AddReturn) -> Basket | Refused:
        register = command.register or tx.actor.register
        found = _sale(tx, register, command.number)
        if isinstance(found, Refused):
            return found
        goods = refunding.exchanged(found[0], register, command.lines, found[1], self._settings)
        if isinstance(goods, Refused):
            return refunding.named(goods, shown_number(register, command.number))
        if refused := within(tx.actor, REFUND, goods.total_minor):
            return refused
        return self._save(tx, goods)

    def drop_return(self, tx: Transaction, command: DropReturn) -> Basket | Refused:
        return self._save(tx, None)

    def _save(self, tx: Transaction, goods: ReturnedGoods | None) -> Basket | Refused:
        basket = load(tx)
        if isinstance(basket, Refused):
            return basket
        return price_and_save(tx, self._settings, basket, basket.changed(exchange=goods))


def goods_back(tx: Transaction, sale: SaleCompleted, settings: TillSettings) -> SaleCompleted | Refused:
    """The sale whose goods of before are back in the shop, with where the money went that is left over.

    Refused where they were brought back otherwise since they came into the basket.
    """
    goods = sale.exchange
    if goods is None:
        return sale
    found = _sale(tx, goods.register, goods.sale)
    if isinstance(found, Refused):
        return found
    wanted = [ReturnRequest(line.id, line.quantity, line.damaged) for line in goods.lines]
    again = refunding.exchanged(found[0], goods.register, wanted, found[1], settings)
    if isinstance(again, Refused):
        return refunding.named(again, shown_number(goods.register, goods.sale))
    if again != goods:
        return Refused("return_changed", {"number": shown_number(goods.register, goods.sale)})
    put = credit_given(tx, sale.back)
    if isinstance(put, Refused):
        return put
    return loads_undone(tx, goods.lines) or msgspec.structs.replace(sale, back=put[0])


def move_returned(tx: Transaction, goods: ReturnedGoods, undone: bool = False) -> None:
    """What comes back onto the shelf, and what of it is damaged; or, `undone`, goes out again."""
    sign = -1 if undone else 1
    tx.do(MoveStock("void" if undone else "refund", stock_moves(goods.lines, sign)))
    if damaged := stock_moves(_damaged(goods), sign):
        tx.do(MoveStock("damaged", tuple(Moved(move.sku, -move.delta) for move in damaged)))


def _damaged(goods: ReturnedGoods) -> list[Returned]:
    return [line for line in goods.lines if line.damaged]


def _sale(tx: Transaction, register: str, number: int) -> tuple[SaleCompleted, AlreadyRefunded] | Refused:
    receipt, shown = read_receipt(tx.db, register, number), shown_number(register, number)
    sale = as_paid(tx.db, tx.read, tx.read(receipt.seq)).event if receipt else None
    if receipt is None or not isinstance(sale, SaleCompleted):
        return Refused("no_sale_to_refund", {"number": shown})
    if receipt.voided_by is not None:
        return Refused("sale_is_void", {"number": shown})
    return sale, refunded_before(tx.db, receipt)

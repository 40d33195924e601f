"""Commands that undo sales, inside the transaction: voids and refunds."""

from __future__ import annotations

import msgspec

from edge.core.messages import Refused
from edge.core.registry import Transaction
from edge.shop.access.rights import REFUND, REFUND_CASH, within
from edge.shop.printing.commands import QueuePrint
from edge.shop.stock.commands import Moved, MoveStock
from edge.shop.till import receipts
from edge.shop.till.commands import RefundSale, RefundWithoutReceipt, VoidLastSale
from edge.shop.till.events import SaleCompleted, SaleRefunded, SaleVoided
from edge.shop.till.queries import read_basket, read_receipt, refunded_before, voidable
from edge.shop.till.rules import giving_back
from edge.shop.till.rules import refund as refunding
from edge.shop.till.rules.basket import Basket
from edge.shop.till.rules.numbers import shown_number
from edge.shop.till.rules.refund import RefundMethod
from edge.shop.till.sale_effects import next_number, open_drawer, save, stock_moves, tell_slips
from edge.shop.till.settings import TillSettings


class Reversals:
    """What is undone at the tills of a store with these settings."""

    def __init__(self, settings: TillSettings) -> None:
        self._settings = settings

    def void_last_sale(self, tx: Transaction, command: VoidLastSale) -> Refused | None:
        last = voidable(tx.db, tx.actor.register)
        if isinstance(last, Refused):
            return last
        if command.number not in (None, last.number):
            return Refused("not_the_last_sale", {"number": shown_number(last.register, last.number)})
        sale = tx.read(last.seq).event
        assert isinstance(sale, SaleCompleted)
        back = giving_back.brought(sale.tenders, sale.change_minor)
        void = SaleVoided(next_number(tx), last.number, sale.currency, last.total_minor, command.reason, back)
        fact = tx.append(void)
        tx.do(MoveStock("void", stock_moves(sale.lines, 1), undoes=last.seq))
        open_drawer(tx, back)
        tx.do(QueuePrint("receipt", receipts.of_void(void, sale, fact, self._settings), receipt=void.number))
        tell_slips(tx, self._settings, "voided", sale.lines, receipt=last.number)
        return None

    def refund_sale(self, tx: Transaction, command: RefundSale) -> Refused | None:
        register = command.register or tx.actor.register
        receipt = read_receipt(tx.db, register, command.number)
        sale = tx.read(receipt.seq).event if receipt else None
        number = shown_number(register, command.number)
        if receipt is None or not isinstance(sale, SaleCompleted):
            return Refused("no_sale_to_refund", {"number": number})
        if receipt.voided_by is not None:
            return Refused("sale_is_void", {"number": number})
        before, back = refunded_before(tx.db, receipt), _back(tx, command)
        refund = refunding.refund(sale, command.lines, before, back, self._settings)
        if isinstance(refund, Refused):
            return refunding.named(refund, number)
        if refused := within(tx.actor, REFUND, refund.total_minor):
            return refused
        self._complete(tx, msgspec.structs.replace(refund, sale_register=register), receipt.seq)
        return None

    def refund_without_receipt(self, tx: Transaction, command: RefundWithoutReceipt) -> Basket | Refused:
        if not self._settings.refunds_without_receipt:
            return Refused("receipt_needed")
        basket = read_basket(tx.db, tx.actor.register)
        refund = refunding.without_receipt(basket, command.damaged, _back(tx, command), self._settings)
        if isinstance(refund, Refused):
            return refund
        if refused := within(tx.actor, REFUND_CASH, refund.total_minor):
            return refused
        self._complete(tx, refund)
        tell_slips(tx, self._settings, "cleared", basket.lines)
        return save(tx, basket.closed())

    def _complete(self, tx: Transaction, refund: SaleRefunded, sale_seq: int = 0) -> None:
        refund = msgspec.structs.replace(refund, number=next_number(tx))
        fact = tx.append(refund)
        tx.do(MoveStock("refund", stock_moves(refund.lines, 1), undoes=sale_seq))
        if damaged := stock_moves((line for line in refund.lines if line.damaged), 1):
            gone = tuple(Moved(move.sku, -move.delta, move.lot) for move in damaged)
            tx.do(MoveStock("damaged", gone, undoes=sale_seq))
        open_drawer(tx, refund.tenders)
        tx.do(QueuePrint("receipt", receipts.of_refund(refund, fact, self._settings), receipt=refund.number))


def _back(tx: Transaction, command: RefundSale | RefundWithoutReceipt) -> RefundMethod:
    """How the money is to go back, and whether whoever asks may give cash for what was paid otherwise."""
    denied = Refused("right_denied", {"command": type(command).__name__, "right": REFUND_CASH})
    return msgspec.structs.replace(command.back, cash_denied=None if tx.actor.may(REFUND_CASH) else denied)

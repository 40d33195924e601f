"""Commands that reverse sales, inside the transaction: voids and refunds."""

from __future__ import annotations

import msgspec

from edge.core.messages import Refusal, Refused
from edge.core.registry import Transaction
from edge.counter.basket import money_back
from edge.counter.basket.basket import Basket
from edge.counter.till.after_sale import receipts
from edge.counter.till.after_sale.corrections import with_corrected_tenders
from edge.counter.till.after_sale.receipt_numbers import next_receipt_number
from edge.counter.till.after_sale.returned_stock import bring_back, void_returned_goods
from edge.counter.till.commands import PreviewRefund, RefundSale, RefundWithoutReceipt, VoidLastSale
from edge.counter.till.events import RefundUndone, SaleCompleted, SaleRefunded, SaleVoided
from edge.counter.till.paying.advances import PayBackAdvance, moves_advance
from edge.counter.till.paying.card_money import back_to_cards, cash_back_stays, refuse_undo_refund
from edge.counter.till.paying.coupon_money import coupons_freed
from edge.counter.till.paying.gift_card_money import credit_given, loads_undone, refunds_undone
from edge.counter.till.queries import Receipt, read_basket, read_receipt, refunded_before, voidable
from edge.counter.till.rules import refund as refunding
from edge.counter.till.rules.refund import RefundMethod
from edge.counter.till.sale_effects import open_drawer, save, stock_moves, tell_slips
from edge.counter.till.settings import TillSettings
from edge.foundation.access.rights import REFUND, REFUND_CASH, VOID, within
from edge.foundation.printing.commands import QueuePrint
from edge.goods.stock.commands import MoveStock
from edge.lib.units.receipt_number import shown_number


class SaleReversals:
    """Handles reversals at the tills of a store."""

    def __init__(self, settings: TillSettings) -> None:
        self._settings = settings

    def void_last_sale(self, tx: Transaction, command: VoidLastSale) -> None:
        last = voidable(tx.db, tx.actor.register)
        if command.number not in (None, last.number):
            raise Refusal("not_the_last_sale", {"number": shown_number(last.register, last.number)})
        within(tx.actor, VOID, abs(last.total_minor))
        sale = with_corrected_tenders(tx.db, tx.read, tx.read(last.seq)).event
        assert isinstance(sale, SaleCompleted | SaleRefunded)
        moves_advance(sale)
        if isinstance(sale, SaleRefunded):
            self._void_refund(tx, last, sale, command.reason)
            return
        cash_back_stays(sale.tenders)
        back, credit = credit_given(tx, money_back.undone_by_tender(sale.tenders, sale.change_minor))
        undone = _returns_undone(sale)
        refuse_undo_refund(sale.back)
        void = SaleVoided(
            next_receipt_number(tx), last.number, sale.currency, last.total_minor, command.reason, back, undone
        )
        void = msgspec.structs.replace(void, customer=sale.customer)
        loads_undone(tx, sale.lines)
        refunds_undone(tx, undone)
        coupons_freed(tx, sale)
        fact = tx.append(void)
        number = shown_number(tx.actor.register, void.number)
        sold, back_again = stock_moves(sale.lines, -1), stock_moves(sale.lines, 1)
        tx.do(MoveStock("void", back_again, undoes=last.seq, document=number, sold=sold))
        for goods in sale.returns:
            bring_back(tx, goods.register, goods.sale, goods.lines, number, undone=True)
        open_drawer(tx, (*back, *sale.back))
        back_to_cards(tx, back)
        paper = receipts.of_void(void, sale, fact, self._settings, credit=credit)
        tx.do(QueuePrint("receipt", paper, receipt=void.number))
        tell_slips(tx, self._settings, "voided", sale.lines, receipt=last.number)

    def _void_refund(self, tx: Transaction, last: Receipt, refund: SaleRefunded, reason: str) -> None:
        """Void a refund: the goods belong to the customer again, and the money to the shop."""
        refuse_undo_refund(refund.tenders)
        undone = RefundUndone(refund.sale_register, refund.sale, refund.lines, refund.paid_minor, refund.tenders)
        refunds_undone(tx, (undone,))
        number, minor = next_receipt_number(tx), last.total_minor
        void = SaleVoided(
            *(number, last.number, refund.currency, minor, reason),
            refunds=(undone,),
            undoes="refund",
            customer=refund.customer,
        )
        fact = tx.append(void)
        paper = shown_number(tx.actor.register, number)
        void_returned_goods(tx, refund.sale_register, refund.sale, refund.lines, paper)
        open_drawer(tx, refund.tenders)
        tx.do(QueuePrint("receipt", receipts.of_void(void, None, fact, self._settings), receipt=void.number))

    def preview_refund(self, tx: Transaction, command: PreviewRefund) -> SaleRefunded:
        refund, _ = self._refund(tx, command)
        return refund

    def refund_sale(self, tx: Transaction, command: RefundSale) -> None:
        register = command.register or tx.actor.register
        refund, before_minor = self._refund(tx, command)
        within(tx.actor, REFUND, before_minor + refund.total_minor)
        self._complete(tx, msgspec.structs.replace(refund, sale_register=register))

    def _refund(self, tx: Transaction, command: RefundSale) -> tuple[SaleRefunded, int]:
        """The refund of a sale, and the amount refunded before."""
        register = command.register or tx.actor.register
        receipt = read_receipt(tx.db, register, command.number)
        sale = with_corrected_tenders(tx.db, tx.read, tx.read(receipt.seq)).event if receipt else None
        number = shown_number(register, command.number)
        if receipt is None or not isinstance(sale, SaleCompleted):
            raise Refusal("no_sale_to_refund", {"number": number})
        if receipt.voided_by is not None:
            raise Refusal("sale_is_void", {"number": number})
        before, back = refunded_before(tx.db, receipt), _back(tx, command)
        with refunding.naming_receipt(number):
            return refunding.refund(sale, command.lines, before, back, self._settings), before.minor

    def refund_without_receipt(self, tx: Transaction, command: RefundWithoutReceipt) -> Basket:
        if not self._settings.refunds_without_receipt:
            raise Refusal("receipt_needed")
        basket = read_basket(tx.db, tx.actor.register)
        refund = refunding.without_receipt(basket, command.damaged, _back(tx, command), self._settings)
        within(tx.actor, REFUND_CASH, refund.total_minor)
        self._complete(tx, refund)
        tell_slips(tx, self._settings, "cleared", basket.lines)
        return save(tx, basket.next_basket())

    def pay_back_advance(self, tx: Transaction, command: PayBackAdvance) -> None:
        receipt = read_receipt(tx.db, command.register, command.number)
        sale = with_corrected_tenders(tx.db, tx.read, tx.read(receipt.seq)).event if receipt else None
        if receipt is None or not isinstance(sale, SaleCompleted):
            raise Refusal("no_sale_to_refund", {"number": shown_number(command.register, command.number)})
        back = _back(tx, command)
        refund = refunding.part_back(sale, command.minor, refunded_before(tx.db, receipt), back, self._settings)
        self._complete(tx, msgspec.structs.replace(refund, sale_register=command.register))

    def _complete(self, tx: Transaction, refund: SaleRefunded) -> None:
        tenders, credit = credit_given(tx, refund.tenders)
        loads_undone(tx, refund.lines)
        refund = msgspec.structs.replace(refund, number=next_receipt_number(tx), tenders=tenders)
        fact = tx.append(refund)
        number = shown_number(tx.actor.register, refund.number)
        bring_back(tx, refund.sale_register, refund.sale, refund.lines, number)
        open_drawer(tx, refund.tenders)
        back_to_cards(tx, refund.tenders)
        paper = receipts.of_refund(refund, fact, self._settings, credit=credit)
        tx.do(QueuePrint("receipt", paper, receipt=refund.number))


def _returns_undone(sale: SaleCompleted) -> tuple[RefundUndone, ...]:
    return tuple(
        RefundUndone(goods.register, goods.sale, goods.lines, goods.paid_minor, goods.back) for goods in sale.returns
    )


def _back(tx: Transaction, command: RefundSale | RefundWithoutReceipt | PayBackAdvance) -> RefundMethod:
    """The refund's tender, and whether the actor may refund other payments in cash."""
    denied = Refused("right_denied", {"command": type(command).__name__, "right": REFUND_CASH})
    return msgspec.structs.replace(command.back, cash_denied=None if tx.actor.may(REFUND_CASH) else denied)

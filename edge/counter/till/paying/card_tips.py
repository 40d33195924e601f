"""Tips written on a card slip and entered later, inside the transaction.

The terminal adds the tip to its payment. A sale of the tip alone puts it on papers and in the books.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import AskingCommand, Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.counter.basket.basket import Basket
from edge.counter.basket.event_structs import TenderDetails
from edge.counter.basket.tips import with_tip
from edge.counter.till.after_sale.corrections import with_corrected_tenders
from edge.counter.till.after_sale.receipt_numbers import next_receipt_number
from edge.counter.till.events import SaleCompleted
from edge.counter.till.paying.card_money import back_to_cards
from edge.counter.till.paying.payments import complete
from edge.counter.till.queries import read_receipt, refunded_before
from edge.counter.till.rules import payment
from edge.counter.till.rules import refund as refunding
from edge.counter.till.settings import TillSettings
from edge.lib.units.money import LIMIT_MINOR
from edge.money.payments.commands import OpenPayment, UsePayment
from edge.money.payments.events import PaymentId
from edge.money.payments.payment import Payment
from edge.money.payments.queries import find_payment, refunds_of, tippable_payments, work_of

HIGH_SHARE = 2
"""A tip above the payment divided by this needs confirmation."""


class AddCardTip(AskingCommand, frozen=True):
    """Add a tip to one of today's card payments, as written on its slip.

    Repeating it sets the total tip: the difference is added or returned.
    """

    payment: PaymentId
    amount_minor: Annotated[int, msgspec.Meta(gt=0, le=LIMIT_MINOR)]


class CardTips:
    """Handles tips on slips at the tills of a store."""

    def __init__(self, settings: TillSettings) -> None:
        self._settings = settings

    def add(self, tx: Transaction, command: AddCardTip) -> None:
        of = find_payment(tx.db, command.payment)
        if of is None:
            raise Refusal("no_such_payment")
        if of.register != tx.actor.register:
            raise Refusal("payment_elsewhere", {"register": of.register})
        if of not in tippable(tx.db, tx.actor.register, tx.business_date):
            raise Refusal("no_tip_on_it")
        tips = _tips(tx.db, of)
        if any(back.state not in ("done", "cash") for tip in tips for back in refunds_of(tx.db, tip.id)):
            raise Refusal("tip_waits")  # changing it now could make the terminal and the books disagree
        if command.amount_minor == of.added_minor:
            raise Refusal("tip_same", {"tip_minor": of.added_minor})
        if command.amount_minor < of.added_minor:
            self._lower(tx, tips, of.added_minor - command.amount_minor)
            return
        if command.amount_minor * HIGH_SHARE > of.paid_minor:
            tx.ask("confirm_tip", {"tip_minor": command.amount_minor, "paid_minor": of.paid_minor}, of.id)
        tx.do(OpenPayment(command.amount_minor - of.added_minor, "tip", of=of.id))

    def _lower(self, tx: Transaction, tips: tuple[Payment, ...], over_minor: int) -> None:
        """Reduce tips by this amount, the newest first. Each tip is refunded from its own sale."""
        if any(one.is_open and not one.is_on_hold for one in work_of(tx.db, tx.actor.register)[0]):
            raise Refusal("payment_open")
        for tip in tips:
            left_minor = tip.returnable_minor - sum(back.amount_minor for back in refunds_of(tx.db, tip.id))
            if minor := min(left_minor, over_minor):
                self._take_off(tx, tip, minor)
            over_minor -= minor
        if over_minor:
            raise Refusal("no_tip_on_it")

    def _take_off(self, tx: Transaction, tip: Payment, minor: int) -> None:
        receipt = read_receipt(tx.db, tip.register, _sale_of(tx, tip))
        assert receipt is not None
        sale = with_corrected_tenders(tx.db, tx.read, tx.read(receipt.seq)).event
        assert isinstance(sale, SaleCompleted)
        before = refunded_before(tx.db, receipt)
        refund = refunding.part_back(sale, minor, before, refunding.RefundMethod(), self._settings)
        tx.append(msgspec.structs.replace(refund, sale_register=tip.register, number=next_receipt_number(tx)))
        back_to_cards(tx, refund.tenders)


def _tips(db: Connection, of: Payment) -> tuple[Payment, ...]:
    """Tips added to a payment, the newest first."""
    known = (find_payment(db, id) for id in (of.added_tip, *reversed(of.earlier_tips)) if id)
    return tuple(tip for tip in known if tip is not None)


def _sale_of(tx: Transaction, tip: Payment) -> int:
    """The receipt number of a tip's sale, which is in the commit that took the tip."""
    seq = tip.taken_seq
    while not isinstance(sale := tx.read(seq).event, SaleCompleted):
        seq += 1
    return sale.number


def tippable(db: Connection, register: str, business_date: str) -> tuple[Payment, ...]:
    """A day's payments that can still get a tip, the newest first: booked to a sale, captured and not settled yet."""
    return tuple(one for one in tippable_payments(db, register, business_date) if one.used)


def tip_sold(tx: Transaction, of: Payment, settings: TillSettings) -> None:
    """Sell a tip that a terminal added to a payment."""
    basket = with_tip(Basket(of.register, opened_us=tx.at_us), of.paid_minor)
    called = of.approval.display_name if of.approval else ""
    sale = payment.pay(basket, "card", of.paid_minor, called, settings, TenderDetails(payment=of.id))
    assert isinstance(sale, SaleCompleted)
    complete(tx, sale, settings, printed=False, slips=False)
    tx.do(UsePayment(of.id, of.paid_minor))

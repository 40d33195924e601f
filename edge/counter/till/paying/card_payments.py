"""Pays a basket at the register's payment terminal, inside the transaction.

The outcome arrives as a `SettlePayment` command from the part that operates the terminal (`terminal_part.py`).
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import AskingCommand, Command, Refusal
from edge.core.registry import Transaction
from edge.counter.basket import totals
from edge.counter.basket.basket import LINES_LIMIT, Basket
from edge.counter.basket.card_fee import with_card_fee
from edge.counter.basket.tips import takes_tip, tip_minor, with_tip
from edge.counter.till.after_sale.receipts import of_signature
from edge.counter.till.commands import Pay
from edge.counter.till.events import SaleCompleted
from edge.counter.till.lines.item_entry import require_unrecalled
from edge.counter.till.lines.purchase_limits import ask_over_day, over_limit
from edge.counter.till.lines.selling_hours import require_hours
from edge.counter.till.paying.card_money import tender_of
from edge.counter.till.paying.card_tips import tip_sold
from edge.counter.till.paying.coupon_money import coupon_over
from edge.counter.till.paying.payments import old_enough
from edge.counter.till.queries import read_basket
from edge.counter.till.rules import payment
from edge.counter.till.sale_effects import save
from edge.counter.till.settings import TillSettings
from edge.foundation.printing.commands import QueuePrint
from edge.lib.units.money import LIMIT_MINOR
from edge.money.payments.card import CardApproval
from edge.money.payments.commands import (
    AskSignature,
    MovePayment,
    NoteSignature,
    OpenPayment,
    Reason,
    RequestCardRefund,
    TellOutcome,
    UsePayment,
    WishCancel,
)
from edge.money.payments.events import ONLINE, FaultCode, PaymentId
from edge.money.payments.payment import BESIDE, Payment
from edge.money.payments.queries import find_payment, refunds_of
from edge.money.payments.states import REFUNDABLE, TAKEN, Source, State

Minor = Annotated[int, msgspec.Meta(gt=0, le=LIMIT_MINOR)]


class BeginPayment(AskingCommand, frozen=True):
    """Start a card payment at the register's terminal, by default for the whole amount due.

    `cash_back_minor` is charged in addition and handed out in cash. The basket is locked until the terminal answers.
    """

    amount_minor: Minor | None = None
    cash_back_minor: Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)] = 0


class CancelPayment(Command, frozen=True):
    """Request that a payment be cancelled. The terminal may still report that the card has paid."""

    payment: PaymentId


class SettlePayment(Command, frozen=True):
    """Record a payment's outcome.

    The money is added to its basket and completes the sale if nothing is due; if the basket no longer exists, the money
    is refunded to the card. `keep_open`: don't complete the sale.
    """

    payment: PaymentId
    to: State
    by: Source
    code: FaultCode = ""
    approval: CardApproval | None = None
    keep_open: bool = False


class ResolvePayment(Command, frozen=True):
    """Set a payment's outcome by hand, after look-ups failed."""

    payment: PaymentId
    taken: bool
    reason: Reason


class AnswerSignature(Command, frozen=True):
    """Confirm or reject the cardholder's signature. The sale is then completed, or the money refunded to the card."""

    payment: PaymentId
    matches: bool


class CardPayments:
    """Handles card payments at the tills of a store."""

    def __init__(self, settings: TillSettings) -> None:
        self._settings = settings

    def begin(self, tx: Transaction, command: BeginPayment) -> Basket:
        basket = read_basket(tx.db, tx.actor.register)
        self._cash_back(basket, command)
        minor = self.due_minor(tx, basket, command.amount_minor)
        tips = takes_tip(basket) and len(basket.lines) < LINES_LIMIT
        loads = any(line.kind == "load" for line in basket.sold_lines)
        opened = tx.do(OpenPayment(minor, "sale", command.cash_back_minor, tips, loads=loads))
        return save(tx, basket.with_changes(payment=opened.result))

    def due_minor(self, tx: Transaction, basket: Basket, asked_minor: int | None = None) -> int:
        """The amount to charge: the requested amount, or everything due.

        Raises `Refusal` for anything that would block the sale, before the card is charged.
        """
        coupon_over(tx, basket)
        require_unrecalled(tx, basket)
        ask_over_day(tx, basket.customer, basket.sold_lines, tx.ask, basket.coming_back)
        if not basket.tenders:
            require_hours(tx, basket.sold_lines, self._settings, tx.ask)
        decision = payment.pay(basket, "card", asked_minor, "", self._settings)
        if isinstance(decision, SaleCompleted):
            old_enough(tx, decision, self._settings)
            over_limit(tx, decision.lines, decision.returned_lines)
        minor = asked_minor or totals.totals(basket, self._settings).due_minor
        if not minor:
            raise Refusal("payment_nothing_due")
        return minor

    def _cash_back(self, basket: Basket, command: BeginPayment) -> None:
        """Raise `Refusal` for cash back that can't be paid in coins, or with a partial card payment."""
        if not command.cash_back_minor:
            return
        if basket.tenders or command.amount_minor is not None:
            raise Refusal("cash_back_alone")
        if command.cash_back_minor % self._settings.cash_step_minor:
            given = {"given_minor": command.cash_back_minor, "coin_minor": self._settings.cash_step_minor}
            raise Refusal("no_such_coin", given)

    def cancel(self, tx: Transaction, command: CancelPayment) -> Basket:
        of = _at_register(tx, command.payment)
        tx.do(WishCancel(of.id))
        return self._refresh_basket(tx, of)

    def resolve(self, tx: Transaction, command: ResolvePayment) -> Basket:
        of = _at_register(tx, command.payment)
        return self.apply(tx, tx.do(TellOutcome(of.id, command.taken, command.reason)).result)

    def answer_signature(self, tx: Transaction, command: AnswerSignature) -> Basket:
        of = _at_register(tx, command.payment)
        of = tx.do(NoteSignature(of.id, command.matches)).result
        if not command.matches and of.state in REFUNDABLE and not refunds_of(tx.db, of.id):
            tx.do(RequestCardRefund(of.id, of.taken_minor, "signature"))
        return self.apply(tx, of)

    def settle(self, tx: Transaction, command: SettlePayment) -> Basket:
        of = _at_register(tx, command.payment)
        if command.to == "authorised" and of.purpose == "sale" and not self._fits(tx, of):
            raise Refusal("payment_elsewhere", {"register": of.register})  # the refusal makes the terminal reverse it
        moved = MovePayment(of.id, command.to, command.by, code=command.code, approval=command.approval)
        return self.apply(tx, tx.do(moved).result, command.keep_open)

    def apply(self, tx: Transaction, of: Payment, keep_open: bool = False) -> Basket:
        """Apply a payment's outcome; returns the basket."""
        if of.state not in TAKEN or of.used or of.signature == "differs":
            return self._refresh_basket(tx, of)
        if of.purpose in BESIDE:
            return self._refresh_basket(tx, of)  # booked by the feature that requested it
        if of.purpose == "tip":
            tip_sold(tx, of, self._settings)
            return self._refresh_basket(tx, of)
        if of.purpose == "sale" and self._fits(tx, of):
            return self._use(tx, of, keep_open) if self._verify_cardholder(tx, of) else self._refresh_basket(tx, of)
        if of.state in REFUNDABLE and not refunds_of(tx.db, of.id):
            tx.do(RequestCardRefund(of.id, of.taken_minor, "late" if of.purpose == "sale" else "trial"))
        return self._refresh_basket(tx, of)

    def _verify_cardholder(self, tx: Transaction, of: Payment) -> bool:
        """Whether the sale can go on without a signature check. Prints the slip to sign if one is needed."""
        if of.wants_signature:
            tx.do(AskSignature(of.id))
            tx.do(QueuePrint("to_sign", of_signature(of, tx.at_us, self._settings)))
        return not of.wants_signature and not of.waits_for_signature

    def _use(self, tx: Transaction, of: Payment, keep_open: bool) -> Basket:
        basket = read_basket(tx.db, of.counter)
        paid = tender_of(of, basket, self._settings.language, cash_back=not keep_open)
        if of.tip_minor and takes_tip(basket):
            basket = save(tx, with_tip(basket, tip_minor(basket.lines) + of.tip_minor))
        if of.surcharge_minor and takes_tip(basket):
            basket = save(tx, with_card_fee(basket, of.surcharge_minor))
        if keep_open:
            basket = save(tx, basket.with_changes(tenders=(*basket.tenders, paid)))
        else:
            basket = tx.do(Pay("card", paid.amount_minor), asks=False).result
        tx.do(UsePayment(of.id, paid.amount_minor, paid.cash_back_minor))
        return basket

    def _fits(self, tx: Transaction, of: Payment) -> bool:
        """Whether the payment's basket still exists and the requested amount is still due."""
        basket = read_basket(tx.db, of.counter)
        if basket.payment != of.id or not basket.sold_lines:
            return False
        try:
            due_minor = totals.totals(basket, self._settings).due_minor
        except KeyError:  # a tax was removed during the payment: the money still belongs to the basket
            return True
        return due_minor >= min(of.taken_minor or of.amount_minor, of.amount_minor)

    def _refresh_basket(self, tx: Transaction, of: Payment) -> Basket:
        """Return the basket. If the payment belongs to it, it gets a new revision, so that screens refresh."""
        basket = read_basket(tx.db, of.counter)
        return save(tx, basket.with_changes()) if basket.payment == of.id else basket


def _at_register(tx: Transaction, id: str) -> Payment:
    of = find_payment(tx.db, id)
    if of is None:
        raise Refusal("no_such_payment")
    at = of.counter if of.purpose == "sale" else of.register
    if at not in (tx.actor.register, ONLINE):
        raise Refusal("payment_elsewhere", {"register": at})
    return of

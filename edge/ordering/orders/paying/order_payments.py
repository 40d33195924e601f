"""Card payments of orders outside registers: at a kiosk's terminal, or on a provider's page from anywhere.

Runs inside the transaction. A payment is booked as the order's advance if at least as much is still due as when it
started; otherwise it's refunded to the card.
"""

from __future__ import annotations

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec

from edge.core.messages import Command, Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.counter.till.paying.advance_payments import SellAdvance
from edge.counter.till.settings import TillSettings
from edge.lib.units.money import LIMIT_MINOR
from edge.money.payments.commands import (
    AskCapture,
    OpenPayment,
    OpenPayPage,
    OpenStoredCharge,
    RequestCardRefund,
    WishCancel,
)
from edge.money.payments.events import ONLINE, MethodId, PaymentId
from edge.money.payments.payment import Payment
from edge.money.payments.queries import find_payment, open_order_payments, payments_of_order, refunds_of
from edge.money.payments.states import REFUNDABLE, TAKEN
from edge.ordering.orders.customers.named_order import OfOrder, find_order, named_order
from edge.ordering.orders.order import KeptOrder, OrderId, OrderName
from edge.ordering.orders.order_handlers import agree_sum
from edge.ordering.orders.order_lines import taxable_minor, taxed_minor
from edge.ordering.orders.queries import read_shop_order, register_of_order
from edge.people.customers.queries import resolve

PayState = Literal["preparing", "open", "held", "unknown", "failed", "paid"]


class StopOrderPayment(Command, frozen=True):
    """Request to cancel an order's payment in progress."""

    order: OrderName


class AskForPayment(Command, frozen=True):
    """Request a card payment for an order, of this amount or of everything due.

    On a page, the order then contains the page's address. At this register's terminal, the payment may be authorised
    now and captured when the order is handed over. Customers pay the full amount.
    """

    order: OrderName
    amount_minor: Annotated[int, msgspec.Meta(gt=0, le=LIMIT_MINOR)] | None = None
    way: Literal["page", "terminal"] = "page"


class ChargeStoredMethod(Command, frozen=True):
    """Charge the customer's stored card for this amount of an order, or for everything due."""

    order: OrderId
    method: MethodId
    amount_minor: Annotated[int, msgspec.Meta(gt=0, le=LIMIT_MINOR)] | None = None


class TakeHeld(Command, frozen=True):
    """Capture the amount due for an order from its authorization; the rest is released."""

    order: OrderId


class EndOrderPayments(Command, frozen=True):
    """Request cancellation of payments that no longer match their orders."""


class BookOrderPayment(Command, frozen=True):
    """Book an order's payment, or refund it to the card."""

    payment: PaymentId


class OrderPayment(msgspec.Struct, frozen=True):
    """An order's payment.

    `address`: its page, once there is one. `code`: why it failed. `test`: its provider moves no money.
    """

    id: str
    state: PayState
    minor: int
    address: str = ""
    until_us: int = 0
    code: str = ""
    test: bool = False


class OrderPaying:
    """Handles payments of orders in a store."""

    def __init__(self, settings: TillSettings) -> None:
        self._settings = settings

    def ask(self, tx: Transaction, command: AskForPayment) -> str:
        """Request a payment; returns its id."""
        return self._begin_payment(tx, self._require_order(tx, command, busy=True), command.amount_minor, command.way)

    def _require_order(self, tx: Transaction, command: OfOrder, busy: bool) -> KeptOrder:
        return named_order(tx, command, ZoneInfo(self._settings.zone), busy).order

    def charge_stored(self, tx: Transaction, command: ChargeStoredMethod) -> str:
        """Charge a stored card; returns the payment's id."""
        order = find_order(tx, command.order)
        minor, due_minor = self._amounts_due(tx, order, command.amount_minor)
        customer = resolve(tx.db, order.customer) if order.customer else None
        if customer is None:
            raise Refusal("not_yours")
        return str(tx.do(OpenStoredCharge(command.method, customer, minor, order.id, due_minor)).result)

    def take_held(self, tx: Transaction, command: TakeHeld) -> int:
        """Request a capture; returns its amount."""
        order = find_order(tx, command.order)
        held = open_authorization(tx.db, order.id)
        minor = min(self._due(order), held.held_minor) if held else 0
        if held is None or not minor:
            raise Refusal("nothing_held", {"said": order.said})
        tx.do(AskCapture(held.id, minor))
        return minor

    def _amounts_due(self, tx: Transaction, order: KeptOrder, amount_minor: int | None) -> tuple[int, int]:
        """The amount to pay now, and the amount due. Raises `Refusal` if less is due or the order is open at a till."""
        due_minor = self._due(order)
        if not due_minor or register_of_order(tx.db, order.id):
            raise Refusal("advance_not_due", {"said": order.said})
        minor = amount_minor or due_minor
        if minor > due_minor:
            raise Refusal("advance_too_much", {"said": order.said, "due_minor": due_minor})
        held_minor = sum(one.held_minor for one in payments_of_order(tx.db, order.id))
        if held_minor and minor > due_minor - held_minor:
            raise Refusal("payment_held", {"said": order.said, "sum_minor": held_minor})
        return minor, due_minor

    def _begin_payment(self, tx: Transaction, order: KeptOrder, amount_minor: int | None, way: str) -> str:
        minor, due_minor = self._amounts_due(tx, order, amount_minor)
        if way == "page":
            return str(tx.do(OpenPayPage(minor, order.id, due_minor)).result)
        _end_pages(tx, order.id)
        return str(tx.do(OpenPayment(minor, "order", order=order.id, due_minor=due_minor)).result)

    def stop(self, tx: Transaction, command: StopOrderPayment) -> None:
        order = self._require_order(tx, command, busy=False)
        for one in payments_of_order(tx.db, order.id):
            if one.runs and not one.cancel_wished:
                tx.do(WishCancel(one.id))

    def end(self, tx: Transaction, command: EndOrderPayments) -> int:
        """Request cancellation of payments that no longer match their orders; returns their number."""
        over = self.unfit(tx.db)
        for one in over:
            tx.do(WishCancel(one.id))
        return len(over)

    def unfit(self, db: Connection) -> list[Payment]:
        """Payments in progress whose order's amount due has changed since they started."""
        found = [one for one in open_order_payments(db) if one.runs and not one.cancel_wished]
        return [one for one in found if not self._fits(db, one)]

    def book(self, tx: Transaction, command: BookOrderPayment) -> int:
        """Book a payment; returns the receipt number, or 0 if the payment is refunded to the card."""
        of = find_payment(tx.db, command.payment)
        if of is None or of.state not in TAKEN or of.used or refunds_of(tx.db, of.id):
            raise Refusal("payment_state", {"state": of.state if of else ""})
        order = read_shop_order(tx.db, of.order)
        if order is None or of.taken_minor != (of.capture_minor or of.amount_minor) or not self._fits(tx.db, of):
            if of.state not in REFUNDABLE:
                raise Refusal("payment_state", {"state": of.state})
            tx.do(RequestCardRefund(of.id, of.taken_minor, "late"))
            return 0
        agree_sum(tx, order, self._settings)
        worth_minor = taxable_minor(order.goods, self._settings)
        sold = SellAdvance(of.id, order.id, order.said, order.customer, order.goods.delivered_to, worth_minor)
        return int(tx.do(sold).result)

    def _fits(self, db: Connection, of: Payment) -> bool:
        """Whether the payment's order still has the amount due for which the payment was started."""
        order = read_shop_order(db, of.order)
        if order is None or register_of_order(db, of.order):
            return False
        if of.is_held and of.held_minor < of.amount_minor:
            return False  # don't capture a partial authorization, as no one is there to pay the rest
        if of.hold and of.approval:  # a full one is captured for what is due now
            return max(1, of.taken_minor) <= self._due(order)
        return self._due(order) == of.due_minor

    def _due(self, order: KeptOrder) -> int:
        """The amount due with today's taxes."""
        if not order.open:
            return 0
        return max(0, taxed_minor(order.goods, self._settings, order.held_advance) - order.advance_minor)


def payment_of(db: Connection, order: str) -> OrderPayment | None:
    """An order's current or last payment; None if there was none, or it was voided."""
    last = next(iter(payments_of_order(db, order)), None)
    if last is None or last.state == "voided":
        return None
    page = last.page if last.runs and not last.cancel_wished else None
    told = (page.address, page.until_us) if page else ("", 0)
    return OrderPayment(
        last.id, _pay_state(db, last), last.amount_minor, *told, code=last.code, test=last.mode == "test"
    )


def _pay_state(db: Connection, of: Payment) -> PayState:
    """The payment's state as shown to the customer."""
    if of.used:
        return "paid"
    if of.state == "unknown":
        return "unknown"
    if of.is_held:
        return "preparing" if of.capture_minor else "held"
    if of.state in TAKEN:
        return "failed" if refunds_of(db, of.id) else "preparing"
    if of.runs and not of.cancel_wished:
        return "open" if of.page or of.register != ONLINE else "preparing"
    return "failed"


def open_authorization(db: Connection, order: str) -> Payment | None:
    """An order's authorization not yet captured, or None."""
    return next((one for one in payments_of_order(db, order) if one.is_held and not one.capture_minor), None)


def require_captured(db: Connection, order: KeptOrder) -> None:
    """Raise `Refusal` for an order with an uncaptured authorization: it must be captured before hand-over."""
    for one in payments_of_order(db, order.id):
        if one.is_held or (one.hold and one.state == "unknown"):
            raise Refusal("payment_held", {"said": order.said, "sum_minor": one.capture_minor or one.amount_minor})


def _end_pages(tx: Transaction, order: str) -> None:
    """Cancel an order's payment pages while it's paid at a terminal."""
    for one in payments_of_order(tx.db, order):
        if one.runs and one.register != tx.actor.register:
            tx.do(WishCancel(one.id))

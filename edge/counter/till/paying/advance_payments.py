"""Card prepayments for orders without a register, inside the transaction: at a kiosk's terminal, or on a payment
provider's page. Each is booked as a sale of only the advance, as at a register."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Command, Number, Refusal
from edge.core.registry import Transaction
from edge.counter.basket.basket import Basket
from edge.counter.basket.event_structs import TenderDetails
from edge.counter.till.events import SaleCompleted
from edge.counter.till.paying.advances import advance_line
from edge.counter.till.paying.payments import complete
from edge.counter.till.rules import payment
from edge.counter.till.settings import TillSettings
from edge.money.payments.commands import UsePayment
from edge.money.payments.events import OfOrder, PaymentId
from edge.money.payments.queries import find_payment
from edge.money.payments.slip import slip_lines
from edge.money.payments.states import TAKEN


class SellAdvance(Command, frozen=True):
    """Book a card prepayment for an order, displayed as `said`, at this register.

    The orders capability runs this inside its own command, because it knows the amount due. `worth_minor`: the order's
    net revenue.
    """

    payment: PaymentId
    order: OfOrder
    said: Annotated[str, msgspec.Meta(max_length=40)]
    customer: Annotated[str, msgspec.Meta(max_length=64)] = ""
    delivered_to: Annotated[str, msgspec.Meta(max_length=2)] = ""
    worth_minor: Number = 0


def sell_advance(settings: TillSettings, tx: Transaction, command: SellAdvance) -> int:
    """Book the advance; returns the receipt number."""
    of = find_payment(tx.db, command.payment)
    if of is None:
        raise Refusal("no_such_payment")
    if of.state not in TAKEN or of.used or of.order != command.order or of.sold_at != tx.actor.register:
        raise Refusal("payment_state", {"state": of.state})
    line = advance_line(command.order, command.said, of.paid_minor)
    laid = Basket(
        tx.actor.register,
        opened_us=tx.at_us,
        last_id=1,
        lines=(line,),
        customer=command.customer,
        delivered_to=command.delivered_to,
        worth_minor=command.worth_minor,
    )
    called = of.approval.display_name if of.approval else ""
    details = TenderDetails(payment=of.id, slip=slip_lines(of, settings.language))
    sale = payment.pay(laid, "card", of.paid_minor, called, settings, details)
    assert isinstance(sale, SaleCompleted)
    fact = complete(tx, sale, settings, printed=False, slips=False)
    tx.do(UsePayment(of.id, of.paid_minor))
    sold = fact.event
    assert isinstance(sold, SaleCompleted)
    return sold.number

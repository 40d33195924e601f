"""Charges baskets to a customer's stored card, inside the transaction.

The provider is asked instead of a terminal (`edge/counter/till/service/pay_pages`). A background part books the
payment, also after a crash.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.messages import AskingCommand, Command, Refusal
from edge.core.process.booking_part import Booking, BookingPart
from edge.core.process.part_context import PartContext
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.counter.basket.basket import Basket
from edge.counter.till.paying.card_payments import CardPayments
from edge.counter.till.queries import read_basket
from edge.counter.till.sale_effects import save
from edge.foundation.access.rights import system
from edge.money.payments.commands import OpenStoredCharge
from edge.money.payments.events import MethodId, PaymentId
from edge.money.payments.queries import find_payment, refunds_of, unused_payments
from edge.money.payments.states import TAKEN
from edge.people.customers.queries import resolve


class ChargeBasket(AskingCommand, frozen=True):
    """Charge the amount due to the customer's stored card. The basket is locked until the provider answers."""

    method: MethodId


class BookBasketCharge(Command, frozen=True):
    """Complete the sale paid by a stored card, or refund the money if the basket no longer exists.

    `keep_open`: only add the payment, without completing the sale.
    """

    payment: PaymentId
    keep_open: bool = False


class BasketCharges(CardPayments):
    """Charges stored cards at the tills of a store."""

    def charge(self, tx: Transaction, command: ChargeBasket) -> Basket:
        basket = read_basket(tx.db, tx.actor.register)
        minor = self.due_minor(tx, basket)
        customer = resolve(tx.db, basket.customer) if basket.customer else None
        if customer is None:
            raise Refusal("not_yours")
        charge = OpenStoredCharge(command.method, customer, minor, "", minor, of_basket=True)
        return save(tx, basket.with_changes(payment=tx.do(charge).result))

    def book(self, tx: Transaction, command: BookBasketCharge) -> Basket:
        of = find_payment(tx.db, command.payment)
        if of is None or of.state not in TAKEN or of.used or refunds_of(tx.db, of.id):
            raise Refusal("payment_state", {"state": of.state if of else ""})
        return self.apply(tx, of, command.keep_open)


def basket_charges_part(shop: CommandBus) -> BookingPart:
    """The background part that completes sales paid by stored cards."""
    return BookingPart(shop, "stored-card payment for a basket", _waiting)


def part_of(context: PartContext) -> BookingPart:
    """Make the part."""
    return basket_charges_part(context.shop)


def _waiting(db: Connection) -> Iterator[Booking]:
    for one in unused_payments(db, "sale"):
        actor = msgspec.structs.replace(system("job"), name=one.person, register=one.sold_at)
        # if the sale can't be completed now, its payment is added to the basket anyway
        yield Booking(one.id, BookBasketCharge(one.id), actor, BookBasketCharge(one.id, keep_open=True))

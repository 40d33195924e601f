"""Tips that are written onto a card's slip and typed in afterwards, inside the transaction: the terminal adds them to
its payment, and a sale of nothing but the tip says so on papers and in the books."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import AskingCommand, Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.lib.units.money import LIMIT_MINOR
from edge.shop.payments.commands import OpenPayment, UsePayment
from edge.shop.payments.events import PaymentId
from edge.shop.payments.payment import Payment
from edge.shop.payments.queries import find_payment, tippable_payments
from edge.shop.till.events import SaleCompleted
from edge.shop.till.payments import complete
from edge.shop.till.rules import payment
from edge.shop.till.rules.basket import Basket
from edge.shop.till.rules.event_structs import TenderDetails
from edge.shop.till.rules.tips import with_tip
from edge.shop.till.settings import TillSettings

HIGH_SHARE = 2
"""A tip of more than a half of what was paid is asked about."""


class AddCardTip(AskingCommand, frozen=True):
    """Let the terminal add a tip to a card's payment of today, as its slip says. Said again it is the tip in all: what
    is more is added, and less is refused, as it is on the card already."""

    payment: PaymentId
    amount_minor: Annotated[int, msgspec.Meta(gt=0, le=LIMIT_MINOR)]


class CardTips:
    """Tips on slips at the tills of a store with these settings."""

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
        if command.amount_minor <= of.added_minor:
            raise Refusal("tip_not_less", {"tip_minor": of.added_minor})
        if command.amount_minor * HIGH_SHARE > of.paid_minor:
            tx.ask("confirm_tip", {"tip_minor": command.amount_minor, "paid_minor": of.paid_minor}, of.id)
        tx.do(OpenPayment(command.amount_minor - of.added_minor, "tip", of=of.id))


def tippable(db: Connection, register: str, business_date: str) -> tuple[Payment, ...]:
    """To which payments of a day a tip can be added, the newest first: those that were taken and are not paid out."""
    return tuple(one for one in tippable_payments(db, register, business_date) if one.used)


def tip_sold(tx: Transaction, of: Payment, settings: TillSettings) -> None:
    """The sale of a tip that a terminal added to a payment."""
    basket = with_tip(Basket(of.register, opened_us=tx.at_us), of.paid_minor)
    called = of.approval.called if of.approval else ""
    sale = payment.pay(basket, "card", of.paid_minor, called, settings, TenderDetails(payment=of.id))
    assert isinstance(sale, SaleCompleted)
    complete(tx, sale, settings, printed=False, slips=False)
    tx.do(UsePayment(of.id, of.paid_minor))

"""Payments on providers' pages, inside the transaction.

A customer pays for an order remotely and enters the card only on the provider's page. The provider is then asked for
the result (`edge/counter/till/service/pay_pages`).
"""

from __future__ import annotations

import hashlib

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.money.payments import commands, events
from edge.money.payments.payment import Payment
from edge.money.payments.providers import breakers
from edge.money.payments.providers.provider import PROVIDERS_MOST, Driver, Provider
from edge.money.payments.providers.routing import PaymentWanted, choose_provider
from edge.money.payments.queries import find_payment, paused_providers, payments_of_order, read_providers, read_routes
from edge.money.payments.settings import PaymentSettings
from edge.money.payments.states import RUNNING

PAGES_MOST = 100
"""Maximum open pages in a shop. Their providers are polled one after the other."""
_OPEN = f"SELECT count(*) FROM payment WHERE register = '{events.ONLINE}' AND attention = 1 AND state <> 'authorised'"


class PayPages:
    """Handles the payment pages of a store with these settings."""

    def __init__(self, settings: PaymentSettings) -> None:
        self._settings = settings

    def open(self, tx: Transaction, command: commands.OpenPayPage) -> str:
        place, currency = self._settings.page, self._settings.currency
        if place is None:
            raise Refusal("no_pay_page")
        provider = self._provider(tx, place.driver, command.amount_minor)
        if provider is None:
            raise Refusal("no_provider")
        if same := self._ending_others(tx, command, provider.id):
            return same
        if tx.db.execute(_OPEN).fetchone()[0] >= PAGES_MOST:
            raise Refusal("too_many_pay_pages", {"limit": PAGES_MOST})
        id = hashlib.sha256(tx.command_id).hexdigest()[:24]
        of = (id, provider.id, provider.driver, provider.mode, place.name, command.amount_minor, currency)
        begun = events.PaymentBegun(*of, "order", order=command.order, due_minor=command.due_minor, on_page=True)
        tx.append(msgspec.structs.replace(begun, hold=self._settings.hold and provider.driver == "stripe_checkout"))
        breakers.ask(tx, provider.id, place.name)
        return id

    def fail_over(self, tx: Transaction, command: commands.FailOver) -> str:
        """Fail over a payment; returns the new payment's id at another provider.

        "" if there is no other provider or it isn't needed.
        """
        of = find_payment(tx.db, command.id)
        if of is None or of.state != "created" or not of.code or of.register != events.ONLINE or of.method:
            return ""  # only if surely nothing began; a stored card exists at one provider only
        provider = self._provider(tx, of.driver, of.amount_minor, _tried_providers(tx.db, of))
        if provider is None:
            return ""
        end(tx, of)
        id = hashlib.sha256(tx.command_id).hexdigest()[:24]
        tx.append(
            events.PaymentBegun(
                *(id, provider.id, provider.driver, provider.mode, of.terminal, of.amount_minor, of.currency),
                "order",
                order=of.order,
                due_minor=of.due_minor,
                on_page=True,
                hold=of.hold,
                after=of.id,
                sold_at=of.sold_at,
            )
        )
        breakers.ask(tx, provider.id, of.terminal)
        return id

    def _provider(
        self, tx: Transaction, driver: Driver, amount_minor: int, tried: frozenset[str] = frozenset()
    ) -> Provider | None:
        wanted = PaymentWanted(driver, "card_online", self._settings.currency, amount_minor, self._settings.store)
        resting = paused_providers(tx.db, driver, tx.at_us)
        return choose_provider(read_providers(tx.db), read_routes(tx.db), wanted, resting | tried)

    def _ending_others(self, tx: Transaction, command: commands.OpenPayPage, provider: str) -> str:
        """Find a payment for the same sums, and request cancellation of the order's other payments."""
        found = ""
        for one in payments_of_order(tx.db, command.order):
            if not one.is_open and one.state != "created":
                continue
            asked = (one.provider, one.amount_minor, one.due_minor, one.register)
            wanted = (provider, command.amount_minor, command.due_minor, events.ONLINE)
            good = (
                one.runs
                and not one.cancel_wished
                and not one.method
                and (one.page is None or one.page.until_us > tx.at_us)
            )
            if asked == wanted and good and not found:
                found = one.id
            else:
                end(tx, one)
        return found


def _tried_providers(db: Connection, payment: Payment) -> frozenset[str]:
    """Providers already tried for a payment and the payments it replaces."""
    found = {payment.provider}
    while payment.after and len(found) <= PROVIDERS_MOST:
        before = find_payment(db, payment.after)
        if before is None:
            break
        payment = before
        found.add(payment.provider)
    return frozenset(found)


def end(tx: Transaction, payment: Payment) -> None:
    """End an order's payment: at once if it hasn't begun, otherwise by requesting cancellation."""
    if payment.state == "created":
        tx.append(events.PaymentMoved(payment.id, "voided", "till", code="cancelled"))
    elif (payment.state in RUNNING or payment.state == "unknown") and not payment.cancel_wished:
        tx.append(events.PaymentCancelWished(payment.id))


def note_pay_page(tx: Transaction, command: commands.NotePayPage) -> Payment:
    """Return the payment with its page; without the page if the payment is no longer in progress."""
    known = find_payment(tx.db, command.id)
    if known is None:
        raise Refusal("no_such_payment")
    if known.state == "sent" and known.page is None:
        tx.append(events.PayPageMade(known.id, command.session, command.address, command.until_us))
    return _now(tx.db, known)


def _now(db: Connection, known: Payment) -> Payment:
    found = find_payment(db, known.id)
    assert found is not None
    return found

"""Client for Stripe Checkout.

A session is a payment page, and its intent is the payment. Amounts are integers, in Stripe's units of the currency.
Source: https://docs.stripe.com/api/checkout/sessions and https://docs.stripe.com/api/refunds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeVar

import msgspec

from drivers.terminal_outcomes import (
    Approved,
    Declined,
    ListedRefund,
    NotStarted,
    OutcomeUnknown,
    StillRunning,
    TerminalOutcome,
    TerminalRequest,
)
from drivers.terminals import stripe_messages as stripe
from drivers.terminals.card_data import last4_of, mask_card_numbers
from drivers.terminals.link import BadMessage, read_json
from drivers.terminals.provider_units import NoSuchAmount, to_provider
from edge.counter.till.service.pay_pages.page_api import MadePage
from edge.counter.till.service.pay_pages.stripe_cards import StripeCards
from edge.counter.till.service.pay_pages.stripe_wire import LIFE_S
from edge.runtime.outgoing.faults import MaybeSent, Undelivered
from edge.runtime.outgoing.http_client import HttpAnswer

T = TypeVar("T")
SETTLED_S = 120
"""Seconds until a charge that was sent surely appears in look-ups."""


class CheckoutSession(msgspec.Struct, frozen=True):
    """A payment page, as Stripe returns it. `url` is null once the page has ended."""

    id: str
    status: Literal["open", "complete", "expired"]
    payment_status: str
    amount_total: int
    currency: str
    client_reference_id: str | None = None
    url: str | None = None
    payment_intent: str | None = None


class _Card(msgspec.Struct, frozen=True):
    brand: str | None = ""
    last4: str | None = ""


class _Details(msgspec.Struct, frozen=True):
    card: _Card | None = None


class _Charge(msgspec.Struct, frozen=True):
    id: stripe.Id
    payment_method_details: _Details | None = None


class PaidIntent(msgspec.Struct, frozen=True):
    """The payment made on a page, with its charge."""

    id: stripe.Id
    status: str
    currency: str
    amount_received: stripe.Minor = 0
    amount_capturable: stripe.Minor = 0
    latest_charge: _Charge | None = None


class _Metadata(msgspec.Struct, frozen=True):
    transaction: str = ""


class StoredIntent(PaidIntent, frozen=True):
    """A payment with a card stored at Stripe."""

    metadata: _Metadata = _Metadata()


class _Intents(msgspec.Struct, frozen=True):
    data: tuple[StoredIntent, ...]
    has_more: bool = False


class StripeCheckout(StripeCards):
    """Client for order payment pages and their outcomes."""

    async def make(self, request: TerminalRequest, now_s: int) -> MadePage | NotStarted:
        """Create a payment's page; the same key returns the same page.

        Its address is unknown to everyone else until this returns, so nothing was paid if it fails.
        """
        try:
            amount = to_provider("stripe", request.amount_minor, request.currency)
        except NoSuchAmount:
            return NotStarted("wrong_currency")
        fields = (
            ("mode", "payment"),
            ("line_items[0][quantity]", 1),
            ("line_items[0][price_data][currency]", request.currency.lower()),
            ("line_items[0][price_data][unit_amount]", amount),
            ("line_items[0][price_data][product_data][name]", self._label),
            ("client_reference_id", request.key),
            ("payment_intent_data[metadata][transaction]", request.key),
            ("expires_at", now_s + LIFE_S),
            ("success_url", self._back),
            *((("payment_intent_data[capture_method]", "manual"),) if request.hold else ()),
        )
        try:
            got = await self._post("/v1/checkout/sessions", stripe.form(*fields), request.key)
            if refused := stripe.meaning_of_status(got.status, got.body):
                return NotStarted(refused.code, refused.told)
            made = read_json(got.body, CheckoutSession)
        except BadMessage:
            return NotStarted("bad_answer")
        except (Undelivered, MaybeSent):
            return NotStarted("offline")
        return MadePage(made.id, made.url) if made.url else NotStarted("bad_answer")

    async def look(self, session: str, request: TerminalRequest) -> TerminalOutcome:
        """Look up the payment on a page."""
        try:
            found = await self._get(f"/v1/checkout/sessions/{session}", CheckoutSession)
            if found.id != session or found.client_reference_id != request.key:
                return OutcomeUnknown("bad_answer")
            if found.status == "expired":
                return Declined("cancelled")
            if found.status == "open" or not found.payment_intent:
                return StillRunning()
            asked = f"/v1/payment_intents/{found.payment_intent}?expand[]=latest_charge"
            return _payment_outcome(await self._get(asked, PaidIntent), request)
        except (BadMessage, ValueError):
            return OutcomeUnknown("bad_answer")
        except (Undelivered, MaybeSent):
            return OutcomeUnknown("offline")

    async def look_held(self, request: TerminalRequest) -> TerminalOutcome:
        """Look up an authorization by its intent (`reference`): held, captured, or released (declined)."""
        asked = f"/v1/payment_intents/{request.reference}?expand[]=latest_charge"
        return await self._look_up(asked, PaidIntent, lambda found: _payment_outcome(found, request))

    async def capture(self, request: TerminalRequest) -> TerminalOutcome:
        """Capture this much of an intent's authorization (`reference`) and release the rest."""
        try:
            amount = to_provider("stripe", request.amount_minor, request.currency)
        except NoSuchAmount:
            return NotStarted("wrong_currency")
        fields = (("amount_to_capture", amount), ("expand[]", "latest_charge"))
        path = f"/v1/payment_intents/{request.reference}/capture"

        def read_answer(got: HttpAnswer) -> TerminalOutcome:
            if got.status == 400:  # already captured or released: a look-up tells which
                return OutcomeUnknown("bad_answer")
            refused = stripe.meaning_of_status(got.status, got.body)
            return refused or _payment_outcome(read_json(got.body, PaidIntent), request)

        return await self._move_money(path, stripe.form(*fields), f"{request.key}c", read_answer)

    async def free(self, request: TerminalRequest) -> None:
        """Release an intent's authorization (`reference`); its outcome is checked afterwards."""
        try:
            await self._post(f"/v1/payment_intents/{request.reference}/cancel", b"", f"{request.key}f")
        except (Undelivered, MaybeSent):
            return

    async def charge(self, request: TerminalRequest, token: str) -> TerminalOutcome:
        """Charge a card stored at Stripe ("customer/method") off-session, without the customer to confirm."""
        customer, _, method = token.rpartition("/")
        try:
            amount = to_provider("stripe", request.amount_minor, request.currency)
        except NoSuchAmount:
            return NotStarted("wrong_currency")
        fields = (
            ("amount", amount),
            ("currency", request.currency.lower()),
            ("customer", customer),
            ("payment_method", method),
            ("payment_method_types[]", "card"),
            ("off_session", True),
            ("confirm", True),
            ("metadata[transaction]", request.key),
            ("expand[]", "latest_charge"),
        )

        def read_answer(got: HttpAnswer) -> TerminalOutcome:
            if got.status == 402:
                return stripe.card_refused(got.body)
            refused = stripe.meaning_of_status(got.status, got.body)
            return refused or _charge_outcome(read_json(got.body, StoredIntent), request)

        return await self._move_money("/v1/payment_intents", stripe.form(*fields), request.key, read_answer)

    async def look_charge(self, request: TerminalRequest, token: str, now_us: int) -> TerminalOutcome:
        """Look up an interrupted charge.

        A charge that isn't found has certainly failed only after `SETTLED_S`; before that, it may still be under way.
        """
        customer = token.rpartition("/")[0]

        def read_listing(found: _Intents) -> TerminalOutcome:
            ours = [one for one in found.data if one.metadata.transaction == request.key]
            if ours:
                return _charge_outcome(ours[0], request)
            if found.has_more:
                return OutcomeUnknown("bad_answer")
            return NotStarted("broke_off") if now_us - request.at_us > SETTLED_S * 1_000_000 else StillRunning()

        asked = f"/v1/payment_intents?customer={customer}&limit=100&expand[]=data.latest_charge"
        return await self._look_up(asked, _Intents, read_listing)

    async def refund(self, request: TerminalRequest) -> TerminalOutcome:
        """Refund a payment."""
        if not request.reference.startswith("pi_"):
            return NotStarted("not_accepted")
        try:
            body = stripe.refund_form(request)
        except NoSuchAmount:
            return NotStarted("wrong_currency")

        def read_answer(got: HttpAnswer) -> TerminalOutcome:
            refused = stripe.meaning_of_status(got.status, got.body)
            return refused or stripe.refund_outcome(read_json(got.body, stripe.Refund), request, "UTC")

        return await self._move_money("/v1/refunds", body, request.key, read_answer)

    async def find_refund(self, request: TerminalRequest) -> TerminalOutcome:
        """Look up an interrupted refund."""

        def read_listing(found: stripe.Refunds) -> TerminalOutcome:
            ours = [one for one in found.data if one.metadata.get("transaction") == request.key]
            if ours:
                return stripe.refund_outcome(ours[0], request, "UTC")
            return OutcomeUnknown("bad_answer") if found.has_more else NotStarted("broke_off")

        return await self._look_up(
            f"/v1/refunds?payment_intent={request.reference}&limit=100", stripe.Refunds, read_listing
        )

    async def refunds(self, reference: str) -> tuple[ListedRefund, ...]:
        """A payment's refunds, including those made on Stripe's own pages; empty if it can't be reached."""
        try:
            return (await self._get(f"/v1/refunds?payment_intent={reference}&limit=100", stripe.Refunds)).as_listed
        except (BadMessage, Undelivered, MaybeSent):
            return ()

    async def _move_money(
        self, path: str, body: bytes, key: str, told: Callable[[HttpAnswer], TerminalOutcome]
    ) -> TerminalOutcome:
        """Send a request that moves money under a key, and return its outcome. `told` may raise `BadMessage`."""
        try:
            return told(await self._post(path, body, key))
        except BadMessage:
            return OutcomeUnknown("bad_answer")
        except MaybeSent:
            return OutcomeUnknown("broke_off")
        except Undelivered as error:
            return OutcomeUnknown("terminal_fault") if error.why == "server_failed" else NotStarted("offline")

    async def _look_up(self, path: str, kind: type[T], told: Callable[[T], TerminalOutcome]) -> TerminalOutcome:
        """Look up an outcome in a listing; `told` may raise BadMessage."""
        try:
            return told(await self._get(path, kind))
        except BadMessage:
            return OutcomeUnknown("bad_answer")
        except (Undelivered, MaybeSent):
            return OutcomeUnknown("offline")


def _charge_outcome(intent: StoredIntent, request: TerminalRequest) -> TerminalOutcome:
    """The outcome of an off-session charge.

    A charge that needs the customer's confirmation counts as declined. Raises `BadMessage`.
    """
    if intent.metadata.transaction != request.key:
        raise BadMessage
    if intent.status in ("requires_payment_method", "requires_action", "requires_confirmation"):
        return Declined("declined")
    return _payment_outcome(intent, request)


def _payment_outcome(intent: PaidIntent, request: TerminalRequest) -> TerminalOutcome:
    """The outcome of a completed page's intent. Raises `BadMessage` if it isn't as documented."""
    if intent.currency.upper() != request.currency:
        raise BadMessage
    if intent.status == "canceled":
        return Declined("cancelled")
    held = intent.status == "requires_capture" and request.hold
    minor = intent.amount_capturable if held else intent.amount_received
    if not (held or intent.status == "succeeded") or not minor:
        return StillRunning()
    details = intent.latest_charge.payment_method_details if intent.latest_charge else None
    card = (details.card if details else None) or _Card()
    return Approved(
        amount_minor=stripe.minor_of(minor, request.currency),
        held=held,
        currency=request.currency,
        reference=intent.id,
        brand=mask_card_numbers((card.brand or "").upper()),
        last4=last4_of(card.last4 or ""),
    )

"""Stripe's readers, through Stripe's cloud (server-driven): intents and reader actions.

Source: Stripe's public documentation of Terminal. No money is moved before `process_payment_intent`. The intent is
created under an idempotency key derived from the request's key, so a look-up returns the same one. Stripe keeps those
keys for at least a day, so a person has to check older requests. Offline payments aren't supported. Not tested on a
device.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Annotated, TypeVar

from msgspec import Meta

from drivers.roles import TerminalObserver
from drivers.terminal_outcomes import (
    BrandTotal,
    Declined,
    ListedRefund,
    NotStarted,
    OutcomeUnknown,
    StillRunning,
    TerminalOutcome,
    TerminalRequest,
    TerminalScreen,
    TerminalState,
)
from drivers.terminals import stripe_messages as stripe
from drivers.terminals.faults import TerminalError
from drivers.terminals.http_link import HttpAnswer, HttpLink, HttpOptions
from drivers.terminals.http_terminal import HttpTerminal, zone_of
from drivers.terminals.keyed_terminal import fault_of
from drivers.terminals.link import BadMessage, LinkLost, read_json
from drivers.terminals.modes import mode_of_key
from drivers.terminals.stripe_messages import Intent, Reader, Refunds

T = TypeVar("T")
API_VERSION = "2024-06-20"
KEY_LIFETIME_S = 20 * 3600
"""Seconds for which an idempotency key is relied on; Stripe keeps keys for at least 24 hours."""
CLOCK_TOLERANCE_S = 3600
"""Maximum seconds by which our clock may be ahead of Stripe's."""
INTERAC_CURRENCY = "CAD"
"""The currency of payments that may use Interac, Canada's debit network."""
INTENTS_MOST = 8
"""Maximum intents per key. All but the last one were cancelled before they began."""


class StripeTerminal(HttpTerminal):
    """A PaymentTerminal through Stripe's cloud."""

    abilities = frozenset(
        (
            *("look_up", "idempotent", "referenced_refund", "partial_refund", "display", "cancel", "hold", "tip"),
            "list_refunds",
        )
    )

    class Config(HttpOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
        """Options of the stripe_terminal payment terminal."""

        host: Annotated[str, Meta(min_length=1, max_length=253, description="address of Stripe's API")] = (
            "api.stripe.com"
        )
        port: Annotated[int, Meta(ge=1, le=65_535, description="TCP port")] = 443
        key: Annotated[str, Meta(min_length=1, max_length=300, description="API key: secret:NAME")]
        reader: Annotated[str, Meta(pattern=r"^tmr_[A-Za-z0-9_]{1,60}$(?!\n)", description="reader id (tmr_...)")]
        currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$(?!\n)", description="language of the idle screen")] = "EUR"
        poll_ms: Annotated[int, Meta(ge=10, le=10_000, description="interval between status queries for a payment")] = (
            1_000
        )

        def __post_init__(self) -> None:
            zone_of(self.zone)

    def __init__(self, config: Config) -> None:
        thing = f"payment terminal {config.reader} at {config.host}:{config.port}"
        super().__init__(thing, HttpLink(thing, f"https://{config.host}:{config.port}", config), config)
        self._config = config
        self.mode = mode_of_key(config.key)
        self._reader = f"/v1/terminal/readers/{config.reader}"

    async def open(self) -> None:
        """Check that the terminal is reachable and accepts us. Raises DeviceError."""
        await self.state()

    async def end_of_day(self) -> tuple[BrandTotal, ...]:
        """Raise DeviceError: Stripe has no end of day for terminals."""
        raise TerminalError(self._thing, "not_accepted")

    async def state(self) -> TerminalState:
        """The terminal's state. Raises DeviceError."""
        try:
            reader = await self._get(self._reader, Reader)
        except (LinkLost, BadMessage, TimeoutError) as err:
            raise TerminalError(self._thing, fault_of(err)) from err
        version = reader.device_sw_version or ""
        if reader.status == "offline":
            return TerminalState(ready=False, code="offline", version=version)
        if reader.action is not None and reader.action.status == "in_progress":
            return TerminalState(ready=False, code="busy", version=version)
        return TerminalState(ready=True, version=version)

    async def show(self, screen: TerminalScreen | None) -> None:
        """Show `screen`. Raises DeviceError."""
        if self._turn.locked():
            raise TerminalError(self._thing, "busy")
        path = "cancel_action" if screen is None else "set_reader_display"
        body = b"" if screen is None else stripe.cart_form(screen, self._config.currency)
        async with self._turn:
            try:
                got = await self._post(f"{self._reader}/{path}", body)
            except (LinkLost, TimeoutError) as err:
                raise TerminalError(self._thing, fault_of(err)) from err
        if (refused := stripe.meaning_of_status(got.status, got.body)) is not None:
            raise TerminalError(self._thing, refused.code)

    async def look_held(self, request: TerminalRequest) -> TerminalOutcome:
        """The outcome so far of an intent on hold (`reference`)."""
        path = f"/v1/payment_intents/{request.reference}?expand[]=latest_charge"
        return await self._on_hold(
            self._link.ask("GET", path, headers=self._headers(), timeout_s=self._answer_s), request
        )

    async def capture(self, request: TerminalRequest) -> TerminalOutcome:
        """Capture this amount of an intent on hold (`reference`)."""
        path = f"/v1/payment_intents/{request.reference}/capture"
        return await self._on_hold(self._post(path, stripe.capture_form(request), f"{request.key}-c"), request)

    async def free(self, request: TerminalRequest) -> None:
        """Release the whole hold of an intent (`reference`)."""
        await self._cancel(request.reference)

    async def refunds(self, reference: str) -> tuple[ListedRefund, ...]:
        """Return the refunds of an intent (`reference`), also those made in Stripe's dashboard.

        None are returned if Stripe can't be reached now.
        """
        try:
            return (await self._get(f"/v1/refunds?payment_intent={reference}&limit=100", Refunds)).as_listed
        except (TerminalError, LinkLost, BadMessage, TimeoutError):
            return ()

    async def _on_hold(self, asked: Awaitable[HttpAnswer], request: TerminalRequest) -> TerminalOutcome:
        """Return the outcome of an intent on hold from an answer. After a refusal it's unknown until looked up."""
        try:
            got = await asked
            if (refused := stripe.meaning_of_status(got.status, got.body)) is not None:
                return OutcomeUnknown(refused.code, refused.told)
            outcome = stripe.outcome_of(read_json(got.body, Intent), None, request, self._config.zone)
            return outcome or OutcomeUnknown("bad_answer")
        except TerminalError as err:
            return OutcomeUnknown(err.fault, err.told)
        except (LinkLost, BadMessage, TimeoutError) as err:
            return OutcomeUnknown(fault_of(err))

    async def _take(self, request: TerminalRequest, observer: TerminalObserver) -> TerminalOutcome:
        if request.kind == "refund":
            return await self._give_back(request, observer)
        try:
            intent, number = await self._intent(request)
        except (LinkLost, BadMessage, TimeoutError) as err:
            return NotStarted(fault_of(err))  # no reader was asked for a card yet

        async def ask(begun: Callable[[], None]) -> TerminalOutcome:
            body = stripe.process_form(intent.id, request)
            got = await self._post(f"{self._reader}/process_payment_intent", body, f"{request.key}-p{number}")
            if (refused := stripe.meaning_of_status(got.status, got.body)) is not None:
                if isinstance(refused, NotStarted):
                    await self._cancel(intent.id)
                return refused
            observer.on_step("insert_card")
            begun()
            return await self._follow(intent.id, request)

        async def stop() -> None:
            await self._post(f"{self._reader}/cancel_action", b"")

        return await self._run_stoppable(ask, stop)

    async def _follow(self, intent: str, request: TerminalRequest) -> TerminalOutcome:
        """Poll until the payment has an outcome. A failed query to Stripe says nothing about the reader."""
        while True:
            with suppress(TerminalError, LinkLost, TimeoutError):
                outcome = await self._stands(intent, request)
                if outcome is None and await self._cancel(intent):
                    return Declined("cancelled")
                if outcome is not None and not isinstance(outcome, StillRunning):
                    return outcome
            await asyncio.sleep(self._config.poll_ms / 1000)

    async def _stands(self, id: str, request: TerminalRequest) -> TerminalOutcome | None:
        """Return the outcome of a payment so far.

        The reader is queried first, so that the intent includes any action that finishes meanwhile.
        """
        action = (await self._get(self._reader, Reader)).action
        intent = await self._get(f"/v1/payment_intents/{id}?expand[]=latest_charge", Intent)
        return stripe.outcome_of(intent, action, request, self._config.zone)

    async def _find(self, request: TerminalRequest) -> TerminalOutcome:
        if request.kind == "refund":
            return await self._find_refund(request)
        intent, _ = await self._intent(request)
        age_s = intent.created - request.at_us / 1_000_000
        if not -CLOCK_TOLERANCE_S <= age_s <= KEY_LIFETIME_S:
            await self._cancel(intent.id)  # a new intent: the key had expired, so it isn't the first one
            return OutcomeUnknown("bad_answer")
        outcome = await self._stands(intent.id, request)
        if outcome is not None:
            return outcome
        verdict = self._not_found(request)
        if isinstance(verdict, NotStarted) and not await self._cancel(intent.id):
            return StillRunning()
        return verdict

    async def _intent(self, request: TerminalRequest) -> tuple[Intent, int]:
        """Return a request's intent and its number under the key.

        It's the first intent that wasn't cancelled, or a new one. Raises TerminalError, LinkLost, BadMessage,
        TimeoutError.
        """
        for number in range(INTENTS_MOST):
            got = await self._post("/v1/payment_intents", stripe.intent_form(request), f"{request.key}-i{number}")
            self._check(got)
            made = read_json(got.body, Intent)  # the one first created, if Stripe still knows the key
            intent = await self._get(f"/v1/payment_intents/{made.id}?expand[]=latest_charge", Intent)
            if intent.status != "canceled":
                return intent, number
        raise BadMessage

    async def _cancel(self, intent: str) -> bool:
        """Cancel an intent so that it can't be charged any more. Returns whether that succeeded."""
        with suppress(TerminalError, LinkLost, TimeoutError):
            return (await self._post(f"/v1/payment_intents/{intent}/cancel", b"")).status == 200
        return False

    async def _give_back(self, request: TerminalRequest, observer: TerminalObserver) -> TerminalOutcome:
        if not request.reference.startswith("pi_"):
            return NotStarted("not_accepted")  # Stripe refunds only by payment
        if request.currency != INTERAC_CURRENCY:
            return await self._refund(request)
        try:
            paid = await self._get(f"/v1/payment_intents/{request.reference}?expand[]=latest_charge", Intent)
        except (LinkLost, BadMessage, TimeoutError) as err:
            return NotStarted(fault_of(err))
        return await (self._refund_to_card(request, observer) if paid.is_interac else self._refund(request))

    async def _refund_to_card(self, request: TerminalRequest, observer: TerminalObserver) -> TerminalOutcome:
        """Refund to the card that paid, which the customer presents again."""

        async def ask(begun: Callable[[], None]) -> TerminalOutcome:
            got = await self._post(f"{self._reader}/refund_payment", stripe.refund_form(request), f"{request.key}-r")
            if (refused := stripe.meaning_of_status(got.status, got.body)) is not None:
                return refused
            observer.on_step("insert_card")
            begun()
            return await self._follow_refund(request)

        async def stop() -> None:
            await self._post(f"{self._reader}/cancel_action", b"")

        return await self._run_stoppable(ask, stop)

    async def _follow_refund(self, request: TerminalRequest) -> TerminalOutcome:
        while True:
            with suppress(TerminalError, LinkLost, TimeoutError):
                action = (await self._get(self._reader, Reader)).action
                mine = action if action is not None and action.gives_back(request.reference) else None
                if mine is None or mine.status == "succeeded":
                    made = await self._refund_made(request)
                    if made is not None or mine is None:
                        return made or Declined("cancelled")  # the action ended before a card was presented
                elif mine.status == "failed":
                    return mine.why_not
            await asyncio.sleep(self._config.poll_ms / 1000)

    async def _refund(self, request: TerminalRequest) -> TerminalOutcome:
        got = await self._post("/v1/refunds", stripe.refund_form(request), f"{request.key}-r")
        if (refused := stripe.meaning_of_status(got.status, got.body)) is not None:
            return refused
        return stripe.refund_outcome(read_json(got.body, stripe.Refund), request, self._config.zone)

    async def _find_refund(self, request: TerminalRequest) -> TerminalOutcome:
        action = (await self._get(self._reader, Reader)).action if request.currency == INTERAC_CURRENCY else None
        if action is not None and action.gives_back(request.reference) and action.status == "in_progress":
            return StillRunning()
        return await self._refund_made(request) or self._not_found(request)

    async def _refund_made(self, request: TerminalRequest) -> TerminalOutcome | None:
        """Return the outcome of a request's refund; None if there is none.

        Raises TerminalError, LinkLost, BadMessage, TimeoutError.
        """
        found = await self._get(f"/v1/refunds?payment_intent={request.reference}&limit=100", Refunds)
        ours = [one for one in found.data if one.metadata.get("transaction") == request.key]
        if ours:
            return stripe.refund_outcome(ours[0], request, self._config.zone)
        return OutcomeUnknown("bad_answer") if found.has_more else None

    async def _get(self, path: str, kind: type[T]) -> T:
        """Query Stripe. Raises TerminalError, LinkLost, BadMessage, TimeoutError."""
        got = await self._link.ask("GET", path, headers=self._headers(), timeout_s=self._answer_s)
        self._check(got)
        return read_json(got.body, kind)

    async def _post(self, path: str, body: bytes, key: str = "") -> HttpAnswer:
        """Send a POST request. Raises TerminalError, LinkLost, TimeoutError."""
        headers = {**self._headers(), "Content-Type": "application/x-www-form-urlencoded"}
        if key:
            headers["Idempotency-Key"] = key
        return await self._link.ask("POST", path, body=body, headers=headers, timeout_s=self._answer_s)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._config.key}", "Stripe-Version": API_VERSION}

    def _check(self, got: HttpAnswer) -> None:
        """Raise TerminalError if the answer is a refusal, LinkLost if it leaves the result unknown."""
        refused = stripe.meaning_of_status(got.status, got.body)
        if isinstance(refused, NotStarted):
            raise TerminalError(self._thing, refused.code, refused.told)
        if refused is not None:
            raise LinkLost

"""Client for Adyen's payment links. Amounts are integers, in Adyen's units of the currency.

Source: https://docs.adyen.com/api-explorer/Checkout/71/post/paymentLinks and
https://docs.adyen.com/online-payments/refund.

A link says whether it was paid, but not by which payment. The PSP reference, needed for refunds, comes in Adyen's
signed webhook. A refund's outcome can't be looked up either: a refund repeated under the same key returns the first
answer, and its failure comes in the webhook.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Literal, TypeVar

import msgspec

from drivers.terminal_outcomes import (
    Approved,
    Declined,
    NotStarted,
    OutcomeUnknown,
    StillRunning,
    TerminalOutcome,
    TerminalRequest,
)
from drivers.terminals.card_data import mask_card_numbers
from drivers.terminals.link import BadMessage, read_json
from drivers.terminals.provider_units import NoSuchAmount, from_provider, to_provider
from drivers.terminals.stripe_messages import Minor
from edge.counter.till.service.pay_pages.page_api import MadePage
from edge.runtime.outgoing.faults import MaybeSent, Undelivered
from edge.runtime.outgoing.http_client import ANSWER_BYTES, HttpAnswer, OutgoingHttp

T = TypeVar("T")
LIFE_S = 1_800
"""Lifetime of a link at Adyen, in seconds; ours is shorter."""
_Id = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,64}$(?!\n)")]


class AdyenAmount(msgspec.Struct, frozen=True):
    """An amount, in Adyen's units of the currency."""

    value: Minor
    currency: str


class PaymentLink(msgspec.Struct, frozen=True):
    """A payment link, as Adyen returns it."""

    id: _Id
    status: Literal["active", "completed", "expired", "paid", "paymentPending"]
    amount: AdyenAmount
    reference: str = ""
    url: str = ""


class _RefundAsked(msgspec.Struct, frozen=True, rename="camel"):
    psp_reference: _Id
    status: str


class _Fault(msgspec.Struct, frozen=True, rename="camel"):
    error_code: str = ""
    message: str = ""


class AdyenLinks:
    """Client for payment links of a `merchant` account at `api`, with `key`.

    `label`: the text of the payment. `back`: the address to which the customer's browser returns.
    """

    def __init__(self, http: OutgoingHttp, api: str, key: str, merchant: str, label: str, back: str) -> None:
        live = ".adyenpayments.com" in api
        self._http, self._api, self._key = http, f"{api}{'/checkout' if live else ''}/v71", key
        self._live, self._merchant, self._label, self._back = live, merchant, label, back

    def fits(self, mode: str) -> bool:
        """Whether payments in this mode are possible.

        There must be a key, and test mode must not use Adyen's live address.
        """
        return bool(self._key) and not (self._live and mode == "test")

    async def make(self, request: TerminalRequest, now_s: int) -> MadePage | NotStarted:
        """Create a payment's page; the same key returns the same page.

        Its address is unknown to everyone else until this returns.
        """
        try:
            amount = _amount_of(request)
        except NoSuchAmount:
            return NotStarted("wrong_currency")
        body = {
            **{"merchantAccount": self._merchant, "reference": request.key, "description": self._label},
            "amount": amount,
            "expiresAt": datetime.fromtimestamp(now_s + LIFE_S, UTC).isoformat(timespec="seconds"),
            "returnUrl": self._back,
        }
        try:
            got = await self._post("/paymentLinks", body, request.key)
            if refused := _refusal_of(got):
                return refused if isinstance(refused, NotStarted) else NotStarted("offline")
            made = read_json(got.body, PaymentLink)
        except BadMessage:
            return NotStarted("bad_answer")
        except (Undelivered, MaybeSent):
            return NotStarted("offline")
        fits = made.reference == request.key and made.url.startswith("http")
        return MadePage(made.id, made.url) if fits else NotStarted("bad_answer")

    async def look(self, session: str, request: TerminalRequest) -> TerminalOutcome:
        """Look up the payment of a link."""
        try:
            got = await self._http.ask(
                "GET", f"{self._api}/paymentLinks/{session}", self._headers(), None, ANSWER_BYTES
            )
            if got.status != 200:
                return OutcomeUnknown("bad_answer")
            found = read_json(got.body, PaymentLink)
        except BadMessage:
            return OutcomeUnknown("bad_answer")
        except (Undelivered, MaybeSent):
            return OutcomeUnknown("offline")
        if found.id != session or found.reference != request.key or found.amount.currency != request.currency:
            return OutcomeUnknown("bad_answer")
        match found.status:
            case "completed" | "paid":
                paid_minor = from_provider("adyen", found.amount.value, request.currency)
                return Approved(amount_minor=paid_minor, currency=request.currency, reference=session)
            case "expired":
                return Declined("cancelled")
        return StillRunning()

    async def end(self, session: str) -> None:
        """Expire the page. Whether it was paid before that is checked afterwards."""
        body = msgspec.json.encode({"status": "expired"})
        try:
            await self._http.ask("PATCH", f"{self._api}/paymentLinks/{session}", self._headers(), body, ANSWER_BYTES)
        except (Undelivered, MaybeSent):
            return

    async def refund(self, request: TerminalRequest) -> TerminalOutcome:
        """Refund a payment, by its PSP reference."""
        if not request.reference or request.reference.startswith("PL"):
            return NotStarted("not_accepted")  # the PSP reference comes by webhook, which hasn't arrived yet
        try:
            amount = _amount_of(request)
        except NoSuchAmount:
            return NotStarted("wrong_currency")
        body = {**{"merchantAccount": self._merchant, "reference": request.key}, "amount": amount}
        try:
            got = await self._post(f"/payments/{request.reference}/refunds", body, request.key)
            if refused := _refusal_of(got):
                return refused
            asked = read_json(got.body, _RefundAsked)
        except BadMessage:
            return OutcomeUnknown("bad_answer")
        except MaybeSent:
            return OutcomeUnknown("broke_off")
        except Undelivered as error:
            return OutcomeUnknown("terminal_fault") if error.why == "server_failed" else NotStarted("offline")
        if asked.status != "received":
            return OutcomeUnknown("bad_answer")
        return Approved(amount_minor=request.amount_minor, currency=request.currency, reference=asked.psp_reference)

    async def find_refund(self, request: TerminalRequest) -> TerminalOutcome:
        """The outcome of an interrupted refund. The refund is repeated under the same key, which refunds only once."""
        return await self.refund(request)

    async def refunds(self, reference: str) -> tuple[()]:
        """Return no refunds, as Adyen reports refunds made on its own pages by webhook."""
        return ()

    async def _post(self, path: str, body: object, key: str) -> HttpAnswer:
        """Send a POST request with an idempotency key. Raises `Undelivered` or `MaybeSent`."""
        headers = {**self._headers(), "Idempotency-Key": key}
        return await self._http.post(self._api + path, msgspec.json.encode(body), headers)

    def _headers(self) -> Mapping[str, str]:
        return {"X-API-Key": self._key, "Content-Type": "application/json"}


def _amount_of(request: TerminalRequest) -> dict[str, int | str]:
    """The requested amount, in Adyen's form. Raises `NoSuchAmount`."""
    value = to_provider("adyen", request.amount_minor, request.currency)
    return {"value": value, "currency": request.currency}


def _refusal_of(got: HttpAnswer) -> NotStarted | OutcomeUnknown | None:
    """The outcome that an answer's status means; None for success. Raises `BadMessage`."""
    if got.status in (200, 201):
        return None
    told = mask_card_numbers(read_json(got.body, _Fault).message[:200])
    if got.status in (401, 403):
        return NotStarted("key", told)
    if got.status == 429:
        return NotStarted("offline", told)
    return NotStarted("terminal_fault", told) if 400 <= got.status < 500 else OutcomeUnknown("terminal_fault", told)

"""Adyen's payment links, from https://docs.adyen.com/api-explorer/Checkout/71/post/paymentLinks and
https://docs.adyen.com/online-payments/refund. Amounts are integers, in minor units.

A link says whether it was paid, and not by which payment: that (the PSP reference, by which money goes back) Adyen's
signed webhook tells. A refund's end nobody can look up, either: asked once more under the same key it is answered as
before, and that it failed the webhook says.
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
from drivers.terminals.stripe_messages import Minor
from edge.counter.till.service.pay_pages.page_api import MadePage
from edge.runtime.outgoing.faults import MaybeSent, Undelivered
from edge.runtime.outgoing.http_client import ANSWER_BYTES, HttpAnswer, OutgoingHttp

T = TypeVar("T")
LIFE_S = 1_800
"""A link's own end; ours comes before."""
_Id = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,64}$(?!\n)")]


class AdyenAmount(msgspec.Struct, frozen=True):
    """So much, in minor units."""

    value: Minor
    currency: str


class PaymentLink(msgspec.Struct, frozen=True):
    """A page, as Adyen has it."""

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
    """Asks Adyen at `api` by `key` for links of a `merchant` account. `label`: what the customer reads that they pay
    for; `back`: where their browser goes afterwards."""

    def __init__(self, http: OutgoingHttp, api: str, key: str, merchant: str, label: str, back: str) -> None:
        live = ".adyenpayments.com" in api
        self._http, self._api, self._key = http, f"{api}{'/checkout' if live else ''}/v71", key
        self._live, self._merchant, self._label, self._back = live, merchant, label, back

    def fits(self, mode: str) -> bool:
        """Whether there is a key; Adyen's live address is another one than that for tests."""
        return bool(self._key) and not (self._live and mode == "test")

    async def make(self, request: TerminalRequest, now_s: int) -> MadePage | NotStarted:
        """The page for a payment; the same key makes the same one. Nobody has its address before this returns."""
        body = {
            **{"merchantAccount": self._merchant, "reference": request.key, "description": self._label},
            "amount": {"value": request.amount_minor, "currency": request.currency},
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
        """How a payment stands."""
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
                return Approved(amount_minor=found.amount.value, currency=request.currency, reference=session)
            case "expired":
                return Declined("cancelled")
        return StillRunning()

    async def end(self, session: str) -> None:
        """Let nobody pay there any more; whether somebody had is looked at afterwards."""
        body = msgspec.json.encode({"status": "expired"})
        try:
            await self._http.ask("PATCH", f"{self._api}/paymentLinks/{session}", self._headers(), body, ANSWER_BYTES)
        except (Undelivered, MaybeSent):
            return

    async def refund(self, request: TerminalRequest) -> TerminalOutcome:
        """Let money of a payment go back, by its PSP reference."""
        if not request.reference or request.reference.startswith("PL"):
            return NotStarted("not_accepted")  # its webhook has not come
        body = {
            **{"merchantAccount": self._merchant, "reference": request.key},
            "amount": {"value": request.amount_minor, "currency": request.currency},
        }
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
        """What became of a refund that broke off: under the same key it is made once."""
        return await self.refund(request)

    async def refunds(self, reference: str) -> tuple[()]:
        """None: what was given back on Adyen's own pages its webhook says."""
        return ()

    async def _post(self, path: str, body: object, key: str) -> HttpAnswer:
        """Raises Undelivered, MaybeSent."""
        headers = {**self._headers(), "Idempotency-Key": key}
        return await self._http.post(self._api + path, msgspec.json.encode(body), headers)

    def _headers(self) -> Mapping[str, str]:
        return {"X-API-Key": self._key, "Content-Type": "application/json"}


def _refusal_of(got: HttpAnswer) -> NotStarted | OutcomeUnknown | None:
    """What a status that is no success means for what was asked: None, it was done. Raises BadMessage."""
    if got.status in (200, 201):
        return None
    told = mask_card_numbers(read_json(got.body, _Fault).message[:200])
    if got.status in (401, 403):
        return NotStarted("key", told)
    if got.status == 429:
        return NotStarted("offline", told)
    return NotStarted("terminal_fault", told) if 400 <= got.status < 500 else OutcomeUnknown("terminal_fault", told)

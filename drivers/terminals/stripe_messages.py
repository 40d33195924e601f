"""Answers of Stripe's API about readers, intents and refunds, and their meaning for the shop. Pure.

Source: Stripe's public documentation of Terminal (server-driven) and its API reference. Amounts are integers, in
Stripe's units of the currency (`provider_units.py`). Fields not named here are dropped when decoding.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal
from urllib.parse import urlencode

import msgspec

from drivers.terminal_outcomes import (
    Approved,
    CardAccount,
    CardFunding,
    Declined,
    ListedRefund,
    NotStarted,
    OutcomeUnknown,
    StillRunning,
    TerminalFault,
    TerminalOutcome,
    TerminalRequest,
    TerminalScreen,
)
from drivers.terminals.card_data import hex_of, is_whole_number, last4_of, mask_card_numbers
from drivers.terminals.http_terminal import slip_time
from drivers.terminals.link import BadMessage, read_json
from drivers.terminals.provider_units import NoSuchAmount, from_provider, to_provider

Minor = Annotated[int, msgspec.Meta(ge=0, le=10**12)]
Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2,6}_[A-Za-z0-9_]{1,48}$(?!\n)")]

_DECLINES: Mapping[str, TerminalFault] = {
    "insufficient_funds": "insufficient",
    "expired_card": "card_expired",
    "incorrect_pin": "wrong_pin",
    "invalid_pin": "wrong_pin",
    "pin_try_exceeded": "pin_locked",
    "withdrawal_count_limit_exceeded": "limit",
    "card_not_supported": "not_accepted",
    "offline_pin_required": "not_accepted",
    "online_or_offline_pin_required": "not_accepted",
}
_FAILURES: Mapping[str, TerminalFault] = {"customer_canceled": "cancelled", "customer_cancelled": "cancelled"}
_ERRORS: Mapping[str, TerminalFault] = {
    "terminal_reader_busy": "busy",
    "terminal_reader_offline": "offline",
    "rate_limit": "offline",
    "lock_timeout": "busy",
}
_UNKNOWN_ERRORS = ("terminal_reader_timeout", "intent_invalid_state", "idempotency_key_in_use")
_ENTRIES: Mapping[str, Literal["stripe", "chip", "contactless"]] = {
    **{"contact_emv": "chip", "contactless_emv": "contactless", "contactless_magstripe_mode": "contactless"},
    **{"magnetic_stripe_track2": "stripe", "magnetic_stripe_fallback": "stripe"},
}
_CVMS: Mapping[str, Literal["none", "signature", "pin", "pin_signature"]] = {
    **{"offline_pin_plaintext": "pin", "offline_pin_enciphered": "pin", "online_pin": "pin", "approval": "none"},
    **{"signature": "signature", "none": "none", "offline_pin_plaintext_and_signature": "pin_signature"},
    **{"offline_pin_enciphered_and_signature": "pin_signature"},
}


_FUNDING: Mapping[str, CardFunding] = {"debit": "debit", "credit": "credit", "prepaid": "prepaid"}
_ACCOUNTS: Mapping[str, CardAccount] = {"checking": "checking", "savings": "savings", "credit": "credit"}


class ApiError(msgspec.Struct, frozen=True):
    """The reason why a request failed."""

    code: str = ""
    decline_code: str = ""
    message: str = ""


class _Failed(msgspec.Struct, frozen=True):
    error: ApiError


class _Slip(msgspec.Struct, frozen=True):
    application_preferred_name: str | None = ""
    dedicated_file_name: str | None = ""
    authorization_code: str | None = ""
    cardholder_verification_method: str | None = ""
    terminal_verification_results: str | None = ""
    transaction_status_information: str | None = ""
    account_type: str | None = ""


class _Card(msgspec.Struct, frozen=True):
    brand: str | None = ""
    last4: str | None = ""
    read_method: str | None = ""
    funding: str | None = ""
    receipt: _Slip | None = None


class _Details(msgspec.Struct, frozen=True):
    card_present: _Card | None = None
    interac_present: _Card | None = None


class Charge(msgspec.Struct, frozen=True):
    """A charge; `created` in seconds (UTC)."""

    id: Id
    created: int = 0
    payment_method_details: _Details = _Details()


class _Tip(msgspec.Struct, frozen=True):
    amount: Minor | None = 0


class _AmountDetails(msgspec.Struct, frozen=True):
    tip: _Tip | None = None


class Intent(msgspec.Struct, frozen=True):
    """A payment intent; `created` in seconds (UTC), `latest_charge` expanded if requested."""

    id: Id
    status: str
    amount: Minor
    currency: str
    created: int
    amount_received: Minor = 0
    amount_capturable: Minor = 0
    latest_charge: Charge | str | None = None
    last_payment_error: ApiError | None = None
    amount_details: _AmountDetails | None = None

    @property
    def is_interac(self) -> bool:
        """Whether a payment was made over Interac, Canada's debit network.

        Its refunds need the card presented (docs.stripe.com/terminal/payments/regional, Canada).
        """
        charge = self.latest_charge if isinstance(self.latest_charge, Charge) else None
        return charge is not None and charge.payment_method_details.interac_present is not None

    @property
    def tip_minor(self) -> int:
        """The tip that the customer added at the reader; the amount includes it."""
        tip = self.amount_details.tip if self.amount_details else None
        return (tip.amount or 0) if tip else 0


class _Process(msgspec.Struct, frozen=True):
    payment_intent: str | None = ""


class Action(msgspec.Struct, frozen=True):
    """A reader's current or last action."""

    type: str
    status: Literal["in_progress", "succeeded", "failed"]
    failure_code: str | None = ""
    failure_message: str | None = ""
    api_error: ApiError | None = None
    process_payment_intent: _Process | None = None
    refund_payment: _Process | None = None

    def is_of(self, intent: str) -> bool:
        """Whether the action takes this payment."""
        return self.process_payment_intent is not None and self.process_payment_intent.payment_intent == intent

    def gives_back(self, intent: str) -> bool:
        """Whether the action refunds this payment to the card presented."""
        return self.refund_payment is not None and self.refund_payment.payment_intent == intent

    @property
    def why_not(self) -> Declined:
        """Return the reason why the action failed."""
        told = mask_card_numbers((self.failure_message or "")[:200])
        code = self.failure_code or ""
        bank = self.api_error.decline_code if self.api_error else ""
        return Declined(_FAILURES.get(code) or _DECLINES.get(bank) or _DECLINES.get(code, "declined"), told)


class Reader(msgspec.Struct, frozen=True):
    """A terminal as known to Stripe."""

    id: Id
    status: str | None = ""
    action: Action | None = None
    device_sw_version: str | None = ""


class Refund(msgspec.Struct, frozen=True):
    """A refund."""

    id: Id
    status: str
    amount: Minor
    currency: str
    created: int = 0
    failure_reason: str = ""
    metadata: dict[str, str] = {}

    @property
    def as_listed(self) -> ListedRefund:
        state: Literal["open", "done", "failed"] = "done" if self.status == "succeeded" else "open"
        if self.status in ("failed", "canceled"):
            state = "failed"
        return ListedRefund(self.id, minor_of(self.amount, self.currency), state, "transaction" in self.metadata)


class Refunds(msgspec.Struct, frozen=True):
    """The refunds of a payment; `has_more`: the list is incomplete."""

    data: tuple[Refund, ...]
    has_more: bool = False

    @property
    def as_listed(self) -> tuple[ListedRefund, ...]:
        return tuple(one.as_listed for one in self.data)


def error_of(body: bytes) -> ApiError:
    """Return the reason why a request was refused; an empty error if it's unreadable."""
    try:
        return read_json(body, _Failed).error
    except BadMessage:
        return ApiError()


def meaning_of_status(status: int, body: bytes) -> NotStarted | OutcomeUnknown | None:
    """Return the meaning of an error status for the request; None if it was performed."""
    if status == 200:
        return None
    error = error_of(body)
    told = mask_card_numbers(error.message[:200])
    if error.code in _UNKNOWN_ERRORS or status >= 500 or (status in (408, 409) and error.code not in _ERRORS):
        return OutcomeUnknown("silent" if error.code == "terminal_reader_timeout" else "terminal_fault", told)
    if status in (401, 403):
        return NotStarted("key", told)
    if status == 429:
        return NotStarted("offline", told)  # rate-limited: treat it as offline
    if 400 <= status < 500:
        return NotStarted(_ERRORS.get(error.code, "terminal_fault"), told)
    return OutcomeUnknown("bad_answer")


def card_refused(body: bytes) -> Declined:
    """Return the reason why a card wasn't charged (status 402). No money was moved."""
    error = error_of(body)
    code = error.decline_code or error.code
    return Declined(_DECLINES.get(code, "declined"), mask_card_numbers(error.message[:200]))


def form(*fields: tuple[str, str | int | bool]) -> bytes:
    """Form-encoded, as Stripe's API expects."""
    return urlencode([(name, str(value).lower() if value is True else str(value)) for name, value in fields]).encode()


def minor_of(amount: int, currency: str) -> int:
    """An amount of Stripe's in minor units. Raises BadMessage."""
    try:
        return from_provider("stripe", amount, currency)
    except NoSuchAmount as error:
        raise BadMessage from error


def intent_form(request: TerminalRequest) -> bytes:
    """The form of a payment intent."""
    interac = request.currency == "CAD" and not request.hold  # Interac can't authorize now and capture later
    types = ["card_present", *(["interac_present"] if interac else [])]
    return form(
        ("amount", request.amount_minor),
        ("currency", request.currency.lower()),
        *(("payment_method_types[]", one) for one in types),
        ("capture_method", "manual" if request.hold else "automatic"),
        ("metadata[transaction]", request.key),
        ("expand[]", "latest_charge"),
    )


def process_form(intent: str, request: TerminalRequest) -> bytes:
    """Return the form for a reader to take a card. It asks for a tip or not, regardless of the account's settings."""
    tipping = (
        ("process_config[tipping][amount_eligible]", request.amount_minor)
        if request.asks_tip
        else ("process_config[skip_tipping]", True)
    )
    return form(("payment_intent", intent), tipping)


def refund_form(request: TerminalRequest) -> bytes:
    """The form of a refund. Raises `NoSuchAmount`."""
    amount = to_provider("stripe", request.amount_minor, request.currency)
    of = (("payment_intent", request.reference), ("amount", amount))
    return form(*of, ("metadata[transaction]", request.key))


def cart_form(screen: TerminalScreen, currency: str) -> bytes:
    """The cart shown on a reader's display."""
    items = [
        field
        for at, line in enumerate(screen.lines)
        for field in (
            (f"cart[line_items][{at}][description]", line.text),
            (f"cart[line_items][{at}][amount]", line.amount_minor),
            (f"cart[line_items][{at}][quantity]", 1),
        )
    ]
    total = ("cart[total]", screen.total.amount_minor)
    return form(("type", "cart"), ("cart[currency]", currency.lower()), total, *items)


def outcome_of(intent: Intent, action: Action | None, request: TerminalRequest, zone: str) -> TerminalOutcome | None:
    """Return the outcome of a payment; None if no card is being asked for and none was charged. Raises BadMessage."""
    if intent.currency.upper() != request.currency:
        raise BadMessage
    match intent.status:
        case "succeeded":
            return _read_approval(intent, intent.amount_received, request, zone)
        case "requires_capture" if request.hold:
            held = _read_approval(intent, intent.amount_capturable, request, zone)
            return msgspec.structs.replace(held, held=True) if isinstance(held, Approved) else held
        case "canceled":
            return Declined("cancelled")
        case "processing" | "requires_action" | "requires_capture":
            return StillRunning()
        case "requires_payment_method" | "requires_confirmation":
            mine = action if action is not None and action.is_of(intent.id) else None
            if mine is not None and mine.status == "in_progress":
                return StillRunning()
            return _find_decline(intent, mine)
    return OutcomeUnknown("bad_answer")


def refund_outcome(refund: Refund, request: TerminalRequest, zone: str) -> TerminalOutcome:
    """Return the outcome of a refund. A pending refund is approved and may fail later. Raises BadMessage."""
    if refund.currency.upper() != request.currency:
        raise BadMessage
    if refund.status in ("failed", "canceled"):
        return Declined("declined", mask_card_numbers(refund.failure_reason))
    if refund.status not in ("succeeded", "pending", "requires_action"):
        return OutcomeUnknown("bad_answer")
    return Approved(
        amount_minor=minor_of(refund.amount, request.currency),
        currency=request.currency,
        reference=refund.id,
        at=slip_time(refund.created, zone),
    )


def _find_decline(intent: Intent, action: Action | None) -> Declined | None:
    error = intent.last_payment_error
    if action is not None and action.status == "failed" and (fault := _FAILURES.get(action.failure_code or "")):
        return Declined(fault)
    if error is not None:
        return Declined(_DECLINES.get(error.decline_code, "declined"), mask_card_numbers(error.message[:200]))
    return action.why_not if action is not None and action.status == "failed" else None


def capture_form(request: TerminalRequest) -> bytes:
    """Return the form of a capture, which captures this amount and releases the rest."""
    return form(("amount_to_capture", request.amount_minor), ("expand[]", "latest_charge"))


def _read_approval(intent: Intent, amount_minor: int, request: TerminalRequest, zone: str) -> TerminalOutcome:
    if not amount_minor:
        return Declined("declined")
    charge = intent.latest_charge if isinstance(intent.latest_charge, Charge) else None
    details = charge.payment_method_details if charge else _Details()
    card = details.card_present or details.interac_present or _Card()
    slip = card.receipt or _Slip()
    digits = card.last4 or ""
    return Approved(
        amount_minor=amount_minor,
        currency=request.currency,
        reference=intent.id,
        tip_minor=min(intent.tip_minor, amount_minor),
        authorisation=mask_card_numbers(slip.authorization_code or ""),
        brand=mask_card_numbers((card.brand or "").upper()),
        last4=last4_of(digits),
        entry=_ENTRIES.get(card.read_method or "", ""),
        cvm=_CVMS.get(slip.cardholder_verification_method or "", ""),
        aid=mask_card_numbers(slip.dedicated_file_name or ""),
        application=mask_card_numbers(slip.application_preferred_name or ""),
        tvr=hex_of(slip.terminal_verification_results or "", 5),
        tsi=hex_of(slip.transaction_status_information or "", 2),
        account=_ACCOUNTS.get(slip.account_type or "", ""),
        funding=_FUNDING.get(card.funding or "", ""),
        at=slip_time(charge.created, zone) if charge else "",
        sends_pan=is_whole_number(digits),
    )

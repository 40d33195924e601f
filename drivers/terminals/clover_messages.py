"""Answers of Clover's devices and their meaning for the shop. Pure.

Source: Clover's public documentation of the REST Pay Display API. Amounts are integers, in minor units. Fields not
named here are dropped when decoding.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

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
    TerminalScreen,
)
from drivers.terminals.card_data import is_whole_number, last4_of, mask_card_numbers
from drivers.terminals.http_terminal import slip_time
from drivers.terminals.link import BadMessage, read_json

Minor = Annotated[int, msgspec.Meta(ge=0, le=10**12)]
Id = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9]{1,40}$(?!\n)")]

_ENTRIES: Mapping[str, Literal["stripe", "chip", "contactless"]] = {
    **{"EMV_CONTACT": "chip", "EMV_CONTACTLESS": "contactless", "MSD_CONTACTLESS": "contactless"},
    **{"SWIPED": "stripe", "NFC": "contactless"},
}


_CAPTURED = ("AUTH", "PREAUTH", "PREAUTHCAPTURE")
"""Types of a card payment that mean a captured hold once the day is closed."""
_TAKEN = ("AUTH", "PREAUTHCAPTURE")
"""Types that mean captured even while the day is open."""


class _Card(msgspec.Struct, frozen=True, rename="camel"):
    auth_code: str | None = ""
    card_type: str | None = ""
    entry_type: str | None = ""
    last4: str | None = ""
    state: str | None = ""
    type: str | None = ""
    extra: dict[str, msgspec.Raw] | None = None


class _Charge(msgspec.Struct, frozen=True):
    amount: Minor = 0


class _Charges(msgspec.Struct, frozen=True):
    elements: tuple[_Charge, ...] = ()

    @property
    def amount(self) -> int:
        return sum(one.amount for one in self.elements)


class Refund(msgspec.Struct, frozen=True, rename="camel"):
    """A refund; `additional_charges` are added to its amount."""

    id: Id
    amount: Minor
    created_time: int = 0
    additional_charges: _Charges = _Charges()


class _Refunds(msgspec.Struct, frozen=True):
    elements: tuple[Refund, ...] = ()


class Payment(msgspec.Struct, frozen=True, rename="camel"):
    """A payment on the device; `created_time` in milliseconds (UTC).

    Charges added for the card are paid on top of its `amount` (docs.clover.com, transaction data: `additionalCharges`).
    `refunds` has all refunds, ours or not: a list, or one under `elements` as elsewhere in Clover's interfaces."""

    id: Id
    amount: Minor
    result: str
    external_payment_id: str = ""
    tip_amount: Minor = 0
    offline: bool = False
    created_time: int = 0
    card_transaction: _Card = _Card()
    additional_charges: _Charges = _Charges()
    refunds: tuple[Refund, ...] | _Refunds | None = None


class _Issues(msgspec.Struct, frozen=True):
    offline: msgspec.Raw = msgspec.Raw()


class Paid(msgspec.Struct, frozen=True):
    """The answer to a payment."""

    payment: Payment
    issues: _Issues | None = None


class Captured(msgspec.Struct, frozen=True, rename="camel"):
    """The answer to a capture: the captured amount and, if included, the payment."""

    amount: Minor
    tip_amount: Minor = 0
    id: str = ""
    payment_id: str = ""


class _Adjusted(msgspec.Struct, frozen=True, rename="camel"):
    """The answer to a tip, as a payment or alone; the public pages don't show which."""

    tip_amount: Minor
    id: str = ""
    payment_id: str = ""


class _AdjustedPayment(msgspec.Struct, frozen=True):
    payment: _Adjusted


class _CapturedPayment(msgspec.Struct, frozen=True):
    payment: Captured


class Refunded(msgspec.Struct, frozen=True):
    """The answer to a refund."""

    refund: Refund


class _Voided(msgspec.Struct, frozen=True):
    payment: Captured | None = None


class _Tip(msgspec.Struct, frozen=True):
    response: Minor


class Pinged(msgspec.Struct, frozen=True):
    """Whether the device is connected."""

    connected: bool


ONLINE_ALONE = {"allowOfflinePayment": False}
"""Body that overrides the device's setting for offline payments.

The shop would bear later refusals by the bank, and hasn't agreed to that.
"""
VOID = {"voidReason": "USER_CANCEL"}
"""The body of a void: by the cashier, or through the till's API."""


class _Said(msgspec.Struct, frozen=True):
    message: str = ""


def payment_body(request: TerminalRequest, tip_minor: int = 0) -> dict[str, Any]:
    """Return the body of a sale, with the tip the customer chose added.

    With `tip_later`, the tip can be set until the day is closed
    (docs.clover.com/docs/authorizing-a-tip-adjusted-payment-on-paper). With `hold`, the sale is only authorized, and
    captured later.
    """
    how = {"capture": False} if request.hold else {"final": True}
    if request.tip_later:
        how = {"capture": True, "final": False}
    tip = {"tipAmount": tip_minor} if tip_minor else {}
    asked = {"amount": request.amount_minor, "externalPaymentId": request.key, "offlineOptions": ONLINE_ALONE}
    return {**asked, **tip, **how}


def tip_body(request: TerminalRequest) -> dict[str, int]:
    """Return the body with the whole new tip, which replaces an earlier one and may be lower.

    Source: docs.clover.com/reference/tip_adjust_payment.
    """
    sign = -1 if request.kind == "refund" else 1
    return {"tipAmount": request.tip_before_minor + sign * request.amount_minor}


def tip_question(request: TerminalRequest) -> dict[str, int]:
    """Return the body that asks the customer for a tip (docs.clover.com/docs/requesting-a-tip)."""
    return {"baseAmount": request.amount_minor}


def tip_of(body: bytes) -> int:
    """The tip chosen by the customer, in minor units. Raises BadMessage."""
    return read_json(body, _Tip).response


def display_body(screen: TerminalScreen) -> dict[str, str]:
    """Return the body that shows text on the device's display."""
    return {"text": "\n".join(screen.texts)}


def meaning_of_status(status: int, body: bytes) -> Declined | NotStarted | OutcomeUnknown | None:
    """Return the meaning of a status for the request; None if it was performed and the body has the outcome."""
    match status:
        case 200:
            return None
        case 209:  # cancelled on the device
            return Declined("cancelled")
        case 401 | 403:
            return NotStarted("key")
        case 409 | 503:
            return NotStarted("busy")
        case 408:
            return OutcomeUnknown("silent")
        case 501:
            return NotStarted("terminal_fault", _error_message(body))
        case 504:
            return OutcomeUnknown("silent")
    if 400 <= status < 500:
        return NotStarted("terminal_fault", _error_message(body))
    return OutcomeUnknown("terminal_fault", _error_message(body))


def meaning_of_adjust(status: int, body: bytes) -> Declined | NotStarted | OutcomeUnknown | None:
    """Return the meaning of a status as `meaning_of_status` does.

    A payment that no longer accepts tips is final, or its day is closed.
    """
    return Declined("too_late", _error_message(body)) if status in (400, 404) else meaning_of_status(status, body)


def meaning_of_void(status: int, body: bytes) -> Declined | NotStarted | OutcomeUnknown | None:
    """Return the meaning of a status as `meaning_of_status` does.

    A void refused as invalid is too late and needs a refund.
    """
    return Declined("too_late", _error_message(body)) if status in (400, 404) else meaning_of_status(status, body)


def is_not_found(status: int, body: bytes) -> bool:
    """Whether the device itself reports that it has no such payment, rather than another server at its address."""
    try:
        return status == 404 and bool(read_json(body, _Said).message)
    except BadMessage:
        return False


def outcome_of(paid: Paid, request: TerminalRequest, zone: str) -> TerminalOutcome:
    """Return the outcome of a payment. Raises BadMessage if it's another payment, or of another kind."""
    payment = paid.payment
    if payment.external_payment_id != request.key:
        raise BadMessage
    match payment.result:
        case "SUCCESS" | "OFFLINE":
            return _read_approval(paid, request, zone)
        case "AUTH" | "AUTH_COMPLETED" if request.hold:
            return _read_approval(paid, request, zone)
        case "FAIL" | "AUTH_FAIL":
            return Declined("declined")
        case "CANCEL":
            return Declined("cancelled")
        case "VOIDED" | "VOIDING":
            return Declined("taken_back")
        case "PENDING" if request.hold and payment.card_transaction.type == "PREAUTH":
            return _read_approval(paid, request, zone)
        case "INITIATED" | "PENDING":
            return StillRunning()
    return OutcomeUnknown("bad_answer")


def listed_refunds(payment: Payment) -> tuple[ListedRefund, ...]:
    """Return the refunds of a payment. A void lists the whole amount under the payment's own id."""
    total_minor = payment.amount + payment.additional_charges.amount + payment.tip_amount
    if payment.result == "VOIDED":
        return (ListedRefund(payment.id, total_minor, "done"),)
    listed = payment.refunds.elements if isinstance(payment.refunds, _Refunds) else payment.refunds or ()
    return tuple(ListedRefund(one.id, one.amount + one.additional_charges.amount, "done") for one in listed)


def captured_minor(body: bytes, reference: str) -> int:
    """Return the captured amount from the answer to a capture.

    Raises BadMessage if it's another payment's, or unreadable.

    The public pages show two forms: a payment, or the amount alone. They don't say how the payment reads afterwards,
    and Clover staff report a captured payment that still read as held (`PREAUTH`, `PENDING`: community.clover.com,
    question 39934). So only this answer shows the capture.
    """
    try:
        captured = read_json(body, _CapturedPayment).payment
    except BadMessage:
        captured = read_json(body, Captured)
    if {captured.id, captured.payment_id} - {"", reference}:
        raise BadMessage
    return captured.amount + captured.tip_amount


def tip_outcome(body: bytes, request: TerminalRequest) -> TerminalOutcome:
    """Return the outcome of a tip. Raises BadMessage if it's another payment's, or another tip."""
    try:
        adjusted = read_json(body, _AdjustedPayment).payment
    except BadMessage:
        adjusted = read_json(body, _Adjusted)
    if {adjusted.id, adjusted.payment_id} - {"", request.reference}:
        raise BadMessage
    if adjusted.tip_amount != tip_body(request)["tipAmount"]:
        raise BadMessage
    return Approved(amount_minor=request.amount_minor, currency=request.currency, reference=request.reference)


def refund_outcome(refund: Refund, request: TerminalRequest, zone: str) -> TerminalOutcome:
    """The outcome of a refund."""
    if not refund.amount:
        return Declined("declined")
    at = slip_time(refund.created_time / 1000, zone) if refund.created_time else ""
    minor = refund.amount + refund.additional_charges.amount
    return Approved(amount_minor=minor, currency=request.currency, reference=refund.id, at=at)


def voided_outcome(body: bytes, request: TerminalRequest) -> TerminalOutcome:
    """Return the outcome of a void, which returned the whole amount. Raises BadMessage if it's another payment's.

    After 25 minutes, Clover turns the void into a refund (docs.clover.com/reference/void).
    """
    voided = read_json(body, _Voided).payment
    if voided is not None and voided.id not in ("", request.reference):
        raise BadMessage
    return Approved(amount_minor=request.amount_minor, currency=request.currency, reference=request.reference)


def _read_approval(paid: Paid, request: TerminalRequest, zone: str) -> TerminalOutcome:
    payment, card = paid.payment, paid.payment.card_transaction
    taken = request.hold and (card.type in _TAKEN or payment.result == "AUTH_COMPLETED")
    held = (
        request.hold
        and not taken
        and (card.type == "PREAUTH" and (card.state == "PENDING" or payment.result == "AUTH"))
    )
    if not (taken or held or (_is_taken(payment) if not request.hold else _is_over(card))):
        raise BadMessage  # a mere authorization isn't the sale that was requested
    added_minor = payment.additional_charges.amount
    amount_minor = payment.amount + payment.tip_amount + added_minor
    if not amount_minor:
        return Declined("declined")
    digits = card.last4 or ""
    return Approved(
        amount_minor=amount_minor,
        currency=request.currency,
        reference=payment.id,
        authorisation=mask_card_numbers(card.auth_code or ""),
        brand=mask_card_numbers(card.card_type or ""),
        last4=last4_of(digits),
        entry=_ENTRIES.get(card.entry_type or "", ""),
        cvm=_cvm(_extra(card, "cvmResult")),
        aid=mask_card_numbers(_extra(card, "applicationIdentifier")),
        application=mask_card_numbers(_extra(card, "applicationLabel")),
        at=slip_time(payment.created_time / 1000, zone),
        offline=payment.offline or payment.result == "OFFLINE" or _is_offline(paid),
        sends_pan=is_whole_number(digits),
        held=held,
        tip_minor=payment.tip_amount,
        surcharge_minor=added_minor,
    )


def _is_over(card: _Card) -> bool:
    """Whether the day of the hold is closed, so that the hold was captured."""
    return card.state == "CLOSED" and card.type in _CAPTURED


def _is_taken(payment: Payment) -> bool:
    """Whether a sale was made.

    It's final, or its tip can be set until the day is closed; some gateways do this for every sale (docs.clover.com,
    "Transaction types"). The latter reads as `PREAUTH` with `SUCCESS`, a mere authorization as `PREAUTH` with `AUTH`
    (github.com/clover/remote-pay-java, PaymentResponse).
    """
    return payment.card_transaction.type in ("AUTH", "PREAUTH") and payment.result in ("SUCCESS", "OFFLINE")


def _is_offline(paid: Paid) -> bool:
    said = bytes(paid.issues.offline) if paid.issues else b""
    return said not in (b"", b"null", b"false", b"{}")


def _extra(card: _Card, name: str) -> str:
    """Return a text from the extra fields of a card payment; "" if it's missing."""
    try:
        return msgspec.json.decode((card.extra or {})[name], type=str)
    except (KeyError, msgspec.DecodeError):
        return ""


def _cvm(result: str) -> Literal["", "none", "signature", "pin", "pin_signature"]:
    pin, signature = "PIN" in result, "SIGNATURE" in result
    if pin or signature:
        return "pin_signature" if pin and signature else "pin" if pin else "signature"
    return "none" if result.startswith("NO_CVM") else ""


def _error_message(body: bytes) -> str:
    try:
        return mask_card_numbers(read_json(body, _Said).message[:200])
    except BadMessage:
        return ""

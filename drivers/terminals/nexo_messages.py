"""Messages of a till in nexo Retailer 3.0 (Adyen's dialect), and the meaning of the answers for the shop. Pure.

Source: Adyen's public Terminal API reference and its libraries (MIT).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal
from urllib.parse import parse_qsl

import msgspec

from drivers.terminal_outcomes import (
    Approved,
    BrandTotal,
    CardFunding,
    Declined,
    NotStarted,
    OutcomeUnknown,
    StillRunning,
    TerminalFault,
    TerminalOutcome,
    TerminalRequest,
    TerminalScreen,
    TerminalState,
)
from drivers.terminals.card_data import is_whole_number, last4_of, mask_card_numbers
from drivers.terminals.link import BadMessage, read_json
from drivers.terminals.nexo_answers import (
    Conversion,
    DiagnosisResponse,
    Event,
    PaymentResponse,
    Receipt,
    ReconciliationResponse,
    Response,
    ReversalResponse,
    TransactionId,
)
from drivers.terminals.nexo_crypto import Header

_AMOUNT = re.compile(rb"-?[0-9]{1,13}(\.[0-9]{1,2})?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_NUMBER = re.compile(rb'"?(-?[0-9]{1,13}(?:\.[0-9]{1,9})?)"?')
_MINOR = re.compile(r"[0-9]{1,12}")
_TRANSACTION = re.compile(r"[A-Za-z0-9]{4,24}\.[A-Za-z0-9]{8,24}")
"""`tender.pspReference`: never masked, as reversals need it."""
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SERVICE_ID_LETTERS = 10
MAX_LINES = 200

_REFUSALS: Mapping[str, TerminalFault] = {
    "Refusal": "declined",
    "Cancel": "cancelled",
    "Aborted": "cancelled",
    "WrongPIN": "wrong_pin",
    "InvalidCard": "card_unreadable",
    "PaymentRestriction": "not_accepted",
    "NotAllowed": "not_accepted",
}
_NOT_BEGUN: Mapping[str, TerminalFault] = {
    "Busy": "busy",
    "InProgress": "busy",
    "InsertedCard": "busy",
    "LoggedOut": "not_registered",
    "DeviceOut": "terminal_fault",
    "UnavailableDevice": "terminal_fault",
    "MessageFormat": "terminal_fault",
    "UnreachableHost": "offline",
    "UnavailableService": "offline",
}
_REASONS: tuple[tuple[str, TerminalFault], ...] = (
    ("NOT_ENOUGH_BALANCE", "insufficient"),
    ("INSUFFICIENT", "insufficient"),
    ("EXPIRED_CARD", "card_expired"),
    ("PIN_TRIES_EXCEEDED", "pin_locked"),
    ("INVALID_PIN", "wrong_pin"),
    ("AMOUNT_EXCEEDED", "limit"),
    ("NOT_SUPPORTED", "not_accepted"),
)
"""Adyen's refusal reasons that tell a cashier more than "declined"."""
_BRANDS: Mapping[str, str] = {
    "mc": "MASTERCARD",
    "visa": "VISA",
    "amex": "AMEX",
    "maestro": "MAESTRO",
    "girocard": "girocard",
}
_FUNDING: Mapping[str, CardFunding] = {"DEBIT": "debit", "CREDIT": "credit", "PREPAID": "prepaid"}
_CVMS: Mapping[int, Literal["none", "signature", "pin", "pin_signature"]] = {
    **{0x1F: "none", 0x1E: "signature", 0x01: "pin", 0x02: "pin", 0x04: "pin"},
    **{0x03: "pin_signature", 0x05: "pin_signature"},
}
"""First byte of EMV's CVM results, without its highest bits (EMV 4.3, book 3, annex C3)."""
_ENTRIES: Mapping[str, Literal["stripe", "chip", "contactless"]] = {
    **{"ICC": "chip", "Contactless": "contactless", "SynchronousICC": "chip", "MagStripe": "stripe"},
    "Tapped": "contactless",
}


# requests


def service_id(key: str) -> str:
    """Return the ServiceID of a request, derived from its key: unique, and the same each time."""
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:16], "big")
    letters = []
    for _ in range(SERVICE_ID_LETTERS):
        number, letter = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[letter])
    return "".join(letters)


def category_of(request: TerminalRequest) -> str:
    """The message category of a request."""
    return "Reversal" if request.kind == "refund" and request.reference else "Payment"


def request_body(request: TerminalRequest) -> dict[str, Any]:
    """Return the body of a payment, a refund with the card presented, or a reversal.

    Raises ValueError if the reference isn't one of ours.
    """
    if category_of(request) == "Reversal":
        ms, separator, id = request.reference.partition("/")
        if not (ms.isdecimal() and separator and id):
            raise ValueError("This isn't a payment reference of this terminal.")
        original = {"TransactionID": id, "TimeStamp": _iso(int(ms))}
        back = {"OriginalPOITransaction": {"POITransactionID": original}, "ReversalReason": "MerchantCancel"}
        return {"ReversalRequest": back}
    body: dict[str, Any] = {
        "SaleData": {"SaleTransactionID": {"TransactionID": request.key, "TimeStamp": _iso(request.at_us // 1000)}},
        "PaymentTransaction": {
            "AmountsReq": {"Currency": request.currency, "RequestedAmount": _major(request.amount_minor)}
        },
    }
    if request.cash_back_minor:  # included in the amount: docs.adyen.com/point-of-sale/cashback-and-cash-out
        amounts = body["PaymentTransaction"]["AmountsReq"]
        amounts["CashBackAmount"] = _major(request.cash_back_minor)
    if request.kind == "refund":
        body["PaymentData"] = {"PaymentType": "Refund"}
    else:
        options = ("AllowPartialAuthorisation", *(("AskGratuity",) if request.asks_tip else ()))
        body["SaleData"]["SaleToAcquirerData"] = f"tenderOption={','.join(options)}"
    return {"PaymentRequest": body}


def _major(minor: int) -> msgspec.Raw:
    """Hundredths as a number of major units."""
    return msgspec.Raw(f"{Decimal(minor).scaleb(-2):.2f}".encode())


def abort_body(header: Header) -> dict[str, Any]:
    """Return the body that aborts the request with this header."""
    return {"AbortRequest": {"AbortReason": "MerchantAbort", "MessageReference": _reference(header)}}


def status_body(header: Header) -> dict[str, Any]:
    """Return the body that looks up the request with this header."""
    wanted = {"ReceiptReprintFlag": True, "DocumentQualifier": ["CustomerReceipt", "CashierReceipt"]}
    return {"TransactionStatusRequest": {**wanted, "MessageReference": _reference(header)}}


def display_body(screen: TerminalScreen | None) -> dict[str, Any]:
    """Return the body that shows `screen`; None: an empty line."""
    lines = ("",) if screen is None else screen.texts
    content = {"OutputFormat": "Text", "OutputText": [{"Text": line} for line in lines]}
    output = {"Device": "CustomerDisplay", "InfoQualify": "Display", "OutputContent": content}
    return {"DisplayRequest": {"DisplayOutput": [output]}}


DIAGNOSIS: Mapping[str, Any] = {"DiagnosisRequest": {"HostDiagnosisFlag": False}}
RECONCILIATION: Mapping[str, Any] = {"ReconciliationRequest": {"ReconciliationType": "SaleReconciliation"}}


def _reference(header: Header) -> dict[str, str]:
    of = {"SaleID": header.sale_id, "ServiceID": header.service_id, "POIID": header.poi_id}
    return {"MessageCategory": header.message_category, **of}


# answers


def outcome_of(answer: PaymentResponse | ReversalResponse, request: TerminalRequest) -> TerminalOutcome:
    """The outcome of a request. Raises BadMessage."""
    response = answer.response
    if response.result == "Failure":
        return _failure(response)
    if isinstance(answer, ReversalResponse):
        id = answer.poi_data.transaction
        kept = _reference_of(id) if id else request.reference
        return Approved(amount_minor=request.amount_minor, currency=request.currency, reference=kept)
    return _read_approval(answer, request)


def event_outcome(event: Event) -> TerminalOutcome:
    """Return the outcome if a notification came instead of an answer: not started if rejected, otherwise unknown."""
    return NotStarted("terminal_fault") if event.event_to_notify == "Reject" else OutcomeUnknown("bad_answer")


def look_up_failed(response: Response) -> StillRunning | None:
    """Return the reason why a look-up failed; None if the terminal has no such request. Raises BadMessage."""
    if response.error_condition == "NotFound":
        return None
    if response.error_condition in ("InProgress", "Busy"):
        return StillRunning()
    raise BadMessage


def state_of(answer: DiagnosisResponse) -> TerminalState:
    """The terminal's state."""
    status = answer.poi_status
    code: TerminalFault | Literal[""] = ""
    if answer.response.result == "Failure":
        code = _NOT_BEGUN.get(answer.response.error_condition, "terminal_fault")
    elif status.global_status != "OK":
        named: Mapping[str, TerminalFault] = {"Busy": "busy", "Unreachable": "offline"}
        code = named.get(status.global_status, "terminal_fault")
    elif status.printer_status in ("NoPaper", "PaperJam"):
        code = "paper"
    return TerminalState(not code, code)


def totals_of(answer: ReconciliationResponse) -> tuple[BrandTotal, ...]:
    """The totals by brand. Raises BadMessage."""
    totals = []
    for one in answer.transaction_totals:
        count = sum(total.transaction_count for total in one.payment_totals)
        signs = {"Debit": 1, "Credit": -1, "ReverseDebit": -1, "ReverseCredit": 1}
        if unknown := {total.transaction_type for total in one.payment_totals} - signs.keys():
            raise BadMessage(len(unknown))
        minor = sum(signs[one.transaction_type] * minor_of(one.transaction_amount) for one in one.payment_totals)
        if count:
            totals.append(BrandTotal(_brand(one.card_brand), count, minor))
    return tuple(totals)


def minor_of(raw: msgspec.Raw) -> int:
    """Return a JSON amount in hundredths. Raises BadMessage unless it's a number with at most two decimals."""
    text = bytes(raw)
    if not _AMOUNT.fullmatch(text):
        raise BadMessage
    return int(Decimal(text.decode("ascii")).scaleb(2))


def _failure(response: Response) -> TerminalOutcome:
    condition, told = response.error_condition, response.additional_fields
    words = mask_card_numbers(told.get("message") or told.get("refusalReason") or "")
    if (begun := _NOT_BEGUN.get(condition)) is not None:
        return NotStarted(begun, words)
    if condition == "Refusal":
        reason = told.get("refusalReason", "").upper().replace(" ", "_")
        return Declined(next((meant for word, meant in _REASONS if word in reason), "declined"), words)
    return Declined(_REFUSALS.get(condition, "declined"), words or mask_card_numbers(condition))


def _read_approval(answer: PaymentResponse, request: TerminalRequest) -> TerminalOutcome:
    paid, id = answer.payment_result, answer.poi_data.transaction
    if paid.amounts_resp is None or id is None or paid.amounts_resp.currency != request.currency:
        raise BadMessage
    amount_minor = minor_of(paid.amounts_resp.authorized_amount)
    if amount_minor < 0:
        raise BadMessage
    tip_minor = minor_of(paid.amounts_resp.tip_amount)
    if not 0 <= tip_minor <= amount_minor:
        raise BadMessage
    if not amount_minor:
        return Declined("declined")
    told, card = answer.response.additional_fields, paid.payment_instrument_data.card_data
    digits = re.sub(r"[ -]", "", card.masked_pan)
    last4 = last4_of(digits)
    converted, rate, markup = _read_conversion(paid.currency_conversion)
    return Approved(
        amount_minor=amount_minor,
        currency=request.currency,
        reference=_reference_of(id),
        authorisation=mask_card_numbers(paid.payment_acquirer_data.approval_code),
        brand=_brand(card.payment_brand),
        last4=last4,
        entry=next((_ENTRIES[mode] for mode in card.entry_mode if mode in _ENTRIES), ""),
        tip_minor=tip_minor,
        surcharge_minor=_surcharge_minor(told, amount_minor - tip_minor),
        funding=_FUNDING.get(told.get("fundingSource", ""), ""),
        converted=converted,
        rate=rate,
        markup=markup,
        cvm=_verification_method(told, answer.payment_receipt),
        aid=mask_card_numbers(told.get("AID", "")),
        application=mask_card_numbers(told.get("applicationPreferredName", "")),
        terminal=mask_card_numbers(told.get("tid", "")),
        merchant=mask_card_numbers(told.get("mid", "")),
        at=_local_time(told),
        offline=not paid.online_flag,
        sends_pan=is_whole_number(digits),
        slip=_lines(answer.payment_receipt, "CustomerReceipt"),
        merchant_slip=_lines(answer.payment_receipt, "CashierReceipt"),
    )


def _surcharge_minor(told: Mapping[str, str], most_minor: int) -> int:
    """Return the surcharge that the terminal added for the card, in minor units.

    It's `surchargeAmount` in Adyen's public pages on surcharge. 0 if unreadable or above the amount; the difference is
    then treated as more than requested, and refunded.
    """
    said = told.get("surchargeAmount", "")
    return int(said) if _MINOR.fullmatch(said) and int(said) <= most_minor else 0


def _read_conversion(said: msgspec.Raw) -> tuple[str, str, str]:
    """Return the amount in the card's own currency, if the customer chose that, with its rate and markup in percent.

    It's `CurrencyConversion` in Adyen's Terminal API reference. Each is "" if unreadable.
    """
    try:
        offers = read_json(bytes(said), tuple[Conversion, ...])
    except BadMessage:
        return "", "", ""
    for one in offers:
        amount, currency = _number(one.converted_amount.amount_value), one.converted_amount.currency
        if one.customer_approved_flag and amount and _CURRENCY.fullmatch(currency):
            return f"{amount} {currency}", _number(one.rate), _number(one.markup)
    return "", "", ""


def _number(raw: msgspec.Raw) -> str:
    """A number as written, quoted or not; "" if it isn't one."""
    found = _NUMBER.fullmatch(bytes(raw))
    return found[1].decode("ascii") if found else ""


def _reference_of(id: TransactionId) -> str:
    """Return the reference for reversing a payment: the terminal's time (ms, UTC) and id.

    Raises BadMessage for an id of another form, which could be anything, even a card number.
    """
    try:
        at = datetime.fromisoformat(id.time)
    except ValueError:
        raise BadMessage from None
    if not _TRANSACTION.fullmatch(id.id):
        raise BadMessage
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return f"{round(at.timestamp() * 1000)}/{id.id}"


def _iso(at_ms: int) -> str:
    at = datetime.fromtimestamp(at_ms / 1000, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03d}Z"


def _brand(name: str) -> str:
    return _BRANDS.get(name.lower(), mask_card_numbers(name))


def _verification_method(
    told: Mapping[str, str], receipts: Iterable[Receipt]
) -> Literal["", "none", "signature", "pin", "pin_signature"]:
    """How the cardholder was verified; a slip to be signed is marked as such."""
    cvm = _cvm(told.get("cardHolderVerificationMethodResults", ""))
    if not any(one.required_signature_flag for one in receipts):
        return cvm
    return "pin_signature" if cvm in ("pin", "pin_signature") else "signature"


def _cvm(results: str) -> Literal["", "none", "signature", "pin", "pin_signature"]:
    try:
        return _CVMS.get(bytes.fromhex(results[:2])[0] & 0x3F, "")
    except (ValueError, IndexError):
        return ""


def _local_time(told: Mapping[str, str]) -> str:
    """The terminal's local time: txdate "01-11-2026" and txtime "21:09:16"."""
    day, time = told.get("txdate", ""), told.get("txtime", "")
    try:
        return datetime.strptime(f"{day} {time}", "%d-%m-%Y %H:%M:%S").strftime("%m-%d %H:%M:%S")
    except ValueError:
        return ""


def _lines(receipts: tuple[Receipt, ...], qualifier: str) -> tuple[str, ...]:
    found = next((one for one in receipts if one.document_qualifier == qualifier), Receipt())
    lines = []
    for line in found.output_content.output_text[:MAX_LINES]:
        said = dict(parse_qsl(line.text, max_num_fields=10)) if len(line.text) < 2_000 else {}
        text = " ".join(part for part in (said.get("name", ""), said.get("value", "")) if part)
        if text:
            lines.append(mask_card_numbers(text))
    return tuple(lines)

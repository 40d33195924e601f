"""Messages of a till in ZVT, and the meaning of the answers for the shop. Pure.

Source: see `zvt_frames.py`; result codes of PA00P015, chapter "error messages".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from drivers.terminal_outcomes import Approved, BrandTotal, TerminalFault, TerminalRequest
from drivers.terminals.card_data import mask_card_numbers
from drivers.terminals.link import BadMessage
from drivers.terminals.zvt_frames import TEXT_TAG, Apdu, Fields, apdu, decimal, fields_of, from_bcd, to_bcd

UNDERSTOOD, STATUS, INTERMEDIATE, PRINT_LINE, PRINT_TEXT, COMPLETED, ABORTED = (
    *(0x8000, 0x040F, 0x04FF),
    *(0x06D1, 0x06D3, 0x060F, 0x061E),
)
ACKNOWLEDGE = apdu(UNDERSTOOD)
TAKE_BACK = apdu(0x8466)
"""Answer to a status with result 00 if the goods aren't handed over: the terminal then reverses the payment itself."""
ABORT = apdu(0x06B0)
BUSY = 0x9C
CURRENCIES: Mapping[str, int] = {"EUR": 978, "CHF": 756, "GBP": 826, "USD": 840, "CAD": 124, "ILS": 376}
"""ISO 4217 numbers."""
MAX_RECEIPT = 9_999
MAX_LINES = 200
RESULT, AMOUNT, CURRENCY, RECEIPT, TOTALS = 0x27, 0x04, 0x49, 0x87, 0x60
_CONFIG = 0xBE
"""Register flags of the till.

It prints all receipts, starts payments and administration, and wants 04 FF; the terminal formats slips.
"""

_RESULTS: Mapping[TerminalFault, tuple[int, ...]] = {
    "declined": (0x05,),
    "cancelled": (0x6C,),
    "card_unreadable": (0x64, 0x65, 0x72, 0x73, 0x7B, 0x7C, 0x7E),
    "card_expired": (0x78, 0x79),
    "insufficient": (0x71,),
    "limit": (0xC3, 0xC8, 0xC9, 0xCD, 0xB1, 0xB2, 0x6A),
    "wrong_currency": (0x6F, 0xC6),
    "not_accepted": (0x83, 0xC5, 0xCB, 0x67, 0x68, 0xA5, 0x7A, 0xEA),
    "terminal_fault": (0x9A, 0xFF, 0x66, 0x89, 0xED, 0xE2),
    "offline": (0x9B, 0x7D, 0xA1, 0xA3),
    "busy": (BUSY, 0xA0, 0xF0, 0xE0, 0xDC),
    "paper": (0xCC,),
    "not_registered": (0x6B, 0xE4, 0xC2),
    "key": (0x85, 0x74),
    "taken_back": (0xB4,),
    "too_late": (0xB5, 0xB7, 0xB8),
}
_FAULTS: Mapping[int, TerminalFault] = {code: fault for fault, codes in _RESULTS.items() for code in codes}
STEPS: Mapping[int, str] = {
    **{0x00: "confirm_amount", 0x01: "see_terminal", 0x02: "see_terminal", 0x04: "asking_bank", 0x05: "taking_back"},
    **{0x0A: "insert_card", 0x0B: "remove_card", 0x0E: "wait", 0x17: "wait", 0x0F: "end_of_day", 0x15: "wrong_pin"},
    **{0x18: "pin_locked", 0x1D: "declined", 0x69: "choose_currency", 0xC8: "waiting_for_cashier"},
}
"""Intermediate statuses with a sentence for the cashier; 0x40 is added for "remove the card"."""
_BRANDS: Mapping[int, str] = {
    **{2: "girocard", 5: "girocard", 6: "Mastercard", 8: "Amex", 10: "Visa", 11: "Visa Electron", 12: "Diners"},
    **{13: "V PAY", 14: "JCB", 46: "Maestro", 97: "Alipay", 232: "Discover"},
}
_TOTALS_OF = ("girocard", "JCB", "Mastercard", "Amex", "Visa", "Diners", "other")
_ENTRIES: Mapping[int, Literal["stripe", "chip", "contactless"]] = {0: "stripe", 1: "chip", 2: "contactless"}
_CVMS: Mapping[int, Literal["none", "signature", "pin", "pin_signature"]] = {
    **{0: "none", 1: "signature", 2: "pin", 3: "pin", 4: "pin", 5: "pin_signature", 6: "pin_signature"},
    7: "pin_signature",
}


def fault_of(result: int) -> TerminalFault:
    """The fault for a result code other than 00."""
    return _FAULTS.get(result, "declined")


def refusal_of(command: int) -> TerminalFault | None:
    """Return the reason why a terminal refused to begin (84 xx); None if the message isn't a refusal."""
    if command >> 8 != 0x84 or command == 0x8400:
        return None
    return "not_registered" if command == 0x8483 else _FAULTS.get(command & 0xFF, "terminal_fault")


def register(password: str, currency: str) -> bytes:
    """06 00: register."""
    known = to_bcd(CURRENCIES[currency], 2)
    return apdu(0x0600, bytes.fromhex(password) + bytes((_CONFIG,)) + known + bytes.fromhex("0301 06062604 0A0206D3"))


def request_bytes(request: TerminalRequest, password: str) -> bytes:
    """Return the message of a request: 06 01 for a payment, 06 31 for a refund with the card presented, or 06 30 to
    reverse by receipt number."""
    amount = bytes((AMOUNT,)) + to_bcd(request.amount_minor, 6)
    if request.kind == "payment":
        return apdu(0x0601, amount)
    if request.reference:
        return apdu(0x0630, bytes.fromhex(password) + bytes((RECEIPT,)) + to_bcd(int(request.reference), 2))
    return apdu(0x0631, bytes.fromhex(password) + amount)


def display(lines: tuple[str, ...], seconds: int = 0) -> bytes:
    """06 E0: up to eight lines."""
    data = bytes((0xF0, seconds))
    for number, line in enumerate(lines[:8]):
        text = line.encode("cp437", "replace")[:40]
        data += bytes((0xF1 + number, 0xF0 | len(text) // 10, 0xF0 | len(text) % 10)) + text
    return apdu(0x06E0, data)


def result_of(status: Apdu) -> int:
    """The result code of a status: 0 is approved. Raises BadMessage."""
    return _value(fields_of(status.data), RESULT)[0]


def approved_of(status: Apdu, currency: str, lines: tuple[str, ...] = ()) -> Approved:
    """The approval in a status with result 00. Raises BadMessage if amount or receipt number is unreadable."""
    fields = fields_of(status.data)
    sent = fields.values.get(CURRENCY)
    if sent is not None and from_bcd(sent) != CURRENCIES[currency]:
        raise BadMessage
    return Approved(
        amount_minor=from_bcd(_value(fields, AMOUNT)),
        currency=currency,
        reference=f"{from_bcd(_value(fields, RECEIPT)):04d}",
        authorisation=text_of(fields.values.get(0x3B, b"")),
        brand=_brand(fields),
        last4=fields.last4,
        entry=_ENTRIES.get(fields.tags.get(0x1F12, b"\xff")[-1], ""),
        cvm=_CVMS.get(fields.tags.get(0x1F10, b"\xff")[-1], ""),
        aid=mask_card_numbers(fields.tags.get(0x43, b"").hex().upper()),
        application=text_of(fields.tags.get(0x44, b"")),
        terminal=fields.values.get(0x29, b"").hex(),
        merchant=text_of(fields.values.get(0x2A, b"")),
        trace=_trace(fields),
        at=_time(fields),
        sends_pan=fields.whole_number,
        slip=lines,
    )


def receipt_number(status: Apdu) -> int | None:
    """The last receipt number; None if missing or unreadable."""
    value = fields_of(status.data).values.get(RECEIPT)
    try:
        return None if value is None else from_bcd(value)
    except BadMessage:
        return None


def next_receipt(number: int) -> int:
    """The next receipt number; wraps around."""
    return number % MAX_RECEIPT + 1


def totals_of(status: Apdu) -> tuple[BrandTotal, ...]:
    """The totals of an end of day; brands without payments are left out. Raises BadMessage."""
    data = _value(fields_of(status.data), TOTALS)
    counted = data[4:]
    if len(counted) != 7 * len(_TOTALS_OF):
        raise BadMessage
    pieces = (counted[at : at + 7] for at in range(0, len(counted), 7))
    totals = [BrandTotal(name, piece[0], from_bcd(piece[1:])) for name, piece in zip(_TOTALS_OF, pieces, strict=True)]
    return tuple(total for total in totals if total.count)


def slip_lines(message: Apdu) -> tuple[str, ...]:
    """The lines of 06 D1 (one) or 06 D3, without card numbers; () if unreadable."""
    if message.command == PRINT_LINE:
        return (text_of(message.data[1:]),)
    text = fields_of(message.data).tags.get(TEXT_TAG, b"")
    return tuple(text_of(line) for line in text.split(b"\n")[:MAX_LINES])


def own_text(status: Apdu) -> str:
    """The terminal's own text for a result."""
    fields = fields_of(status.data)
    return text_of(fields.values.get(0x3C) or fields.tags.get(TEXT_TAG, b""))


def step_of(message: Apdu) -> str:
    """Return the current step; "" if it's of no use to a cashier."""
    return STEPS.get(message.data[0] & ~0x40, STEPS.get(message.data[0], "")) if message.data else ""


def version_of(message: Apdu) -> tuple[str, int | None]:
    """Return the version text and status byte (0: ready) of the final message of a status enquiry.

    Raises BadMessage.
    """
    data, version = message.data, ""
    if data[:1] == b"\xf0":
        size = decimal(data[1:3], 2)
        version, data = text_of(data[3 : 3 + size]), data[3 + size :]
    return version, data[0] if data else None


def text_of(data: bytes) -> str:
    """A terminal's text (CP437), without padding and card numbers."""
    return mask_card_numbers(data.rstrip(b"\0").decode("cp437").strip())


def _value(fields: Fields, field: int) -> bytes:
    if field not in fields.values or (fields.damaged and not {RESULT, AMOUNT, RECEIPT} <= fields.values.keys()):
        raise BadMessage
    return fields.values[field]


def _brand(fields: Fields) -> str:
    kind = fields.values.get(0x8A, b"\xff")[0]
    return text_of(fields.values.get(0x8B, b"")) or _BRANDS.get(kind, "")


def _trace(fields: Fields) -> str:
    trace = fields.tags.get(0x1F2B) or fields.values.get(0x0B, b"")
    return mask_card_numbers(trace.hex().lstrip("0"))


def _time(fields: Fields) -> str:
    time, day = fields.values.get(0x0C, b"").hex(), fields.values.get(0x0D, b"").hex()
    if len(time) != 6 or len(day) != 4:
        return ""
    return f"{day[:2]}-{day[2:]} {time[:2]}:{time[2:4]}:{time[4:]}"

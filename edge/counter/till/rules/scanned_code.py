"""Turn a scanned code into a label and quantity, or a refusal. Pure."""

from __future__ import annotations

from edge.core.messages import Refusal
from edge.counter.basket.event_structs import ScannedData
from edge.lib.codes.code import Code, Kind, ScanError
from edge.lib.units.receipt_number import GIFT

SHOWN_CHARS = 80
"""Maximum characters of a code that are displayed and stored."""

_REFUSALS: dict[Kind, str] = {
    "coupon": "code_is_coupon",
    "receipt": "code_is_receipt",
    "employee": "code_is_employee",
    "order": "code_is_order",
    "gift_card": "code_is_gift_card",
    "member": "code_is_member",
    "logistic_unit": "code_is_logistic_unit",
}
_NO_LABEL = ScannedData()


def misread(wrong: ScanError, raw: str) -> Refusal:
    """The refusal for an invalid code; positions count from 1."""
    if wrong.what == "code_missing":
        return Refusal(wrong.what)
    return Refusal(
        wrong.what, {"code": _printable(raw), "place": wrong.at + 1, "ai": wrong.ai, "other": _printable(wrong.other)}
    )


def not_sold(code: Code) -> None:
    """Raise `Refusal` for codes that aren't products, by their kind."""
    if refusal := _REFUSALS.get(code.kind):
        gift = GIFT if code.kind == "receipt" and code.raw.upper().startswith(GIFT) else ""
        raise Refusal(refusal, {"number": gift + _printable(code.number or code.raw)})
    if not any(code.keys):
        raise Refusal("code_no_product")


def label_of(code: Code) -> ScannedData | None:
    """A code's data other than the product; None if it has none."""
    label = ScannedData(code.lot or "", code.expiry, code.serial or "", code.weight_g, code.price_minor)
    return None if label == _NO_LABEL else label


def code_text(code: Code) -> str:
    """A code as displayed. If it contains more than a GTIN, only the GTIN is returned."""
    if code.gtin and code.elements:
        return code.gtin
    raw = code.raw.strip()
    return raw[:SHOWN_CHARS] if raw.isprintable() else _printable(raw)


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "␝" for letter in text[:SHOWN_CHARS])

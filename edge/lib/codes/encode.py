"""The shop's own barcodes with an embedded weight or price, for labels. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from edge.lib.codes.gtin import check_digit, price_check_digit
from edge.lib.codes.ranges import RangeLayout
from edge.lib.codes.rules import CodeRules


def with_measure(rules: CodeRules, code: str, weight_g: int, price_minor: int) -> str | None:
    """Return the barcode of the shop's own item number with an embedded weight or price.

    None if no range matches or the measure can't be represented exactly. It must be exact, because the till trusts it.
    """
    for digits in _forms(code):
        for ready in rules.ranges.get(f"{digits[0]}{len(digits)}", ()):
            if digits.startswith(ready.fixed) and ready.zero_measure(digits) == digits.zfill(14):
                value = {"weight": weight_g, "price": price_minor, "count": 1}[ready.measures]
                if made := _fill_layout(ready, digits, value):
                    return made
    return None


def _forms(code: str) -> Iterator[str]:
    """Printed forms of a 14-digit code."""
    for length in (13, 8):
        digits = code[-length:]
        if digits.zfill(14) == code.zfill(14) and digits.isascii() and digits.isdigit() and len(digits) == length:
            yield digits


def _fill_layout(ready: RangeLayout, digits: str, value: int) -> str | None:
    room = ready.value.stop - ready.value.start
    amount, rest = divmod(value, ready.step)
    if rest or len(str(amount)) > room:
        return None
    measure = str(amount).zfill(room)
    letters = list(digits)
    letters[ready.value] = measure
    if ready.verifier is not None:
        letters[ready.verifier] = str(price_check_digit(measure))
    base = "".join(letters[:-1])
    return f"{base}{check_digit(base)}"

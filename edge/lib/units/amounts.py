"""Parse sums and quantities in other systems' files, exactly. Pure.

`1,250` may be a thousand or one and a quarter. A single cell can't show which, but a column can, if another cell has
both marks or a different number of digits after the mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Literal

Mark = Literal["", "point", "comma"]
"""A column's decimal sign."""
_NUMBER = re.compile(r"(\d[\d.,'\u2019 \u00a0\u202f]*|[.,]\d+)")
_IN_THOUSANDS = {
    ",": re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?"),
    ".": re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?"),
}
"""Patterns of numbers in groups of three, by the mark between the groups."""
_THREE_BEHIND = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_ARABIC = str.maketrans("\u066b\u066c", ".,")
_LARGEST = Decimal(10) ** 12
REMEMBERED = 8_192
"""Number of parsed cells to cache: a file repeats a few prices in many rows."""


def mark_of(cells: Iterable[str]) -> Mark:
    """Return the decimal mark that a column's cells agree on; "" if undecided.

    >>> mark_of(("1,250", "3.50")), mark_of(("1.250,00", "12")), mark_of(("1,250",)), mark_of(("12,5",))
    ('point', 'comma', '', 'comma')
    """
    votes = {"point": 0, "comma": 0}
    for cell in cells:
        found = _NUMBER.search(cell)
        if found is None:
            continue
        digits = found[1].strip()
        point, comma = digits.rfind("."), digits.rfind(",")
        if point >= 0 and comma >= 0:
            votes["point" if point > comma else "comma"] += 1
        elif max(point, comma) >= 0:
            sign, at = ("point", point) if point >= 0 else ("comma", comma)
            behind = len(digits) - at - 1
            if digits.count("." if sign == "point" else ",") > 1:
                votes["comma" if sign == "point" else "point"] += 1
            elif behind != 3 or digits[:at] in ("", "0"):
                votes[sign] += 1
    if votes["point"] == votes["comma"]:
        return ""
    return "point" if votes["point"] > votes["comma"] else "comma"


@lru_cache(REMEMBERED)
def amount_of(text: str, mark: Mark = "") -> Decimal | None:
    """Return the number in a cell, with sign and without currency; 0 if empty, None if it isn't a number.

    >>> amount_of("-$1,234.50"), amount_of("(4.20)"), amount_of("1 234,50 €", "comma"), amount_of("free")
    (Decimal('-1234.50'), Decimal('-4.20'), Decimal('1234.50'), None)
    >>> amount_of(".50", "point"), amount_of("5,-"), amount_of("3.50-", "point"), amount_of("CHF 1’250.50")
    (Decimal('0.50'), Decimal('5'), Decimal('-3.50'), Decimal('1250.50'))
    """
    text = text.strip().lstrip("'").translate(_ARABIC)
    if not text or text in ("-", "–", "—"):
        return Decimal(0)
    found = _NUMBER.search(text)
    if found is None or len(re.findall(r"[^\W\d_]", text)) > 4:
        return None
    digits = re.sub(r"['\u2019 \u00a0\u202f]", "", found[1])
    has_no_cents = digits.endswith((",", "."))  # "5,-" is five: the dash stands for the cents
    is_decimal = "," in digits and "." not in digits and (len(digits.rpartition(",")[2]) != 3 or digits[:2] == "0,")
    if mark == "comma" or (not mark and is_decimal):
        digits = digits.replace(".", "").replace(",", ".")
    else:
        digits = digits.replace(",", "")
    if digits.count(".") > 1 or re.search(r"\d", text[found.end() :]):
        return None
    value = Decimal(digits.rstrip(".") or "0")
    before, behind = text[: found.start()], text[found.end() :]
    is_negative = any(sign in before for sign in ("-", "\u2212", "("))
    is_negative = is_negative or (behind.strip().startswith(("-", "\u2212")) and not has_no_cents)
    value = -value if is_negative else value
    return value if abs(value) <= _LARGEST else None


def plain_of(text: str, mark: Mark = "") -> str | None:
    """Return a number's text with a decimal point and no other marks; None if it may be two numbers. `mark`: the mark
    of its column. The text has no spaces and no currency.

    >>> plain_of("1,250"), plain_of("1,250", "point"), plain_of("1,250", "comma"), plain_of("1.250", "comma")
    (None, '1250', '1.250', '1250')
    >>> plain_of("1.250,5"), plain_of("1,250.5"), plain_of("12,5"), plain_of("0,250"), plain_of("1,2,3")
    ('1250.5', '1250.5', '12.5', '0.250', None)
    """
    marks = {mark for mark in text if mark in ".,"}
    if not marks:
        return text
    first, last = next(mark for mark in text if mark in marks), next(mark for mark in reversed(text) if mark in marks)
    if first != last or text.count(first) > 1:
        whole = _IN_THOUSANDS[first].fullmatch(text)
        return text.replace(first, "").replace(",", ".") if whole else None
    if not _THREE_BEHIND.fullmatch(text) or mark == {".": "point", ",": "comma"}[first]:
        return text.replace(",", ".")
    if not mark:
        return text if first == "." else None
    return text.replace(first, "")


class ExactSum:
    """A running sum whose parts, rounded to minor units, add up to the rounded total.

    >>> sum_ = ExactSum(2)
    >>> [sum_.take(Decimal("0.335")) for _ in range(3)], sum_.minor
    ([34, 33, 34], 101)
    """

    def __init__(self, digits: int) -> None:
        self._scale = Decimal(10) ** digits
        self._exact = Decimal(0)
        self.minor = 0

    def take(self, amount: Decimal) -> int:
        """Add an amount and return its share in minor units."""
        self._exact += amount * self._scale
        before, self.minor = self.minor, int(self._exact.to_integral_value(rounding="ROUND_HALF_UP"))
        return self.minor - before

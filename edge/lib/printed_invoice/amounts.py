"""Parses amounts and quantities on documents. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

import msgspec

from edge.lib.printed_invoice.words import PlacedWord

SIGNS = {"€": "EUR", "£": "GBP", "₪": "ILS", "₹": "INR"}
_CODES = "EUR|USD|CAD|GBP|ILS|NIS|CHF|INR|AUD"
_MONEY = re.compile(rf"(?:{_CODES}|[€£₪₹$]|Rs\.?|C\$|CA\$|US\$)", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,3}(?:[.,'’ \u00a0\u202f][0-9]{3})+(?:[.,][0-9]{1,4})?|[0-9]+(?:[.,][0-9]{1,4})?")
_PERCENT = re.compile(r"-?([0-9]{1,2}(?:[.,][0-9]{1,3})?)\s?%")
_GROUP_GAP = 0.7
"""Largest gap between groups of thousands, in heights of a word."""


class PlacedNumber(msgspec.Struct, frozen=True):
    """A number in a row, and its words. `digits`: number of decimals as written."""

    value: Decimal
    words: tuple[PlacedWord, ...]
    digits: int = 0

    @property
    def cents(self) -> bool:
        return self.digits == 2


def decimal_of(text: str) -> Decimal | None:
    """Parse a number without its currency; None if invalid. The last `.` or `,` is the decimal separator, unless
    exactly three digits follow and no other mark decides. Brackets or a trailing minus mean a negative number.

    >>> decimal_of("1.234,50 €"), decimal_of("(12.00)"), decimal_of("1,250"), decimal_of("0,1234"), decimal_of("5-")
    (Decimal('1234.50'), Decimal('-12.00'), Decimal('1250'), Decimal('0.1234'), Decimal('-5'))
    """
    plain = _MONEY.sub("", text).strip()
    below = plain.startswith(("-", "−", "(")) or plain.endswith(("-", "−", ")"))
    plain = plain.strip("-−() \u00a0*")
    if not _NUMBER.fullmatch(plain):
        return None
    whole, sign, part = plain, "", ""
    marks = [at for at, char in enumerate(plain) if char in ".,"]
    if marks and (len(plain) - marks[-1] != 4 or plain.startswith("0") or _other_mark(plain)):
        whole, sign, part = plain[: marks[-1]], ".", plain[marks[-1] + 1 :]
    value = Decimal(re.sub(r"[^0-9]", "", whole) + sign + part)
    return -value if below else value


def _other_mark(plain: str) -> bool:
    """Whether two different marks occur, as in 1.234,567, so that the last one is the decimal separator."""
    marks = [char for char in plain if char in ".,"]
    return len(marks) > 1 and marks[-1] != marks[0]


def numbers_of(words: Sequence[PlacedWord]) -> Iterator[PlacedNumber]:
    """Yield the numbers of a row from left to right, without percentages. Digit groups separated by spaces are
    joined."""
    words = sorted(words, key=lambda one: one.box.left)
    at = 0
    while at < len(words):
        taken = _grouped_words(words, at)
        text = " ".join(word.text for word in taken)
        behind = words[at + len(taken)].text if at + len(taken) < len(words) else ""
        value = decimal_of(text)
        if value is not None and not behind.startswith("%"):
            yield PlacedNumber(value, tuple(taken), -int(value.as_tuple().exponent))
        at += len(taken)


def _grouped_words(words: Sequence[PlacedWord], at: int) -> Sequence[PlacedWord]:
    """A word with the closely following groups of three digits."""
    end = at + 1
    if re.fullmatch(r"[^0-9]{0,3}[0-9]{1,3}", words[at].text):
        while end < len(words) and re.fullmatch(r"[0-9]{3}([.,][0-9]{2})?[^0-9]{0,3}", words[end].text):
            before, box = words[end - 1].box, words[end].box
            if box.left - before.right > _GROUP_GAP * (box.bottom - box.top):
                break
            end += 1
        if end > at + 1 and not re.search(r"[.,][0-9]{2}", words[end - 1].text):
            return words[at : at + 1]  # without cents: whole numbers side by side, not one amount
    return words[at:end]


def rate_of(text: str) -> Decimal | None:
    """Percentage in a text: 0 to 99."""
    found = _PERCENT.search(text)
    return Decimal(found[1].replace(",", ".")) if found else None


def currency_of(text: str, otherwise: str) -> str:
    """Return the currency named most often; `otherwise` if none. `$` is ambiguous, so it means `otherwise` if that is a
    dollar."""
    counts: dict[str, int] = {}
    for code in re.findall(rf"(?<![A-Za-z])({_CODES})(?![A-Za-z])", text):
        counts[code] = counts.get(code, 0) + 1
    for sign, code in SIGNS.items():
        counts[code] = counts.get(code, 0) + text.count(sign)
    counts["INR"] = counts.get("INR", 0) + len(re.findall(r"\bRs\b", text))
    if not any(code in counts for code in ("USD", "CAD", "AUD")):
        counts[otherwise if otherwise in ("CAD", "AUD") else "USD"] = text.count("$")
    best = max(counts, key=lambda code: counts[code])
    found = best if counts[best] else otherwise
    return "ILS" if found == "NIS" else found

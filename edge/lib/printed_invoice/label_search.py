"""Labels on a page, and the values after or below them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

import msgspec

from edge.lib.printed_invoice.accounts import accounts_in
from edge.lib.printed_invoice.amounts import numbers_of
from edge.lib.printed_invoice.days import days_of
from edge.lib.printed_invoice.labels import BUYER, LABELS, FieldName, plain
from edge.lib.printed_invoice.words import Box, PlacedWord, TextRow, around

LONGEST_LABEL = 5
ROWS_BELOW = 3
_BELOW_HEIGHTS = 5
"""Largest distance of a value below its label, in heights of the label."""
_NUMBER = re.compile(r"(?=[^0-9]*[0-9])[A-Za-z0-9][A-Za-z0-9_./-]{1,29}")
_VAT = re.compile(
    r"ATU[0-9]{8}|BE[0-9]{10}|DE[0-9]{9}|ES[0-9A-Z]{9}|FR[0-9A-Z]{2}[0-9]{9}|GB[0-9]{9}|IE[0-9A-Z]{8,9}|IT[0-9]{11}"
    r"|LU[0-9]{8}|NL[0-9]{9}B[0-9]{2}|PL[0-9]{10}|PT[0-9]{9}|SE[0-9]{12}|CHE[0-9]{9}|(?:BG|CY|CZ|DK|EE|EL|FI|HR|HU|LT|LV"
    r"|MT|RO|SI|SK)[0-9A-Z]{8,12}|[0-9]{9}RT[0-9]{4}|[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][0-9A-Z]{3}|[0-9]{9}"
)
"""VAT numbers of the EU, Great Britain and Switzerland; GST numbers of Canada and India; nine digits for Israel."""
_AMOUNTS = frozenset({"net", "tax", "total"})
_DAYS = frozenset({"date", "due"})
_PHRASES: dict[str, list[tuple[FieldName, int]]] = {}
for _name, _tiers in LABELS.items():
    for _strength, _tier in enumerate(_tiers):
        for _label in _tier:
            _PHRASES.setdefault(plain(_label), []).append((_name, _strength))


class FieldValue(msgspec.Struct, frozen=True):
    """A candidate field value: its text (amounts as decimals, dates as ISO 8601), its words, the label's `strength` (0:
    best), and whether it is below the label; `unsure`: the date is ambiguous."""

    name: FieldName
    value: str
    words: tuple[PlacedWord, ...]
    strength: int
    is_below: bool = False
    unsure: bool = False

    @property
    def box(self) -> Box:
        return around(self.words)

    @property
    def amount(self) -> Decimal:
        return Decimal(self.value)


class _Match(msgspec.Struct, frozen=True):
    """A label at words `start` to `end` of a row."""

    start: int
    end: int
    fields: tuple[tuple[FieldName, int], ...]


def values_of(rows: Sequence[TextRow], month_first: bool) -> Iterator[FieldValue]:
    """All values after or below labels, from the top."""
    for at, row in enumerate(rows):
        matches = list(_labels(row))
        for order, match in enumerate(matches):
            end = matches[order + 1].start if order + 1 < len(matches) else len(row.words)
            behind = row.words[match.end : end]
            for name, strength in match.fields:
                found = read_value(name, behind, month_first, is_close=strength == 0)
                if found is not None:
                    yield msgspec.structs.replace(found, strength=strength)
                elif below := _below(name, rows, at, row.words[match.start : match.end], month_first):
                    yield msgspec.structs.replace(below, strength=strength)


def read_value(
    name: FieldName, words: Sequence[PlacedWord], month_first: bool, is_close: bool = True
) -> FieldValue | None:
    """Return the value of a field's type at the start of the words (for amounts, the end), or None."""
    if name in _AMOUNTS:
        numbers = list(numbers_of(words))
        last = next((one for one in reversed(numbers) if one.cents), numbers[-1] if numbers else None)
        return FieldValue(name, f"{last.value:f}", last.words, 0) if last else None
    if name in _DAYS:
        return _day(name, words, month_first)
    if name == "seller_vat":
        return _vat(words)
    if name == "account":
        account = next(accounts_in(" ".join(word.text for word in words)), None)
        return FieldValue(name, account, tuple(words), 0) if account else None
    for word in words[: 3 if is_close else 1]:
        text = word.text.strip(".,;:()#")
        if _NUMBER.fullmatch(text) and not list(days_of(text)):
            return FieldValue(name, text, (word,), 0)
    return None


def _labels(row: TextRow) -> Iterator[_Match]:
    """Yield the labels of a row, longest match first. Weak labels must begin a cell."""
    begins, at = set(), 0
    for cell in row.cells:
        begins.add(at)
        at += len(cell.words)
    words, at = row.words, 0
    while at < len(words):
        match = _label_at(words, at, at in begins)
        if match is None:
            at += 1
        else:
            yield match
            at = match.end


def _label_at(words: Sequence[PlacedWord], at: int, begins: bool) -> _Match | None:
    for length in range(min(LONGEST_LABEL, len(words) - at), 0, -1):
        phrase = plain(" ".join(word.text for word in words[at : at + length]))
        fields = tuple(one for one in _PHRASES.get(phrase, ()) if one[1] == 0 or begins or one[0] in _AMOUNTS)
        if fields and not (at and plain(words[at - 1].text) in BUYER):
            return _Match(at, at + length, fields)
    return None


def _below(
    name: FieldName, rows: Sequence[TextRow], at: int, label: Sequence[PlacedWord], month_first: bool
) -> FieldValue | None:
    """Value below a label, for columns with headings."""
    box = around(label)
    deepest = box.bottom + _BELOW_HEIGHTS * max(box.bottom - box.top, 1)
    for row in rows[at + 1 : at + 1 + ROWS_BELOW]:
        under = [word for word in row.words if _is_under(word.box, box, deepest)]
        found = read_value(name, under, month_first) if under else None
        if found is not None:
            return msgspec.structs.replace(found, is_below=True)
    return None


def _is_under(word: Box, label: Box, deepest: int) -> bool:
    slack = label.bottom - label.top
    across = word.left <= label.right + slack and word.right >= label.left - slack
    return word.page == label.page and across and word.top <= deepest


def _day(name: FieldName, words: Sequence[PlacedWord], month_first: bool) -> FieldValue | None:
    text, starts = "", []
    for word in words:
        starts.append(len(text))
        text += word.text + " "
    found = next(days_of(text, month_first), None)
    if found is None:
        return None
    inside = [
        word for start, word in zip(starts, words, strict=True) if found.start - len(word.text) < start < found.end
    ]
    return FieldValue(name, found.day, tuple(inside), 0, unsure=found.unsure)


def _vat(words: Sequence[PlacedWord]) -> FieldValue | None:
    """A VAT number, ignoring spaces."""
    for start in range(min(3, len(words))):
        for end in range(start + 1, min(start + 6, len(words)) + 1):
            text = re.sub(r"[^0-9A-Z]", "", "".join(word.text for word in words[start:end]).upper())
            if _VAT.fullmatch(text) and (not text.isdigit() or is_israeli(text)):
                return FieldValue("seller_vat", text, tuple(words[start:end]), 0)
    return None


def is_israeli(digits: str) -> bool:
    """Whether nine digits are an Israeli business number with a valid check digit.

    >>> is_israeli("123456782"), is_israeli("123456789")
    (True, False)
    """
    doubled = (int(digit) * (1 + at % 2) for at, digit in enumerate(digits))
    return len(digits) == 9 and sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0

"""Product lines of a document: rows whose quantity times price equals their total. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

import msgspec

from edge.lib.codes.gtin import is_gtin
from edge.lib.printed_invoice.amounts import PlacedNumber, numbers_of, rate_of
from edge.lib.printed_invoice.labels import COLUMNS, UNITS, plain
from edge.lib.printed_invoice.words import DOUBTFUL, Box, PlacedWord, TextRow, around, sureness

SLACK = Decimal("0.02")
LINES_MOST = 400
_CODE = re.compile(r"(?=.*[0-9])[A-Z0-9][A-Z0-9._/-]{3,29}")


class PrintedLine(msgspec.Struct, frozen=True):
    """A line. `unit`: code of UN/ECE recommendation 20, "" if missing; `is_sure`: quantity times price equals its
    total, without doubt."""

    name: str
    code: str
    gtin: str
    quantity: Decimal
    unit: str
    price: Decimal
    total: Decimal
    rate: Decimal | None
    box: Box
    sure: float
    is_sure: bool


def lines_of(rows: Sequence[TextRow]) -> tuple[PrintedLine, ...]:
    """Return the lines of all pages. If there are table headings, rows above the first heading aren't lines."""
    first = next((at for at, row in enumerate(rows) if is_heading(row)), -1)
    table = rows[first + 1 :]
    found = (_line(row, below, first >= 0) for row, below in zip(table, (*table, TextRow(()))[1:], strict=True))
    return tuple(line for line in found if line is not None)[:LINES_MOST]


def is_heading(row: TextRow) -> bool:
    """Whether a row is the heading of a line table: it has at least two headings, and no figures."""
    words = {plain(part) for word in row.words for part in (word.text, *word.text.split("-"))}
    return sum(not words.isdisjoint(names) for names in COLUMNS.values()) >= 2 and not list(numbers_of(row.words))


def _line(row: TextRow, below: TextRow, has_heading: bool) -> PrintedLine | None:
    words = sorted(row.words, key=lambda one: one.box.left)
    numbers = list(numbers_of(words))
    named = [word for word in words if re.search(r"[^\W\d_]{2}", word.text)]
    if not numbers or not named or not any(one.digits for one in numbers):
        return None
    found = _product(numbers) or (_quantity_and_sum(numbers) if has_heading else None)
    if found is None and has_heading:  # a line's total may be printed slightly lower
        found = _product([*numbers, *(one for one in numbers_of(below.words) if one.cents)])
    if found is None:
        return None
    quantity, price, total, used = found
    unit = _unit(words, used[0])
    spoken = [unit, *(one for number in used for one in number.words)]
    rest = [word for word in row.words if not any(word is one for one in spoken)]
    rate = next((rate for word in _words_with_percent(words) if (rate := rate_of(word)) is not None), None)
    gtin = next((word.text for word in rest if word.text.isdecimal() and is_gtin(word.text)), "")
    name, code = _name_and_code(rest, gtin)
    if not name:
        return None
    is_read = all(sureness(number.words) > DOUBTFUL for number in used)
    is_sure = is_read and len(used) == 3 and abs(quantity * price - total) <= SLACK
    said_unit = UNITS[plain(unit.text)] if unit else ""
    about = (around(words), sureness(words), is_sure)
    return PrintedLine(name, code, gtin, quantity, said_unit, price, total, rate, *about)


_Found = tuple[Decimal, Decimal, Decimal, tuple[PlacedNumber, ...]]


def _product(numbers: Sequence[PlacedNumber]) -> _Found | None:
    """Return quantity, price and total among a row's numbers. The total is at one end (the left in Hebrew)."""
    for total in (numbers[-1], numbers[0]):
        others = [one for one in numbers if one is not total]
        if not total.cents:
            continue
        for price in sorted((one for one in others if one.digits > 1), key=lambda one: _away(one, total)):
            for quantity in sorted((one for one in others if one is not price), key=lambda one: _away(one, price)):
                if quantity.value and abs(quantity.value * price.value - total.value) <= SLACK:
                    return quantity.value, price.value, total.value, (quantity, price, total)
    return None


def _quantity_and_sum(numbers: Sequence[PlacedNumber]) -> _Found | None:
    """Return a whole quantity and a total, for a row without a price."""
    total = numbers[-1] if numbers[-1].cents else numbers[0]
    whole = [one for one in numbers if one is not total and not one.cents and 0 < one.value < 10_000]
    if len(numbers) != 2 or not whole or not total.cents:
        return None
    quantity = whole[0]
    return quantity.value, (total.value / quantity.value).quantize(Decimal("0.0001")), total.value, (quantity, total)


def _away(one: PlacedNumber, other: PlacedNumber) -> int:
    return abs(one.words[0].box.left - other.words[0].box.left)


def _words_with_percent(words: Sequence[PlacedWord]) -> Iterable[str]:
    """Each word, joined with a separate percent sign after it."""
    for word, behind in zip(words, [*words[1:], None], strict=True):
        yield word.text + ("%" if behind is not None and behind.text.startswith("%") else "")


def _unit(words: Sequence[PlacedWord], quantity: PlacedNumber) -> PlacedWord | None:
    """Unit next to a quantity."""
    at = next((at for at, word in enumerate(words) if word is quantity.words[-1]), None)
    if at is None:  # the quantity is in the row below
        return None
    near = (*words[at + 1 : at + 2], *words[max(at - 1, 0) : at])
    return next((word for word in near if plain(word.text) in UNITS), None)


def _name_and_code(rest: Sequence[PlacedWord], gtin: str) -> tuple[str, str]:
    """Return the product's name and the supplier's number, which is a word with digits before it."""
    paired = zip(rest, _words_with_percent(rest), strict=True)
    words = [word.text for word, text in paired if word.text != gtin and not _is_noise(text)]
    if words and re.fullmatch(r"[0-9]{1,3}[.)]?", words[0]):  # the line number
        words = words[1:]
    code = words.pop(0) if len(words) > 1 and _CODE.fullmatch(words[0]) else ""
    name = " ".join(words).strip(" -·|.,")
    return (name, code) if re.search(r"[^\W\d_]{2}", name) else ("", "")


def _is_noise(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9.,]*\s?%|[€$£₪|×x*]|EUR|USD|CAD|ILS|-", text))

"""Numbers of payment cards as people type them, and each text of a command that someone can type one into."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

from edge.lib.units.card_numbers import CODES, SEALED
from tests.golden.example import example

S = TypeVar("S", bound=msgspec.Struct)
_BEGIN: tuple[tuple[str, tuple[int, ...]], ...] = (
    *(("4", (13, 16, 19)), ("51", (16,)), ("55", (16,)), ("2221", (16,)), ("2720", (16,)), ("34", (15,))),
    *(("37", (15,)), ("36", (14, 16)), ("305", (14,)), ("6011", (16, 19)), ("65", (16,)), ("644", (16,))),
    *(("3528", (16,)), ("3589", (16,)), ("62", (16, 17, 18, 19)), ("2204", (16,)), ("50", (13, 16, 19))),
    *(("5612", (13, 16)), ("6304", (16, 18)), ("6759", (16, 19))),
)
"""How numbers of the brands begin, and their lengths (their published issuer ranges)."""
_BETWEEN = ("", " ", "-", ".", "/", "_", " - ", "\u00a0", "\u2011", "\u2013")
_BEFORE = ("", "card ", "no. 17 ", "table 5: ", "12/27 ", "0501234567; ", "הכרטיס ", "(")
_BEHIND = ("", " 12/27", ", thanks", " 123", "!", "; 7", ")")


def written(chance: random.Random) -> tuple[str, str]:
    """A card's number in a text as someone may type it, and its digits alone."""
    while True:
        begin, lengths = chance.choice(_BEGIN)
        length = chance.choice(lengths)
        body = begin + "".join(str(chance.randrange(10)) for _ in range(length - len(begin) - 1))
        digits = next(body + str(last) for last in range(10) if _luhn(body + str(last)))
        if length not in (13, 14, 18) or not _gs1(digits):  # else it is an article's number, too, and passes as that
            break
    size, between = chance.choice((3, 4, 5, 6, length)), chance.choice(_BETWEEN)
    groups = (digits[at : at + size] for at in range(0, length, size))
    return chance.choice(_BEFORE) + between.join(groups) + chance.choice(_BEHIND), digits


def _luhn(digits: str) -> bool:
    """The check digit of ISO/IEC 7812-1."""
    doubled = (int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(digits)))
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def _gs1(digits: str) -> bool:
    """The check digit of GS1 General Specifications, 7.9."""
    return sum(int(digit) * (1 + 2 * (at % 2)) for at, digit in enumerate(reversed(digits))) % 10 == 0


def typed_into(kind: type[S], text: str) -> Iterator[tuple[str, S]]:
    """A command, or a directive's body, with the text in each of its texts that takes one, however deep that lies, and
    the field that it is in."""
    try:
        whole = msgspec.to_builtins(example(msgspec.inspect.type_info(kind)))
    except (StopIteration, TypeError):
        return  # nothing that is typed
    for path, changed in _with("", whole, text):
        try:
            made = msgspec.convert(changed, kind)
        except (msgspec.ValidationError, TypeError):
            continue  # no text that such a number fits
        if text.encode() in msgspec.json.encode(made):
            yield path, made


def _with(field: str, value: Any, text: str) -> Iterator[tuple[str, Any]]:
    """What a value is with the text in the place of one of its texts or names, each with the field it is in."""
    match value:
        case str():
            yield field, text
        case dict():
            for name, inner in value.items():
                if name in CODES | SEALED:
                    continue
                for place, changed in _with(field or name, inner, text):
                    yield place, {**value, name: changed}
                if field:
                    yield field, {**value, text: inner}
        case list() | tuple():
            for at, inner in enumerate(value):
                for place, changed in _with(field, inner, text):
                    yield place, [*value[:at], changed, *value[at + 1 :]]

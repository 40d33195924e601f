"""Fixed-width records as structs that declare the position of each field. Pure.

Text is left-aligned and padded with spaces, numbers right-aligned with leading zeros. A signed number begins with + or
-; the decimal point is never written. A day is YYYYMMDD, a minute hhmm; missing values are zeros.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from functools import cache
from typing import Any, NamedTuple, Self, get_args, get_type_hints

import msgspec

from edge.lib.fiscal.fault import FiscalFault
from edge.lib.fiscal.israel.hebrew import ENCODING, plain_hebrew

Encode = Callable[["FixedColumn", Any], str]
Decode = Callable[["FixedColumn", str], Any]
NO_DAY = "00000000"


class FixedColumn(NamedTuple):
    """A field of a record: its number in the instructions, its width, and its meaning."""

    number: int
    width: int
    encode: Encode
    decode: Decode


def text(number: int, width: int) -> FixedColumn:
    """A text, cut to the width. Trailing spaces aren't part of it."""
    return FixedColumn(number, width, _encode_text, lambda _, chars: chars.rstrip(" "))


def digits(number: int, width: int) -> FixedColumn:
    """An integer of zero or more. Its attribute's name says how many decimals it has."""
    return FixedColumn(number, width, _encode_digits, _decode_digits)


def signed_column(number: int, width: int) -> FixedColumn:
    """A signed integer. The width includes the sign."""
    return FixedColumn(number, width, _encode_signed, _decode_signed)


def day(number: int) -> FixedColumn:
    return FixedColumn(number, 8, _encode_day, _decode_day)


def optional_day(number: int) -> FixedColumn:
    """A day, or zeros for none."""
    return FixedColumn(
        number,
        8,
        lambda column, value: _encode_day(column, value) if value else NO_DAY,
        lambda column, chars: None if chars == NO_DAY else _decode_day(column, chars),
    )


def minute(number: int) -> FixedColumn:
    return FixedColumn(number, 4, lambda _, value: f"{value:%H%M}", _decode_minute)


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a file. Its attributes are the fields in order, without gaps."""

    def encode(self) -> bytes:
        """Return the line with CR LF. Raises `FiscalFault` `too_long` if a number doesn't fit its field."""
        found = []
        for name, column in columns(type(self)):
            chars = column.encode(column, getattr(self, name))
            if len(chars) != column.width:
                raise FiscalFault(
                    "too_long",
                    f"{_place(type(self), column, name)}",
                    f"{getattr(self, name)} has more than the {column.width} characters of the field.",
                    "Correct the value; a number is never cut.",
                )
            found.append(chars)
        return ("".join(found) + "\r\n").encode(ENCODING)

    @classmethod
    def decode(cls, line: bytes) -> Self:
        """Parse a line with its CR LF. Raises `FiscalFault` `length` or `field` if it isn't a record of this kind."""
        size = sum(column.width for _, column in columns(cls)) + len(b"\r\n")
        if len(line) != size or not line.endswith(b"\r\n"):
            raise FiscalFault("length", cls.__name__, f"the record has {len(line)} bytes with its CR LF, not {size}.")
        try:
            chars = line.decode(ENCODING)
        except UnicodeDecodeError as error:
            raise FiscalFault(
                "field", cls.__name__, f"the byte at place {error.start + 1} isn't an ISO-8859-8 character."
            ) from error
        at, values = 0, {}
        for name, column in columns(cls):
            part = chars[at : at + column.width]
            at += column.width
            try:
                values[name] = column.decode(column, part)
            except ValueError as error:
                raise FiscalFault("field", _place(cls, column, name), f"{part!r} {error}") from error
        return cls(**values)

    def lost_characters(self) -> int:
        """Return how many characters of its texts were replaced by `?`."""
        texts = (getattr(self, name) for name, column in columns(type(self)) if column.encode is _encode_text)
        return sum(plain_hebrew(value)[1] for value in texts)


@cache
def columns(record: type[Record]) -> tuple[tuple[str, FixedColumn], ...]:
    """Attribute and column of each field, in line order."""
    hints = get_type_hints(record, include_extras=True)
    named = (
        (name, next((part for part in get_args(hints[name]) if isinstance(part, FixedColumn)), None))
        for name in record.__struct_fields__
    )
    return tuple((name, column) for name, column in named if column)


def _place(record: type[Record], column: FixedColumn, name: str) -> str:
    return f"{record.__name__} field {column.number} ({name})"


def _encode_text(column: FixedColumn, value: str) -> str:
    return plain_hebrew(value)[0][: column.width].ljust(column.width)


def _encode_digits(column: FixedColumn, value: int) -> str:
    if value < 0:
        raise FiscalFault("below_zero", f"field {column.number}", f"{value} is below zero, and the field has no sign.")
    return str(value).zfill(column.width)


def _encode_signed(column: FixedColumn, value: int) -> str:
    return f"{value:+0{column.width}d}"


def _decode_digits(column: FixedColumn, chars: str) -> int:
    if not (chars.isascii() and chars.isdigit()):
        raise ValueError("isn't a number.")
    return int(chars)


def _decode_signed(column: FixedColumn, chars: str) -> int:
    if chars[0] not in "+-" or not (chars.isascii() and chars[1:].isdigit()):
        raise ValueError("isn't a number after the sign.")
    value = int(chars)
    if not value and chars[0] == "-":
        raise ValueError("is zero, so its sign must be +.")
    return value


def _encode_day(column: FixedColumn, value: date) -> str:
    return f"{value.year:04}{value:%m%d}"


def _decode_day(column: FixedColumn, chars: str) -> date:
    _decode_digits(column, chars)
    return date(int(chars[:4]), int(chars[4:6]), int(chars[6:]))


def _decode_minute(column: FixedColumn, chars: str) -> time:
    _decode_digits(column, chars)
    return time(int(chars[:2]), int(chars[2:]))

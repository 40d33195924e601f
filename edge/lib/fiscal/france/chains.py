"""The signed data in France (CGI art. 286 I 3 bis, BOI-TVA-DECLA-30-10-30): readable, chained texts. Pure.

A text is its fields separated by commas, then `O` and the previous signature in its chain, or only `N` for the first
text. In free text `%`, commas and line ends are percent-encoded; times are local, to the second. The signature is ES256
of the UTF-8 text, in base64url.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, Self, get_type_hints

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from edge.lib.fiscal.es256 import KeyLine, from_base64url, sign, to_base64url
from edge.lib.fiscal.fault import FiscalFault

PRINTED = (3, 7, 13, 19)
"""Positions, from 1, of the characters of a signature that are printed."""
_TIME = "%Y%m%d%H%M%S"
_RATE_SUM = re.compile(r"(\d{4}):(0|-?[1-9]\d*)")
_INTEGER = re.compile(r"0|-?[1-9]\d*")
_ESCAPES = str.maketrans({"%": "%25", ",": "%2C", "\n": "%0A", "\r": "%0D"})
_ESCAPED = {"%25": "%", "%2C": ",", "%0A": "\n", "%0D": "\r"}


class RateSum(msgspec.Struct, frozen=True, order=True):
    """A sum with tax, in cents, at a rate in hundredths of a percent."""

    rate: int
    gross_minor: int


Vat = tuple[RateSum, ...]
"""Sums by ascending rate, with each rate once."""


class SignedEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of a chain: its attributes are the fields of its text, in order."""

    CHAIN: ClassVar[str]

    def text(self, previous: str) -> str:
        """The text to sign, after the signature `previous` (empty for the first of its chain)."""
        fields = [_format_value(getattr(self, name)) for name in self.__struct_fields__]
        return ",".join((*fields, "O" if previous else "N", previous))

    @classmethod
    def parse(cls, text: str) -> tuple[Self, str]:
        """Parse the entry and the previous signature. Raises `FiscalFault` `malformed` if it isn't a text of this
        chain."""
        *fields, mark, previous = text.split(",") if text.count(",") > 1 else ("", "", "")
        kinds = _kinds(cls)
        try:
            if len(fields) != len(kinds) or mark != ("O" if previous else "N"):
                raise ValueError("doesn't have the fields of this chain")
            values = {name: _read(kind, field) for (name, kind), field in zip(kinds, fields, strict=True)}
        except ValueError as error:
            raise FiscalFault("malformed", f"{cls.CHAIN} {text[:60]!r}", f"the text {error}.") from error
        return cls(**values), previous


class TicketEntry(SignedEntry, frozen=True, kw_only=True):
    """A till paper. Sums are revenue only: loaded gift cards and tips are excluded."""

    CHAIN = "ticket"
    vat: Vat
    total_minor: int
    at: datetime
    number: str
    kind: str


class PaidTicketEntry(TicketEntry, frozen=True, kw_only=True):
    """A paper with its payments (`write_payments`): signed in version 3."""

    payments: str


class ItemizedTicketEntry(PaidTicketEntry, frozen=True, kw_only=True):
    """A paper with payments and a hash of its lines (`hash_lines`): signed since version 4."""

    lines: str


class CopyEntry(SignedEntry, frozen=True, kw_only=True):
    """A reprint: `copy` counts within the chain, `times` the copies of this paper."""

    CHAIN = "copy"
    copy: int
    kind: str
    number: str
    times: int
    operator: str
    at: datetime


class NoteEntry(SignedEntry, frozen=True, kw_only=True):
    """A bill before payment."""

    CHAIN = "note"
    note: int
    total_minor: int
    at: datetime


class TotalEntry(SignedEntry, frozen=True, kw_only=True):
    """A closing: `period` is a day `2026-11-03`, a month `2026-11` or a year `2026`."""

    CHAIN = "total"
    vat: Vat
    total_minor: int
    perpetual_minor: int
    absolute_minor: int
    at: datetime
    period: str


class EventEntry(SignedEntry, frozen=True, kw_only=True):
    """A log entry: its code and details."""

    CHAIN = "event"
    event: int
    code: str
    note: str
    at: datetime
    operator: str
    register: str


class ArchiveEntry(SignedEntry, frozen=True, kw_only=True):
    """A created archive: the hash of its file, and its periods."""

    CHAIN = "archive"
    sha256: str
    since: str
    until: str
    archive: int
    at: datetime


def sign_entry(key: ec.EllipticCurvePrivateKey, entry: SignedEntry, previous: str) -> str:
    """Sign an entry. The signature is also the `previous` of the next entry in its chain."""
    return to_base64url(sign(key, entry.text(previous).encode()))


def is_chained(keys: KeyLine, entry: SignedEntry, previous: str, signature: str) -> bool:
    """Whether the signature is this entry's at this position of its chain."""
    try:
        raw = from_base64url(signature)
    except ValueError:
        return False
    return keys.is_signed(entry.text(previous).encode(), raw)


def printed_mark(signature: str) -> str:
    """Return the characters of a ticket's signature that are printed.

    >>> printed_mark("abcdefghijklmnopqrstuvwxyz")
    'cgms'
    """
    return "".join(signature[place - 1] for place in PRINTED)


def rate_sums(rows: Iterable[tuple[int, int]]) -> Vat:
    """Sum pairs of rate (in hundredths of a percent) and cents with tax, by rate.

    >>> rate_sums([(2000, 100), (550, 5), (2000, -40)])
    (RateSum(rate=550, gross_minor=5), RateSum(rate=2000, gross_minor=60))
    """
    sums: dict[int, int] = {}
    for rate, gross_minor in rows:
        sums[rate] = sums.get(rate, 0) + gross_minor
    return tuple(RateSum(rate, sums[rate]) for rate in sorted(sums))


def write_vat(vat: Vat) -> str:
    """
    >>> write_vat((RateSum(550, 1055), RateSum(2000, 2400)))
    '0550:1055|2000:2400'
    """
    return "|".join(f"{row.rate:04}:{row.gross_minor}" for row in vat)


def write_payments(rows: Iterable[tuple[str, int]]) -> str:
    """A paper's payments in order, less change.

    >>> write_payments([("cash", 1000), ("card", 2455)])
    'cash:1000|card:2455'
    """
    return "|".join(f"{means}:{minor}" for means, minor in rows)


def hash_lines(rows: Iterable[tuple[str, str, int, int, int]]) -> str:
    """Hash a paper's lines in order, because the doctrine counts the name and quantity of goods among the data that
    must not change.

    Each line is article, label, thousandths, rate in hundredths of a percent, and cents with tax, encoded like a text's
    fields. The hash is SHA-256 of the lines, each with a line feed, in base64url.

    >>> hash_lines([("12", "Baguette", 1000, 550, 120)])
    'xpPm9PvfN2S1KkvY4C4wB9-baDBPxp1kw8qU6Kr8w8Q'
    """
    text = "".join(",".join(map(_format_value, row)) + "\n" for row in rows)
    return to_base64url(hashlib.sha256(text.encode()).digest())


def read_vat(text: str) -> Vat:
    """Parse the output of `write_vat`. Raises `ValueError` for any other text."""
    found = [_RATE_SUM.fullmatch(part) for part in text.split("|")] if text else []
    vat = tuple(RateSum(int(row[1]), int(row[2])) for row in found if row)
    if len(vat) != len(found) or [row.rate for row in vat] != sorted({row.rate for row in vat}):
        raise ValueError(f"has no sums by rate in {text!r}")
    return vat


@cache
def _kinds(entry: type[SignedEntry]) -> tuple[tuple[str, Any], ...]:
    hints = get_type_hints(entry)
    return tuple((name, hints[name]) for name in entry.__struct_fields__)


def _format_value(value: Any) -> str:
    match value:
        case datetime():
            return f"{value:{_TIME}}"
        case tuple():
            return write_vat(value)
        case int():
            return str(value)
    return str(value).translate(_ESCAPES)


def _read(kind: Any, field: str) -> Any:
    if kind is datetime:
        return datetime.strptime(field, _TIME)
    if kind is int:
        if not _INTEGER.fullmatch(field):
            raise ValueError(f"has no integer in {field!r}")
        return int(field)
    if kind is str:
        return re.sub(r"%..", lambda found: _ESCAPED.get(found[0], found[0]), field)
    return read_vat(field)

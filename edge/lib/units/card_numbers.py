"""Detects payment card numbers in typed text, because a shop that never stores one can't leak it (PCI DSS 3.3.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

_RUN = re.compile(rb"[0-9](?:(?:[ ./_-]|\xc2\xa0|\xe2\x80[\x90-\x95\xaf]){0,3}[0-9]){12,}")
"""Digits with the separators that people and web pages write, including non-breaking spaces and dashes."""
_GROUP = re.compile(rb"[0-9]+")
SHORTEST, LONGEST = 13, 19
"""Digits of a primary account number (ISO/IEC 7812-1 allows up to 19; none in use has fewer than 13)."""
_BRANDS: tuple[tuple[re.Pattern[bytes], tuple[int, ...]], ...] = (
    (re.compile(rb"4"), (13, 16, 18, 19)),  # Visa
    (re.compile(rb"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), (16,)),  # Mastercard
    (re.compile(rb"3[47]"), (15,)),  # American Express
    (re.compile(rb"30[0-5]|3[689]"), (14, 16, 17, 18, 19)),  # Diners Club
    (re.compile(rb"6011|64[4-9]|65|60|81|82|508"), (16, 17, 18, 19)),  # Discover, RuPay
    (re.compile(rb"35(2[89]|[3-8])"), (16, 17, 18, 19)),  # JCB
    (re.compile(rb"62"), (16, 17, 18, 19)),  # UnionPay
    (re.compile(rb"220[0-4]"), (16, 17, 18, 19)),  # Mir
    (re.compile(rb"50|5[6-8]|63|67"), tuple(range(13, 20))),  # Maestro
)
"""Prefixes of card numbers and their lengths (the brands' published issuer ranges)."""
_DOUBLED = bytes.maketrans(b"0123456789", bytes((0, 2, 4, 6, 8, 1, 3, 5, 7, 9)))
"""Maps a digit to the digit sum of its double."""
_GS1_LENGTHS = (13, 14, 18)
"""GTIN-13, GTIN-14 and SSCC: with a valid check digit, these count as printed on goods."""
CODES = frozenset({"code", "codes", "sku", "skus", "symbology", "serial", "lot", "product", "data"})
"""Fields for scanned codes. Users don't type card numbers there, and article numbers consist of digits."""
SEALED = frozenset(
    {
        *("pin_hash", "body", "items", "mapping", "path", "file"),
        *("salt", "hash", "hashes", "digest", "secret", "secret_sha256", "public", "card", "cart", "session"),
    }
)
"""Fields that people don't type: hexadecimal hashes and ids, which may contain long runs of digits, file names, and
data from head office."""
IDS = frozenset({"id", "ids", "order", "customer", "payment", "person", "key", "webhook", "device", "subject"})
"""Fields with ids, in addition to those ending in `_id`. Their values are checked unless a program generated them."""
_MADE = re.compile(
    r"(?:[a-z]{1,8}-?)?(?:[0-9a-f]{16}|[0-9a-f]{24}|[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
)
"""A generated id: 16, 24 or 32 hexadecimal digits or a UUID, also after a prefix (`o`, `mail-`). One in 14,000 of the
shortest looks like a card number."""


def holds_card_number(text: bytes) -> bool:
    """Whether UTF-8 text contains a likely card number, including grouped ones."""
    return any(_has_card(run) for run in _RUN.findall(text))


def field_with_card_number(content: bytes, value: msgspec.Struct) -> str | None:
    """Return the field of a struct (with JSON `content`) that contains a card number, or None.

    >>> class Note(msgspec.Struct):
    ...     text: str
    >>> note = Note("4111 1111 1111 1111")
    >>> field_with_card_number(msgspec.json.encode(note), note)
    'text'
    """
    if not holds_card_number(content):  # true of nearly all, whose fields needn't be checked one by one
        return None
    return next((field for field, text in _texts("", msgspec.to_builtins(value)) if holds_card_number(text)), None)


def _texts(field: str, value: Any) -> Iterator[tuple[str, bytes]]:
    match value:
        case str():
            if not (_MADE.fullmatch(value) and (field in IDS or field.endswith("_id"))):
                yield field, value.encode(errors="replace")
        case dict():
            for name, inner in value.items():
                if name not in CODES and name not in SEALED:
                    yield field or name, str(name).encode(errors="replace")
                    yield from _texts(field or name, inner)
        case list() | tuple():
            for inner in value:
                yield from _texts(field, inner)


def _has_card(run: bytes) -> bool:
    """Whether adjacent digit groups form a card number."""
    groups = _GROUP.findall(run)
    for first in range(len(groups)):
        digits = b""
        for group in groups[first:]:
            digits += group
            if len(digits) > LONGEST:
                break
            if len(digits) >= SHORTEST and _is_card(digits):
                return True
    return False


def _is_card(digits: bytes) -> bool:
    length = len(digits)
    if not _luhn(digits) or (length in _GS1_LENGTHS and _gs1(digits)):
        return False
    return any(length in lengths and begins.match(digits) for begins, lengths in _BRANDS)


def _luhn(digits: bytes) -> bool:
    """The check digit of ISO/IEC 7812-1, annex B."""
    return (sum(digits[-1::-2]) - 48 * len(digits[-1::-2]) + sum(digits[-2::-2].translate(_DOUBLED))) % 10 == 0


def _gs1(digits: bytes) -> bool:
    """The check digit of GS1 General Specifications, 7.9."""
    ones, threes = digits[-1::-2], digits[-2::-2]
    return (sum(ones) - 48 * len(ones) + 3 * (sum(threes) - 48 * len(threes))) % 10 == 0

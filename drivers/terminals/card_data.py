"""Removes card numbers from terminals' messages before any other code sees them (PCI DSS 3.3.1). Pure."""

from __future__ import annotations

import re

SHORTEST, LONGEST = 13, 19
"""Number of digits of primary account numbers in use (ISO/IEC 7812-1)."""
KEPT = 4
_RUN = re.compile("[0-9](?:[ ./_\u00a0\u2010-\u2015\u202f-]{0,3}[0-9]){12,}")
_DIGIT = re.compile(r"[0-9]")
_HEX = re.compile(r"[0-9A-Fa-f]+")
_CARDS_BEGIN = "234568"
"""First digits of the card brands' numbers (ISO/IEC 7812-1 major industry identifiers in use for payment)."""


def mask_card_numbers(text: str) -> str:
    """`text` with all but the last four digits of apparent card numbers replaced by "*".

    >>> mask_card_numbers("CARD 4111 1111 1111 1111 OK")
    'CARD **** **** **** 1111 OK'
    >>> mask_card_numbers("AID A0000000041010")
    'AID A0000000041010'
    """
    return _RUN.sub(lambda run: _mask(run[0]) if _holds_number(_digits(run[0])) else run[0], text)


def is_whole_number(digits: str) -> bool:
    """Whether these digits are a whole card number rather than a masked one."""
    return digits.isascii() and digits.isdigit() and SHORTEST <= len(digits) <= LONGEST


def last4_of(digits: str) -> str:
    """The last four digits; "" if they aren't digits."""
    return digits[-4:] if digits[-4:].isdecimal() else ""


def hex_of(text: str, octets: int) -> str:
    """The value of an EMV tag of this many octets, in upper-case hex; "" if it isn't one of that length.

    >>> hex_of("0080008000", 5), hex_of("4111111111111111", 5)
    ('0080008000', '')
    """
    return text.upper() if len(text) == 2 * octets and _HEX.fullmatch(text) else ""


def _digits(text: str) -> str:
    return "".join(_DIGIT.findall(text))


def _holds_number(digits: str) -> bool:
    windows = (
        digits[start : start + length]
        for length in range(SHORTEST, LONGEST + 1)
        for start in range(len(digits) - length + 1)
    )
    return any(window[0] in _CARDS_BEGIN and _luhn(window) for window in windows)


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(digits)))
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def _mask(run: str) -> str:
    hidden = len(_digits(run)) - KEPT
    return _DIGIT.sub("*", run, count=hidden)

"""How a code is written down, so that what is printed, imported and scanned meet. Pure."""

from __future__ import annotations

CODE_LIMIT = 80
"""Characters of a code; a longer scan is no product."""

_GTIN_LENGTHS = (8, 12, 13, 14)
_ZERO = ord("0")


def check_digit(digits: str) -> int:
    """The check digit that belongs behind `digits`, which are ASCII (GS1 General Specifications, 7.9.1)."""
    codes = digits.encode()
    threes, ones = codes[::-2], codes[-2::-2]
    return -(3 * (sum(threes) - len(threes) * _ZERO) + sum(ones) - len(ones) * _ZERO) % 10


def is_gtin(code: str) -> bool:
    """Whether `code`, with zeros in front to 14 digits, is a GTIN with a right check digit."""
    return code.isascii() and code.isdigit() and len(code) <= 14 and check_digit(code[:-1]) == int(code[-1])


def normal(code: str) -> str:
    """The form in which codes are kept and looked up.

    Digits that are a GTIN become 14 digits: EAN-8, UPC-A, EAN-13 and one that lost its
    leading zeros in a spreadsheet are the same product. Anything else stays as it is.
    """
    code = code.strip()
    return code.zfill(14) if is_gtin(code) else code


def wrong(code: str) -> str | None:
    """What is wrong with a code that someone wants to give a product, or None."""
    code = code.strip()
    if not code:
        return "empty"
    if len(code) > CODE_LIMIT or not code.isprintable():
        return "not a code"
    if code.isascii() and code.isdigit() and len(code) in _GTIN_LENGTHS and not is_gtin(code):
        return f"wrong check digit: it should end in {check_digit(code[:-1])}"
    return None


def in_store(number: int) -> str:
    """An EAN-13 for use inside one shop (prefix 20, GS1 General Specifications 1.4.5); `number` < 10 billion."""
    digits = f"20{number:010d}"
    return digits + str(check_digit(digits))

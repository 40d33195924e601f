"""Valid product codes. Pure; GTIN arithmetic is in `edge.lib.codes.gtin`."""

from __future__ import annotations

from edge.lib.codes.gtin import check_digit, is_gtin, normal

__all__ = ["CODE_LIMIT", "check_digit", "in_store", "is_gtin", "normal", "normalize_new_code", "wrong"]

CODE_LIMIT = 80
"""Maximum length of a code; a longer scan isn't a product."""

_GTIN_LENGTHS = (8, 12, 13, 14)


def wrong(code: str) -> str | None:
    """Describe the fault of a new product code; None if it is valid."""
    code = code.strip()
    if not code:
        return "empty"
    if len(code) > CODE_LIMIT or not code.isprintable():
        return "not a code"
    if code.isascii() and code.isdigit() and len(code) in _GTIN_LENGTHS and not is_gtin(code):
        return f"wrong check digit: it should end in {check_digit(code[:-1])}"
    return None


def normalize_new_code(code: str) -> tuple[str, str | None]:
    """Normalise a new product code; return it with its fault, if any."""
    code = code.strip()
    return (code.zfill(14), None) if is_gtin(code) else (code, wrong(code))


def in_store(number: int) -> str:
    """EAN-13 for in-store use (prefix 20, GS1 General Specifications 1.4.5); `number` < 10 billion."""
    digits = f"20{number:010d}"
    return digits + str(check_digit(digits))

"""GTINs and check digits. Pure."""

from __future__ import annotations

_ZERO = ord("0")

GTIN_LENGTHS = (13, 12, 8, 14)
_GLUED_LIMIT = 4
"""Maximum codes to search for in one run of digits."""

# Weighted value of each price digit: weights "2-", "3", "5+" and "5-" of the GS1 General Specifications, 7.9.2
_TWO, _THREE, _FIVE_UP, _FIVE = "0246891357", "0369258147", "0516273849", "0594837261"
_PRICE = {4: (_TWO, _TWO, _THREE, _FIVE), 5: (_FIVE_UP, _TWO, _FIVE, _FIVE_UP, _TWO)}


def check_digit(digits: str) -> int:
    """Check digit for ASCII `digits` (GS1 General Specifications, 7.9.1)."""
    codes = digits.encode()
    threes, ones = codes[::-2], codes[-2::-2]
    return -(3 * (sum(threes) - len(threes) * _ZERO) + sum(ones) - len(ones) * _ZERO) % 10


def is_checked(digits: str) -> bool:
    """Whether the last digit is the correct check digit: the weighted sum is then a multiple of ten.

    >>> is_checked("7290112233448"), is_checked("7290112233449")
    (True, False)
    """
    codes = digits.encode()
    ones, threes = codes[::-2], codes[-2::-2]
    return not (sum(ones) - len(ones) * _ZERO + 3 * (sum(threes) - len(threes) * _ZERO)) % 10


def is_gtin(code: str) -> bool:
    """Whether `code`, zero-padded to 14 digits, is a valid GTIN."""
    return code.isascii() and code.isdigit() and len(code) <= 14 and is_checked(code)


def normal(code: str) -> str:
    """Return the canonical form for storage and lookup.

    GTINs become 14 digits, so that EAN-8, UPC-A, EAN-13 and codes whose leading zeros a spreadsheet removed are the
    same product. Any other code is unchanged.
    """
    code = code.strip()
    return code if len(code) == 14 or not is_gtin(code) else code.zfill(14)


def as_printed(code: str) -> str:
    """Printed form of a code: the 13 or 8 digits that people read.

    >>> as_printed("07290112233448"), as_printed("00000096385074"), as_printed("17290112233445"), as_printed("A-1")
    ('7290112233448', '96385074', '17290112233445', 'A-1')
    """
    if len(code) != 14 or not code.startswith("0") or not is_gtin(code):
        return code
    return code[6:] if code.startswith("000000") else code[1:]


def price_check_digit(digits: str) -> int:
    """Check digit of an embedded price or weight with 4 or 5 digits (GS1 General Specifications, 7.9.3, 7.9.4).

    >>> price_check_digit("2875"), price_check_digit("14685")
    (9, 6)
    """
    total = sum(int(weights[int(digit)]) for weights, digit in zip(_PRICE[len(digits)], digits, strict=True))
    return total * 3 % 10 if len(digits) == 4 else _FIVE.index(str(-total % 10))


def expand_upce(digits: str) -> str | None:
    """Expand a UPC-E with 8 digits, or 6 (number system 0), to 12 digits; None if invalid.

    The check digit is that of the 8 digits; see `is_checked` (GS1 General Specifications, 5.2.2.4.2).
    """
    if len(digits) == 6:
        digits = f"0{digits}"
    if len(digits) not in (7, 8) or digits[0] not in "01":
        return None
    system, body, last = digits[0], digits[1:6], digits[6]
    if last in "012":
        expanded = f"{system}{body[:2]}{last}0000{body[2:]}"
    elif last == "3":
        expanded = f"{system}{body[:3]}00000{body[3:]}"
    elif last == "4":
        expanded = f"{system}{body[:4]}00000{body[4]}"
    else:
        expanded = f"{system}{body}0000{last}"
    return expanded + (digits[7] if len(digits) == 8 else str(check_digit(expanded)))


def second_of(digits: str, left: int = _GLUED_LIMIT) -> int | None:
    """Return the start of the second GTIN if several were read as one, otherwise None."""
    for length in GTIN_LENGTHS if left > 1 else ():
        rest = digits[length:]
        whole = len(rest) in GTIN_LENGTHS and is_checked(rest)
        if rest and is_checked(digits[:length]) and (whole or second_of(rest, left - 1)):
            return length
    return None

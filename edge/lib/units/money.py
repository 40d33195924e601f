"""Amounts of money: integers in minor units, with their currency (ISO 4217)."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from edge.lib.units.quantity import THOUSANDTHS

EXPONENTS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV"), 0),
    **dict.fromkeys(("XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
"""Decimal digits of the minor unit for currencies that don't have two (ISO 4217, table A.1)."""

LIMIT_MINOR = 10**12
"""Largest price or total. A larger amount was mistyped."""

RATE_ONE = 1_000_000
"""Exchange rates are in millionths of our minor unit per foreign minor unit."""


def exponent(currency: str) -> int:
    """Decimals of a currency: 2 for EUR, 0 for JPY."""
    return EXPONENTS.get(currency, 2)


def divide_half_up(numerator: int, denominator: int) -> int:
    """Quotient rounded to the nearest integer, halves away from zero (as tax offices do).

    >>> divide_half_up(5, 2), divide_half_up(-5, 2), divide_half_up(4, 3)
    (3, -3, 1)
    """
    if numerator >= 0 and denominator > 0:
        return (2 * numerator + denominator) // (2 * denominator)
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    numerator, denominator = abs(numerator), abs(denominator)
    return sign * ((2 * numerator + denominator) // (2 * denominator))


def amount_minor(price_minor: int, quantity: int) -> int:
    """Unit price times a quantity in thousandths."""
    if quantity % THOUSANDTHS == 0:
        return price_minor * (quantity // THOUSANDTHS)
    return divide_half_up(price_minor * quantity, THOUSANDTHS)


def parse_minor(text: str, currency: str) -> int:
    """Parse an amount ("12.50") to minor units. Raises `ValueError`."""
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError(f"{text[:40]!r} isn't an amount of money") from None
    scaled = value.scaleb(exponent(currency)) if value.is_finite() else value
    if not scaled.is_finite() or scaled != scaled.to_integral_value():
        raise ValueError(f"{text[:40]!r} has too many decimals for {currency}")
    if abs(scaled) > LIMIT_MINOR:
        raise ValueError(f"{text[:40]!r} is too high for a price")
    return int(scaled)


def show_minor(minor: int, currency: str) -> str:
    """Format minor units as plain digits: 1250 EUR is "12.50"."""
    digits = exponent(currency)
    if digits == 0:
        return str(minor)
    text = str(abs(minor)).zfill(digits + 1)
    return f"{'-' if minor < 0 else ''}{text[:-digits]}.{text[-digits:]}"


def worth_of_one(rate: int, foreign_digits: int, our_digits: int) -> Decimal:
    """Value of one foreign unit in ours, with every typed digit.

    >>> worth_of_one(610_000, 0, 2)
    Decimal('0.0061')
    """
    return (Decimal(rate) / RATE_ONE).scaleb(foreign_digits - our_digits)


class Coins(NamedTuple):
    """Cash rounding to multiples of `step_minor`, the smallest coin. Halves round up, or down with `halves_down`."""

    step_minor: int = 1
    halves_down: bool = False

    def nearest(self, minor: int) -> int:
        """Return the amount payable in cash; rounded in the same way for refunds.

        >>> Coins(10).nearest(125), Coins(10, halves_down=True).nearest(125), Coins(10, halves_down=True).nearest(-125)
        (130, 120, -120)
        """
        step = self.step_minor
        if step <= 1:
            return minor
        if self.halves_down and 2 * (abs(minor) % step) == step:
            return minor - abs(minor) % step if minor > 0 else minor + abs(minor) % step
        return divide_half_up(minor, step) * step

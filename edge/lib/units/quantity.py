"""Quantities: integer thousandths of a product's unit."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Literal

Unit = Literal["piece", "kg", "litre", "metre", "service"]
"""Units in which products are sold. A service, such as a delivery, has no stock."""
SERVICE: Unit = "service"
WHOLE = frozenset(("piece", SERVICE))
"""Units that can't be divided."""
THOUSANDTHS = 1000
ONE = THOUSANDTHS
LIMIT = 10_000_000 * THOUSANDTHS
"""Largest quantity. A larger one was mistyped or scanned into the wrong field."""


def parse_quantity(text: str) -> int:
    """Parse a quantity ("1.25") to thousandths. Raises `ValueError`."""
    try:
        value = Decimal(text.strip()) * THOUSANDTHS
    except InvalidOperation:
        raise ValueError(f"{text[:40]!r} isn't a quantity") from None
    if not value.is_finite() or value != value.to_integral_value():
        raise ValueError(f"{text[:40]!r} has more than three decimals")
    if abs(value) > LIMIT:
        raise ValueError(f"{text[:40]!r} is too large for a quantity")
    return int(value)


def show_quantity(quantity: int) -> str:
    """Format thousandths: 1500 is "1.5", 2000 is "2"."""
    whole, part = divmod(abs(quantity), THOUSANDTHS)
    text = f"{whole}.{part:03d}".rstrip("0").rstrip(".") if part else str(whole)
    return f"-{text}" if quantity < 0 else text

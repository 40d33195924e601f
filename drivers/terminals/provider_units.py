"""Amounts as providers' APIs count them, where that isn't in the minor units of ISO 4217.

Sources: docs.stripe.com/currencies ("Zero-decimal currencies", "Special cases"), and docs.adyen.com, "Currency codes
and minor units" (the currencies that differ from ISO 4217). Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

ApiProvider = Literal["stripe", "adyen"]
_MORE_DIGITS: Mapping[ApiProvider, Mapping[str, int]] = {
    "stripe": {"ISK": 2, "UGX": 2, "MGA": -2},
    "adyen": {"CLP": 2, "ISK": 2, "CVE": -2, "IDR": -2},
}
"""Decimals that a provider uses beyond those of ISO 4217."""


class NoSuchAmount(ValueError):
    """An amount that can't be expressed in the provider's units, or in ours."""


def to_provider(provider: ApiProvider, minor: int, currency: str) -> int:
    """Convert minor units to the provider's. Raises `NoSuchAmount`.

    >>> to_provider("stripe", 500, "ISK"), to_provider("stripe", 500, "EUR")
    (50000, 500)
    """
    return _scale(minor, _MORE_DIGITS[provider].get(currency.upper(), 0))


def from_provider(provider: ApiProvider, amount: int, currency: str) -> int:
    """Convert an amount of the provider's to minor units. Raises `NoSuchAmount`.

    >>> from_provider("adyen", 50_000, "ISK"), from_provider("adyen", 1_500, "IDR")
    (500, 150000)
    """
    return _scale(amount, -_MORE_DIGITS[provider].get(currency.upper(), 0))


def _scale(amount: int, digits: int) -> int:
    scale: int = 10 ** abs(digits)
    if digits >= 0:
        return amount * scale
    whole, rest = divmod(amount, scale)
    if rest:
        raise NoSuchAmount(f"{amount} isn't a whole number of units")
    return whole

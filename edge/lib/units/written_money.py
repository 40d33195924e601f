"""Amounts with currency signs, localised. Receipts, limited to the printer's characters, use currency codes
(`show_minor`)."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from edge.lib.i18n import direction, number
from edge.lib.units.money import exponent, show_minor

SUMS_CACHED = 4096
"""Number of amounts to cache, because the same prices appear on many pages."""


@lru_cache(SUMS_CACHED)
def written_money(minor: int, currency: str, language: str, home: str = "", country: str = "") -> str:
    """Format minor units with their currency sign ("": none), in a store with the currency `home` ("": the same) and a
    country in ISO 3166 ("": the currency's).

    >>> [written_money(123_450, "ILS", one) for one in ("en", "fr")], written_money(500, "CAD", "en", "CAD")
    (['₪1,234.50', '1\\u202f234,50\\xa0₪'], '$5.00')
    """
    from babel.numbers import format_currency, get_currency_symbol

    if not currency:
        return number(show_minor(minor, currency), language)
    value = Decimal(minor).scaleb(-exponent(currency))
    # Without quantization, so that Babel never drops decimals that we use.
    text = format_currency(value, currency, locale=language, decimal_quantization=False)
    sign = _sign(currency, home or currency, country, language)
    text = text.replace(get_currency_symbol(currency, language), sign)
    # In right-to-left text a minus needs this mark to stay in front of its number (as in CLDR).
    return text.replace("-", "\u200e-") if minor < 0 and direction(language) == "rtl" else text


def _sign(currency: str, home: str, country: str, language: str) -> str:
    """Return a currency's sign as written in the store's country: "$" only for its own dollar."""
    from babel.localedata import exists
    from babel.numbers import get_currency_symbol

    there = f"en_{country or home[:2]}"  # a currency code begins with its country's (ISO 4217), unless several share it
    at_home = get_currency_symbol(home, there if exists(there) else language)
    if currency == home:
        return at_home
    sign = get_currency_symbol(currency, language)
    return sign if sign != at_home else get_currency_symbol(currency, "en_001")

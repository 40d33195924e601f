"""Attributes from element strings: weight, price, date. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from edge.lib.units.money import divide_half_up

_POUND = (45_359_237, 10**5)
"""Grams, as a fraction."""
_LAST_DAYS = ("17", "7003", "16")
"""Use by or expiry, expiry with a time, and sell by. A best-before date (15) doesn't prevent a sale."""

_MADE_DAYS = ("11", "13")


def measures(values: dict[str, str], money_digits: int) -> tuple[int | None, int | None]:
    """Return net weight in grams and price in minor units from element strings (310n, 320n; 392n)."""
    weight_g = price_minor = None
    for ai, value in values.items():
        if len(ai) != 4:
            continue
        begins, scale = ai[:3], 10 ** int(ai[3])
        if begins == "310":
            weight_g = divide_half_up(int(value) * 1000, scale)
        elif begins == "320":
            weight_g = divide_half_up(int(value) * _POUND[0], _POUND[1] * scale)
        elif begins == "392":
            price_minor = divide_half_up(int(value) * 10**money_digits, scale)
    return weight_g, price_minor


def last_day(values: dict[str, str], year: int) -> date | None:
    """Last day of sale from element strings."""
    digits = next((values[ai] for ai in _LAST_DAYS if ai in values), None)
    return _day(digits, year) if digits else None


def made_day(values: dict[str, str], year: int) -> date | None:
    """Return the production or packaging date (11, 13) from element strings, whichever is later."""
    return max((_day(values[ai], year) for ai in _MADE_DAYS if ai in values), default=None)


def _day(digits: str, year: int) -> date:
    """Return the date for YYMMDD, in the nearest century (7.12). Day 00 is the last of the month (7.9.6)."""
    short = int(digits[:2])
    ahead = short - year % 100
    century = year // 100 - (ahead >= 51) + (ahead <= -50)
    month, day = int(digits[2:4]), int(digits[4:6])
    if day:
        return date(century * 100 + short, month, day)
    after = date(century * 100 + short + month // 12, month % 12 + 1, 1)
    return after - timedelta(days=1)

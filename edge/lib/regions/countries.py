"""The country that a time zone is in, and the day that a week begins with there."""

from __future__ import annotations

from functools import lru_cache

from babel.core import Locale, UnknownLocaleError, get_global

COUNTRIES_CACHED = 8


def country_of(zone: str) -> str:
    """The country (ISO 3166) that a time zone is in, as CLDR says; empty where it is in none."""
    known = get_global("zone_aliases").get(zone, zone)
    return str(get_global("zone_territories").get(known, ""))


@lru_cache(COUNTRIES_CACHED)
def first_weekday(country: str) -> int:
    """The day that a week begins with in a country, as CLDR says: 1 is Monday, 7 Sunday. Monday where it says nothing.

    >>> [first_weekday(one) for one in ("IL", "FR", "US", "ZZ", "")]
    [7, 1, 7, 1, 1]
    """
    try:
        found = Locale.parse(f"und_{country}")
    except (UnknownLocaleError, ValueError):
        return 1
    return found.first_week_day + 1 if found.territory == country else 1


def first_weekday_at(zone: str) -> int:
    """The day that a week begins with in the country of a time zone.

    >>> first_weekday_at("Asia/Jerusalem"), first_weekday_at("Europe/Paris")
    (7, 1)
    """
    return first_weekday(country_of(zone))

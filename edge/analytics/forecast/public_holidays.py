"""Feasts and their eves, which are the days on which a shop sells most: by country, from the library `holidays`.

That has no eves: the day before a feast is one, also before the first evening of a Hebrew one.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

Kind = Literal["feast", "eve"]


def country_of(zone: str) -> str:
    """The country (ISO 3166) that a time zone is in, as CLDR says; "" where it is in none."""
    from babel.core import get_global

    known = get_global("zone_aliases").get(zone, zone)
    return str(get_global("zone_territories").get(known, ""))


def feasts(country: str, first: date, last: date) -> dict[date, tuple[Kind, str]]:
    """Feasts and eves between two days, with their names; none where the country is not known."""
    if not country:
        return {}
    import holidays

    try:
        found = holidays.country_holidays(country, years=range(first.year, last.year + 2))
    except NotImplementedError:
        return {}
    days: dict[date, tuple[Kind, str]] = {day: ("feast", name) for day, name in sorted(found.items())}
    for day, (_, name) in sorted(days.items()):
        before = day - timedelta(days=1)
        if before not in days:
            days[before] = ("eve", name)
    return {day: said for day, said in sorted(days.items()) if first <= day <= last}

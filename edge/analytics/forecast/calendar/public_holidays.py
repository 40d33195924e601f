"""Public holidays and their eves, usually the busiest days: by country, from the library `holidays`.

The library has no eves, so the day before a holiday counts as one; Jewish holidays begin on the evening before.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

Kind = Literal["feast", "eve"]


def country_of(zone: str) -> str:
    """The country (ISO 3166) of a time zone, by CLDR; "" if none."""
    from babel.core import get_global

    known = get_global("zone_aliases").get(zone, zone)
    return str(get_global("zone_territories").get(known, ""))


def feasts(country: str, first: date, last: date) -> dict[date, tuple[Kind, str]]:
    """Holidays and eves between two days, by date, each with its kind and name; empty for an unknown country."""
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

"""Public holidays, as proposals for days that are otherwise: of the country and, where it has them, the province."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from edge.shop.orders.hours import StoreHours

AHEAD_DAYS = 366
SOON_DAYS = 30
"""A holiday within so many days about which nothing was said is told."""


class Holiday(msgspec.Struct, frozen=True):
    """A day that is a public holiday, and what it is called there."""

    date: str
    name: str


def undecided(hours: StoreHours, country: str, province: str, today: date, days: int = AHEAD_DAYS) -> list[Holiday]:
    """The public holidays of the coming days about which the hours say nothing; none where the country is not known."""
    last = today + timedelta(days)
    said = {one.date for one in hours.exceptions}
    found = sorted(_holidays(country, province, today.year, last.year).items())
    ahead = (Holiday(day.isoformat(), name) for day, name in found if today <= day <= last)
    return [one for one in ahead if one.date not in said]


def _holidays(country: str, province: str, first_year: int, last_year: int) -> dict[date, str]:
    if not country:
        return {}
    import holidays  # what a start does not wait for

    try:
        found = holidays.country_holidays(country, subdiv=province or None, years=range(first_year, last_year + 1))
    except NotImplementedError:  # a country, or a part of it, that the library does not know
        return {}
    return dict(found.items())

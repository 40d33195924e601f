"""Public holidays, as proposals for days that are otherwise: of the country and, where it has them, the province."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from edge.lib.i18n import ENGLISH
from edge.shop.orders.hours import StoreHours

AHEAD_DAYS = 366
SOON_DAYS = 30
"""A holiday within so many days about which nothing was said is told."""


class Holiday(msgspec.Struct, frozen=True):
    """A day that is a public holiday, and what it is called there."""

    date: str
    name: str


def undecided(
    hours: StoreHours, country: str, province: str, today: date, days: int = AHEAD_DAYS, language: str = ENGLISH
) -> list[Holiday]:
    """The public holidays of the coming days about which the hours say nothing; none where the country is not known.
    They are called as in `language`, or as in the country where nobody wrote that down."""
    last = today + timedelta(days)
    said = {one.date for one in hours.exceptions}
    found = sorted(_holidays(country, province, today.year, last.year, language).items())
    ahead = (Holiday(day.isoformat(), name) for day, name in found if today <= day <= last)
    return [one for one in ahead if one.date not in said]


def _holidays(country: str, province: str, first_year: int, last_year: int, language: str) -> dict[date, str]:
    if not country:
        return {}
    import holidays  # what a start does not wait for

    years = range(first_year, last_year + 1)
    try:
        known = holidays.country_holidays(country, subdiv=province or None)
    except NotImplementedError:  # a country, or a part of it, that the library does not know
        return {}
    # said, as otherwise they are called as the machine's own language has them
    ways = (f"{language}_{country}", language, f"{language}_US", known.default_language)
    said = next((one for one in ways if one in known.supported_languages), None)
    return dict(holidays.country_holidays(country, subdiv=province or None, years=years, language=said).items())

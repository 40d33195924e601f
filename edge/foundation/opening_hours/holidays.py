"""Public holidays of the country or province, proposed as exceptions."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from edge.foundation.opening_hours.rules import StoreHours
from edge.lib.i18n import ENGLISH
from edge.lib.regions.public_holidays import named_holidays

AHEAD_DAYS = 366
SOON_DAYS = 30
"""Days in advance that an undecided holiday is reported."""


class Holiday(msgspec.Struct, frozen=True):
    """A public holiday and its local name."""

    date: str
    name: str


def undecided_holidays(
    hours: StoreHours, country: str, province: str, today: date, days: int = AHEAD_DAYS, language: str = ENGLISH
) -> list[Holiday]:
    """Return upcoming public holidays without an entry in the opening hours; empty for an unknown country. Named in
    `language`, otherwise in the country's language."""
    last = today + timedelta(days)
    said = {one.date for one in hours.exceptions}
    years = range(today.year, last.year + 1)
    found = sorted(named_holidays(country, province, years, language).items())
    ahead = (Holiday(day.isoformat(), name) for day, name in found if today <= day <= last)
    return [one for one in ahead if one.date not in said]

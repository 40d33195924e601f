"""Country of a time zone, its first day of the week and its weekend. Doesn't load CLDR, in which a country and its
language take 4 MB of memory."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

_BEGINS_ON = {
    5: "MV",
    6: "AF BH DJ DZ EG IQ IR JO KW LY OM QA SD SY",
    7: "AG AO AS BD BR BS BT BW BZ CA CO CV DM DO ET GT GU GW HK HN ID IL IN JM JP KE KH KR LA MH MM MO MT MX MZ NI NP "
    "PA PE PH PK PR PT PY SA SG ST SV TH TL TT TW UM US VE VI WS YE ZA ZW",
}
"""Countries whose weeks don't begin on Monday, from CLDR; a test compares them."""
_FIRST_WEEKDAYS = {country: day for day, countries in _BEGINS_ON.items() for country in countries.split()}

_WEEKENDS = {"AF": (3, 4), "IN": (6,), "IR": (4,), "UG": (6,)} | dict.fromkeys(
    ["BH", "DZ", "EG", "IL", "IQ", "JO", "KW", "LY", "OM", "QA", "SA", "SD", "SY", "YE"], (4, 5)
)
"""Weekends other than Saturday and Sunday (0 is Monday), from CLDR; a test compares them."""


def country_of(zone: str) -> str:
    """Return the country (ISO 3166) of a time zone, ZZ if it belongs to none; "" for an unknown zone.

    >>> [country_of(one) for one in ("Europe/Paris", "Israel", "UTC", "Nowhere/Here")]
    ['FR', 'IL', 'ZZ', '']
    """
    known = _countries()
    return known[zone] if zone in known else _country_by_alias(zone)


@cache
def _countries() -> dict[str, str]:
    """Return the country of each zone, from zone.tab of the time zone database, and that for a store without one."""
    lines = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return {"UTC": "ZZ"} | {name: country for country, _, name, *_ in rows}


def _country_by_alias(zone: str) -> str:
    from babel.core import get_global  # 2 MB, needed only for zones that were renamed

    known = get_global("zone_aliases").get(zone, zone)
    return str(get_global("zone_territories").get(known, ""))


def first_weekday(country: str) -> int:
    """Return the first day of the week in a country: 1 is Monday, 7 Sunday; Monday if unknown.

    >>> [first_weekday(one) for one in ("IL", "FR", "US", "ZZ", "")]
    [7, 1, 7, 1, 1]
    """
    return _FIRST_WEEKDAYS.get(country, 1)


def weekend(country: str) -> tuple[int, ...]:
    """Return the days of the weekend in a country: 0 is Monday; Saturday and Sunday if unknown.

    >>> [weekend(one) for one in ("IL", "FR", "")]
    [(4, 5), (5, 6), (5, 6)]
    """
    return _WEEKENDS.get(country, (5, 6))


def first_weekday_at(zone: str) -> int:
    """First day of the week in a time zone's country.

    >>> first_weekday_at("Asia/Jerusalem"), first_weekday_at("Europe/Paris")
    (7, 1)
    """
    return first_weekday(country_of(zone))

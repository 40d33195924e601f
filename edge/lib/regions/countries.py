"""The country that a time zone is in."""

from __future__ import annotations

from babel.core import get_global


def country_of(zone: str) -> str:
    """The country (ISO 3166) that a time zone is in, as CLDR says; empty where it is in none."""
    known = get_global("zone_aliases").get(zone, zone)
    return str(get_global("zone_territories").get(known, ""))

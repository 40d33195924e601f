"""Public holidays of a country or province, from the library `holidays`. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache

from edge.lib.i18n import ENGLISH


def named_holidays(country: str, province: str, years: Iterable[int], language: str) -> dict[date, str]:
    """Return the holidays of some years, named in `language` or, if it has no names, in the country's language. Empty
    for an unknown country (ISO 3166). The first call takes a tenth of a second to load the library."""
    if not country:
        return {}
    import holidays  # slow to import, so not at start

    try:
        known = holidays.country_holidays(country, subdiv=province or None)
    except NotImplementedError:  # a country or subdivision that the library doesn't know
        return {}
    # always set, because the library defaults to the machine's language
    named = (f"{one}{of}" for one in (language, ENGLISH) for of in (f"_{country}", "", "_US"))
    ways = (*named, known.default_language)
    said = next((one for one in ways if one in known.supported_languages), None)
    return dict(holidays.country_holidays(country, subdiv=province or None, years=years, language=said).items())


@cache
def holidays_of(country: str, province: str, year: int) -> frozenset[date]:
    """Public holidays of a year."""
    return frozenset(named_holidays(country, province, (year,), ENGLISH))

"""`weather-days`: {"weather": [{"day": "2026-12-04", "high_tenths": 181, "low_tenths": 92, "rain_tenths": 35}]}: past
and forecast weather, fetched by head office (`edge hub weather`)."""

from __future__ import annotations

import msgspec

from edge.analytics.forecast.commands import SetWeather, WeatherDay
from edge.backoffice.directives.kinds.kind import Applied, Kind, attempt
from edge.core.registry import Transaction


class Weather(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a `weather-days` directive."""

    weather: tuple[WeatherDay, ...]


def _apply(tx: Transaction, _number: int, days: tuple[WeatherDay, ...]) -> Applied:
    return Applied(len(days)) if attempt(tx, SetWeather(days)) else Applied(0, tuple(one.day for one in days))


WEATHER = Kind("weather-days", Weather, _apply)

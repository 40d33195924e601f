"""Request and response of Open-Meteo's `/v1/forecast` (open-meteo.com/en/docs, `daily`), for past and future days
together. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

from edge.analytics.forecast.commands import WeatherDay
from edge.lib.errors import NeedsHuman

ANSWER_BYTES = 256 * 1024
PAST_DAYS, AHEAD_DAYS = 92, 16
CACHE_S = 6 * 3600
"""Maximum age in seconds of a response that isn't requested again."""
LIKELY_TENTHS = range(-800, 650)


class Daily(msgspec.Struct, frozen=True):
    """Open-Meteo's `daily`: lists of equal length, null if unknown."""

    time: list[date]
    temperature_2m_max: list[float | None]
    temperature_2m_min: list[float | None]
    precipitation_sum: list[float | None]


class WeatherAnswer(msgspec.Struct, frozen=True):
    """The part of the response that is used."""

    daily: Daily


def days_of(body: bytes) -> tuple[WeatherDay, ...]:
    """The days of a response, without incomplete or implausible ones. Raises `NeedsHuman` if it's invalid."""
    try:
        daily = msgspec.json.decode(body, type=WeatherAnswer).daily
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NeedsHuman(f"The weather server sent an unexpected response: {error}.", "Check its address.") from error
    found = []
    columns = (daily.temperature_2m_max, daily.temperature_2m_min, daily.precipitation_sum)
    for day, high, low, rain in zip(daily.time, *columns, strict=False):
        if high is None or low is None:
            continue
        tenths = (round(10 * high), round(10 * low))
        if all(value in LIKELY_TENTHS for value in tenths) and 0 <= (rain or 0) <= 2_000:
            found.append(WeatherDay(day.isoformat(), *tenths, round(10 * (rain or 0))))
    return tuple(found)


def question_of(latitude: float, longitude: float, key: str = "") -> Mapping[str, str]:
    """The query for a place, with days in its local time."""
    return {
        "latitude": f"{latitude:.3f}",
        "longitude": f"{longitude:.3f}",
        "daily": ",".join(Daily.__struct_fields__[1:]),
        "past_days": str(PAST_DAYS),
        "forecast_days": str(AHEAD_DAYS),
        "timezone": "auto",
        **({"apikey": key} if key else {}),
    }

"""What a server of the shape of Open-Meteo's `/v1/forecast` is asked, and what it answers (open-meteo.com/en/docs,
`daily`): the days that were and those that come at once. Pure.
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
"""What was said so lately is not asked for again."""
LIKELY_TENTHS = range(-800, 650)


class Daily(msgspec.Struct, frozen=True):
    """Open-Meteo's `daily`: lists of one length, null where nothing is known."""

    time: list[date]
    temperature_2m_max: list[float | None]
    temperature_2m_min: list[float | None]
    precipitation_sum: list[float | None]


class WeatherAnswer(msgspec.Struct, frozen=True):
    """What of the answer is read."""

    daily: Daily


def days_of(body: bytes) -> tuple[WeatherDay, ...]:
    """The days of an answer. `NeedsHuman`: it is none; a day of which a number lacks or cannot be is left out."""
    try:
        daily = msgspec.json.decode(body, type=WeatherAnswer).daily
    except msgspec.DecodeError as error:
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
    """What of a place is asked, its days as its own clocks have them."""
    return {
        "latitude": f"{latitude:.3f}",
        "longitude": f"{longitude:.3f}",
        "daily": ",".join(Daily.__struct_fields__[1:]),
        "past_days": str(PAST_DAYS),
        "forecast_days": str(AHEAD_DAYS),
        "timezone": "auto",
        **({"apikey": key} if key else {}),
    }

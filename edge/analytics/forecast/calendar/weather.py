"""Weather as received, and the days it makes unusual. Pure except for the read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from edge.core.storage.database import Connection

WET_TENTHS = 50
"""Tenths of a millimetre of rain from which a day counts as wet."""
HOT_SHARE, COLD_SHARE = 0.92, 0.08
"""Quantiles of a place's days that count as hot and cold, equivalent to the hottest and coldest month of a year."""
LEAST_DAYS = 60
_DAYS = "SELECT day, high_tenths, low_tenths, rain_tenths FROM weather WHERE day BETWEEN ? AND ?"


class DayWeather(msgspec.Struct, frozen=True):
    """A day's weather: tenths of degrees Celsius and of millimetres."""

    high_tenths: int
    low_tenths: int
    rain_tenths: int

    @property
    def text(self) -> str:
        """Text that is readable in any language."""
        rain = f", {self.rain_tenths / 10:.0f} mm" if self.rain_tenths >= 10 else ""
        return f"{self.low_tenths / 10:.0f} – {self.high_tenths / 10:.0f} °C{rain}"


class WeatherAsked(msgspec.Struct, frozen=True):
    """The last request for weather, the last success (0: never), and the reason for a failure ("": none)."""

    asked_us: int = 0
    good_us: int = 0
    why: str = ""


def read_weather_request(db: Connection) -> WeatherAsked:
    """The state of weather requests."""
    row = db.execute("SELECT asked_us, good_us, why FROM weather_asked").fetchone()
    return WeatherAsked(*row) if row else WeatherAsked()


def read_weather(db: Connection, first: date, last: date) -> dict[str, DayWeather]:
    """The known weather of these days."""
    rows = db.execute(_DAYS, (first.isoformat(), last.isoformat()))
    return {day: DayWeather(*values) for day, *values in rows}


def weather_kinds(weather: Mapping[str, DayWeather], past: Sequence[date]) -> dict[str, set[str]]:
    """The wet, hot and cold days of `weather`; empty if the weather of too few past days is known."""
    highs = sorted(weather[day.isoformat()].high_tenths for day in past if day.isoformat() in weather)
    if len(highs) < LEAST_DAYS:
        return {}
    hot, cold = highs[int(len(highs) * HOT_SHARE)], highs[int(len(highs) * COLD_SHARE)]
    return {
        "wet": {day for day, one in weather.items() if one.rain_tenths >= WET_TENTHS},
        "hot": {day for day, one in weather.items() if one.high_tenths > hot},
        "cold": {day for day, one in weather.items() if one.high_tenths < cold},
    }

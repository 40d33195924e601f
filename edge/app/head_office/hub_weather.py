"""Fetches a store's weather with the chain's own key and publishes it as a directive.

Stores don't fetch it; they keep the last weather they received.
"""

from __future__ import annotations

from edge.analytics.forecast.calendar.weather_answer import ANSWER_BYTES, days_of, question_of
from edge.analytics.forecast.commands import WeatherDay
from edge.app.head_office.hub_fetch import fetch


async def fetch_weather(url: str, latitude: float, longitude: float, key: str = "") -> tuple[WeatherDay, ...]:
    """Weather of a location. Raises `NeedsHuman` if the server fails."""
    asked = question_of(latitude, longitude, key)
    return days_of(await fetch("The weather's server", url, ANSWER_BYTES, key, query=asked))

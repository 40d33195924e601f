"""Head office asks for the weather of a store's place, under the chain's own key, and hands it down as a directive.

Its stores ask nobody: what they were told last holds until they are told again.
"""

from __future__ import annotations

from edge.analytics.forecast.commands import WeatherDay
from edge.analytics.forecast.weather_answer import ANSWER_BYTES, days_of, question_of
from edge.app.hub_fetch import fetch


async def fetch_weather(url: str, latitude: float, longitude: float, key: str = "") -> tuple[WeatherDay, ...]:
    """The weather of a place. `NeedsHuman`: the server does not give it."""
    asked = question_of(latitude, longitude, key)
    return days_of(await fetch("The weather's server", url, ANSWER_BYTES, key, query=asked))

"""Forecast settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec

from edge.core.config_section import ConfigFault, ConfigFile, Section

WEATHER_URL = "https://api.open-meteo.com/v1/forecast"
WEATHER_SECRET = "weather"  # nosec B105: the name of one
"""Name of the secret with the weather service's key, if it needs one."""


class ForecastSection(Section, frozen=True, kw_only=True):
    """`[forecast]`: coordinates for which a shop without head office requests the weather; "": none.

    The server must be compatible with Open-Meteo; if it needs a key, the key is the secret `weather`.
    """

    weather_place: Annotated[
        str,
        msgspec.Meta(
            pattern=r"^(-?\d{1,2}(\.\d{1,6})?,\s?-?\d{1,3}(\.\d{1,6})?)?$(?!\n)",
            description="latitude,longitude, such as '32.08,34.78'",
        ),
    ] = ""
    weather_url: Annotated[str, msgspec.Meta(pattern=r"^https?://[^\s?#]+$(?!\n)", max_length=300)] = WEATHER_URL

    @property
    def place(self) -> tuple[float, float] | None:
        """Latitude and longitude; None if not set."""
        if not self.weather_place:
            return None
        latitude, longitude = (float(part) for part in self.weather_place.split(","))
        return latitude, longitude

    def faults(self) -> Iterator[ConfigFault]:
        """Yield faults that types can't express."""
        if self.place and (abs(self.place[0]) > 90 or abs(self.place[1]) > 180):
            at = ("forecast", "weather_place")
            what = f"{self.weather_place} isn't a valid location."
            yield ConfigFault(at, what, "Enter latitude,longitude, such as 32.08,34.78.")


SECTION = ("forecast", ForecastSection)
"""Section of config.toml."""


class ForecastSettings(msgspec.Struct, frozen=True):
    """`store`: the only store in this journal; `country` (ISO 3166, "": unknown): the country whose public holidays
    apply.
    """

    store: str
    zone: str = "UTC"
    country: str = ""
    currency: str = "EUR"


def settings_of(file: ConfigFile) -> ForecastSettings:
    """The settings in config.toml."""
    store = file.store
    return ForecastSettings(store.id, store.zone, store.country, store.currency)

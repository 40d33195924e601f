"""What the store's configuration says that forecasts need."""

from __future__ import annotations

import msgspec


class ForecastSettings(msgspec.Struct, frozen=True):
    """`store`: the only location that this journal knows; `country` (ISO 3166, "" unknown): whose feasts hold."""

    store: str
    zone: str = "UTC"
    country: str = ""
    currency: str = "EUR"

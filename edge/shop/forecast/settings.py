"""What the store's configuration says that forecasts need."""

from __future__ import annotations

import msgspec

from edge.core.config_section import ConfigFile


class ForecastSettings(msgspec.Struct, frozen=True):
    """`store`: the only location that this journal knows; `country` (ISO 3166, "" unknown): whose feasts hold."""

    store: str
    zone: str = "UTC"
    country: str = ""
    currency: str = "EUR"


def settings_of(file: ConfigFile) -> ForecastSettings:
    """As config.toml has them."""
    store = file.store
    return ForecastSettings(store.id, store.zone, store.country, store.currency)

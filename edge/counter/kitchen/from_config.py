"""Settings of kitchen tickets from config.toml."""

from __future__ import annotations

from edge.counter.kitchen.handlers import SlipSettings
from edge.counter.kitchen.rules import Route
from edge.runtime.config import Config


def slip_settings(config: Config) -> SlipSettings:
    """Routes, language and time zone of kitchen tickets."""
    routes = tuple(Route(entry.printer, entry.categories, entry.when) for entry in config.slips)
    return SlipSettings(routes, config.store.language, config.store.zone)

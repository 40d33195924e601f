"""What config.toml says of kitchen tickets."""

from __future__ import annotations

from edge.counter.kitchen.handlers import SlipSettings
from edge.counter.kitchen.rules import Route
from edge.runtime.config import Config


def slip_settings(config: Config) -> SlipSettings:
    """Which printers are told of which products."""
    routes = tuple(Route(entry.printer, entry.categories, entry.when) for entry in config.slips)
    return SlipSettings(routes, config.store.language, config.store.zone)

"""What config.toml says of kitchen tickets."""

from __future__ import annotations

from edge.config import Config
from edge.shop.kitchen.handlers import SlipSettings
from edge.shop.kitchen.rules import Route


def slip_settings(config: Config) -> SlipSettings:
    """Which printers are told of which products."""
    routes = tuple(Route(entry.printer, entry.categories, entry.when) for entry in config.slips)
    return SlipSettings(routes, config.store.language, config.store.zone)

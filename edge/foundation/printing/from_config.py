"""Label settings from config.toml."""

from __future__ import annotations

from edge.foundation.printing.label_handlers import LabelSettings
from edge.runtime.config import Config


def label_settings(config: Config) -> LabelSettings:
    """The store's label settings."""
    store = config.store
    return LabelSettings(store.currency, store.language, config.codes.rules(store.currency), config.labels.printer)

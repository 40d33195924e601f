"""What config.toml says of labels."""

from __future__ import annotations

from edge.foundation.printing.label_handlers import LabelSettings
from edge.runtime.config import Config


def label_settings(config: Config) -> LabelSettings:
    """What the store's labels are like."""
    store = config.store
    return LabelSettings(store.currency, store.language, config.codes.rules(store.currency), config.labels.printer)

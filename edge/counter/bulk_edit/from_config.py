"""What config.toml says of edits of many products."""

from __future__ import annotations

from edge.counter.bulk_edit.job import EditSettings
from edge.runtime.config import Config


def edit_settings(config: Config) -> EditSettings:
    """What an edit must know of the store."""
    return EditSettings(config.catalog.sources, config.store.currency, config.store.language, config.tax.ids)

"""Bulk edit settings from config.toml."""

from __future__ import annotations

from edge.counter.bulk_edit.job import EditSettings
from edge.runtime.config import Config


def edit_settings(config: Config) -> EditSettings:
    """The store data that an edit needs."""
    return EditSettings(config.catalog.sources, config.store.currency, config.store.language, config.tax.ids)

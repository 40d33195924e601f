"""Catalogue settings from config.toml."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.config_section import ConfigFault
from edge.goods.catalog.categories import presets as trees
from edge.goods.catalog.settings import CatalogSettings
from edge.runtime.config import Config, Sections


def catalog_settings(config: Config) -> CatalogSettings:
    """Source precedence and the store's tax classes."""
    return CatalogSettings(config.catalog.sources, config.tax.ids)


def faults(file: Sections) -> Iterator[ConfigFault]:
    """Unknown preset trees in the configuration."""
    for tree in file.catalog.trees:
        if tree not in trees.names():
            known = ", ".join(trees.names())
            yield ConfigFault(("catalog", "trees"), f"Category tree {tree!r} not found.", f"Available: {known}.")

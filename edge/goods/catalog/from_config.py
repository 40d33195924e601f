"""What config.toml says of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.config_section import ConfigFault
from edge.goods.catalog.categories import presets as trees
from edge.goods.catalog.settings import CatalogSettings
from edge.runtime.config import Config, Sections


def catalog_settings(config: Config) -> CatalogSettings:
    """Which source takes precedence, and the store's tax classes."""
    return CatalogSettings(config.catalog.sources, config.tax.ids)


def faults(file: Sections) -> Iterator[ConfigFault]:
    """Trees of categories that the file names and nobody has written."""
    for tree in file.catalog.trees:
        if tree not in trees.names():
            known = ", ".join(trees.names())
            yield ConfigFault(("catalog", "trees"), f"Category tree {tree!r} not found.", f"Available: {known}.")

"""Import settings from config.toml."""

from __future__ import annotations

from edge.goods.ingest.mapping.row_converter import ImportSettings
from edge.goods.ingest.settings import IngestSection
from edge.runtime.config import Config


def import_settings(config: Config) -> ImportSettings:
    """Defaults for imported files."""
    catalog = config.catalog
    return ImportSettings(
        currency=config.store.currency,
        language=catalog.language or config.store.language,
        tax_class=catalog.tax_class,
        tax_classes=config.tax.ids,
        price_jump_percent=catalog.price_jump_percent,
        data=str(config.folder),
        folders=tuple(str(config.file.parent / folder) for folder in config.of(IngestSection).folders),
        sources=catalog.sources,
        clean_names=catalog.clean_names,
        inclusive=config.tax.inclusive,
        tax_rates={one.id: sum(rate.rate for rate in one.rates) for one in config.tax.table().classes},
        zone=config.store.zone,
    )

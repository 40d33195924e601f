"""What a store decides about its feeds."""

from __future__ import annotations

import msgspec

from edge.shop.feeds.commands import IngestFile
from edge.shop.feeds.layout import layout_of
from edge.shop.feeds.record_cells import Terms
from edge.shop.ingest.mapping.row_converter import ImportSettings
from edge.shop.settings.queries import LiveSettings

KEPT_DAYS = 30
"""For so long staged records can be looked at."""


class FeedSettings(msgspec.Struct, frozen=True):
    """Where files may lie and what they mean without saying so (`files`), the shop's `zone`, and how far a price may be
    from the last one before it waits for a yes (0: none waits)."""

    files: ImportSettings
    zone: str
    price_jump_percent: int = 0

    def terms(self, wanted: IngestFile, now_us: int) -> Terms:
        """What a file means that is taken at a moment."""
        assert wanted.entity_type is not None, "the handler completed it"
        decimal = layout_of(wanted.mapping, wanted.entity_type).decimal
        return Terms(self.files.currency, self.files.language, self.zone, now_us, decimal)


def live(base: FeedSettings) -> LiveSettings[FeedSettings]:
    """Asked inside the transaction, or at the moment of use: a change holds at once."""
    return LiveSettings(base, "catalog.price_jump_percent")

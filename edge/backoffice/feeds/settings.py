"""Settings of feeds, and which of them can change at run time."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.backoffice.feeds.commands import RECORDS_MOST, IngestFile
from edge.backoffice.feeds.events import RUNS_KEPT_DAYS
from edge.backoffice.feeds.reading.layout import layout_of
from edge.backoffice.feeds.reading.record_cells import Terms
from edge.core.config_section import ConfigFile, Section
from edge.foundation.settings.definitions import Setting, SettingGroup
from edge.foundation.settings.queries import LiveSettings
from edge.goods.ingest.mapping.row_converter import ImportSettings

KEPT_DAYS = 30
"""How many days staged records can be viewed."""
OverlapMin = Annotated[int, msgspec.Meta(ge=0, le=60)]
AtOnce = Annotated[int, msgspec.Meta(ge=1, le=16)]
RunsKeptDays = Annotated[int, msgspec.Meta(ge=30, le=3_650)]
RivalApartS = Annotated[int, msgspec.Meta(ge=1, le=60)]
RecordsMost = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
SETTINGS = SettingGroup(
    60,
    (
        Setting("feeds.at_once", AtOnce),
        Setting("feeds.overlap_min", OverlapMin),
        Setting("feeds.rival_apart_s", RivalApartS),
        Setting("feeds.records_most", RecordsMost),
        Setting("feeds.runs_kept_days", RunsKeptDays),
    ),
)
"""Settings that can be changed while the shop is running."""
_NAMES = tuple(one.name for one in SETTINGS.settings)


class FeedBounds(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of feeds.

    `at_once` connectors run at the same time. Each fetches changes since its last run, with an overlap of `overlap_min`
    minutes, as clocks differ. A competitor's pages are fetched at least `rival_apart_s` seconds apart. A file or run
    has at most `records_most` records, and its result is kept for `runs_kept_days`.
    """

    overlap_min: int = 2
    at_once: int = 4
    rival_apart_s: int = 5
    records_most: int = RECORDS_MOST
    runs_kept_days: int = RUNS_KEPT_DAYS


USUAL = FeedBounds()


class FeedsSection(Section, frozen=True, kw_only=True):
    """`[feeds]`: see `FeedBounds`."""

    overlap_min: OverlapMin = USUAL.overlap_min
    at_once: AtOnce = USUAL.at_once
    rival_apart_s: RivalApartS = USUAL.rival_apart_s
    records_most: RecordsMost = USUAL.records_most
    runs_kept_days: RunsKeptDays = USUAL.runs_kept_days


SECTION = ("feeds", FeedsSection)
"""The section of config.toml."""


class FeedSettings(FeedBounds, frozen=True):
    """Settings of feeds: the allowed folders and file defaults (`files`), the shop's `zone`, and the price change that
    needs approval (percent; 0: none)."""

    files: ImportSettings
    zone: str
    price_jump_percent: int = 0

    def terms(self, wanted: IngestFile, now_us: int) -> Terms:
        """The defaults of a file imported at this time."""
        assert wanted.entity_type is not None, "the handler completed it"
        decimal = layout_of(wanted.mapping, wanted.entity_type).decimal
        return Terms(self.files.currency, self.files.language, self.zone, now_us, decimal)


def bounds_of(file: ConfigFile) -> FeedBounds:
    """The limits in config.toml."""
    return msgspec.convert(msgspec.to_builtins(file.of(FeedsSection)), FeedBounds)


def live_bounds(base: FeedBounds) -> LiveSettings[FeedBounds]:
    """Limits that can be changed at run time; changes apply at once."""
    return LiveSettings(base, *_NAMES)


def live(base: FeedSettings) -> LiveSettings[FeedSettings]:
    """Settings that can be changed at run time. They're read inside the transaction or on use, so changes apply at
    once."""
    return LiveSettings(base, "catalog.price_jump_percent", *_NAMES)

"""A store's review settings."""

from __future__ import annotations

import msgspec

from edge.core.config_section import ConfigFile, Section
from edge.foundation.settings.definitions import Setting, SettingGroup
from edge.foundation.settings.queries import LiveSettings
from edge.lib.regions.place import Jurisdiction

SETTINGS = SettingGroup(50, (Setting("reviews.buyers_only", bool),))
"""Settings that can change while the shop runs."""


class ReviewSettings(msgspec.Struct, frozen=True):
    """`buyers_only`: whether only buyers may review a product here. `place`: the store's location."""

    buyers_only: bool = False
    place: Jurisdiction = Jurisdiction()


def live(base: ReviewSettings) -> LiveSettings[ReviewSettings]:
    """The current settings: config.toml and changes made since."""
    return LiveSettings(base, "reviews.buyers_only")


class ReviewsSection(Section, frozen=True, kw_only=True):
    """Section `[reviews]` of config.toml: whether only buyers may review a product."""

    buyers_only: bool = False


SECTION = ("reviews", ReviewsSection)
"""The section of config.toml."""


def settings_of(file: ConfigFile) -> ReviewSettings:
    """Review settings from config.toml."""
    return ReviewSettings(file.of(ReviewsSection).buyers_only, Jurisdiction(file.store.country, file.store.province))

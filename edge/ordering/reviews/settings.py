"""What a store decides about reviews."""

from __future__ import annotations

import msgspec

from edge.core.config_section import ConfigFile, Section
from edge.foundation.settings.definitions import Setting, SettingGroup
from edge.foundation.settings.queries import LiveSettings
from edge.lib.regions.place import Jurisdiction

SETTINGS = SettingGroup(50, (Setting("reviews.buyers_only", bool),))
"""What may be changed while the shop runs."""


class ReviewSettings(msgspec.Struct, frozen=True):
    """`buyers_only`: whether only who bought a product here may say something of it. `place`: where the store is."""

    buyers_only: bool = False
    place: Jurisdiction = Jurisdiction()


def live(base: ReviewSettings) -> LiveSettings[ReviewSettings]:
    """As they are at any moment: config.toml, and what was said of them since."""
    return LiveSettings(base, "reviews.buyers_only")


class ReviewsSection(Section, frozen=True, kw_only=True):
    """`[reviews]`: whether only who bought a product may say something of it."""

    buyers_only: bool = False


SECTION = ("reviews", ReviewsSection)
"""Of config.toml."""


def settings_of(file: ConfigFile) -> ReviewSettings:
    """As config.toml has them."""
    return ReviewSettings(file.of(ReviewsSection).buyers_only, Jurisdiction(file.store.country, file.store.province))

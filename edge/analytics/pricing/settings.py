"""Settings of competitor price alerts, which can change at run time."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.config_section import ConfigFile, Section
from edge.foundation.settings.definitions import Setting, SettingGroup
from edge.foundation.settings.queries import LiveSettings

DearerPercent = Annotated[int, msgspec.Meta(ge=0, le=100)]
SETTINGS = SettingGroup(57, (Setting("pricing.dearer_percent", DearerPercent),))
"""Settings that can be changed while the shop is running."""


class PriceBounds(msgspec.Struct, frozen=True):
    """An alert is raised for prices more than `dearer_percent` above a competitor's."""

    dearer_percent: int = 5


class PricingSection(Section, frozen=True, kw_only=True):
    """`[pricing]`: see `PriceBounds`."""

    dearer_percent: DearerPercent = PriceBounds().dearer_percent


SECTION = ("pricing", PricingSection)
"""Section of config.toml."""


def live_bounds(file: ConfigFile) -> LiveSettings[PriceBounds]:
    """Live limits, read on use; changes apply at once."""
    return LiveSettings(PriceBounds(file.of(PricingSection).dearer_percent), "pricing.dearer_percent")

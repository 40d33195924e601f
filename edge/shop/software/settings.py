"""When a box may exchange its software."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.config_section import ConfigFile, Section
from edge.shop.settings.definitions import Setting, SettingGroup
from edge.shop.settings.queries import LiveSettings

_HOUR = r"([01]\d|2[0-3]):[0-5]\d"
Window = Annotated[str, msgspec.Meta(pattern=rf"^{_HOUR}-{_HOUR}$(?!\n)", examples=["03:00-05:00"])]
WINDOW = "03:00-05:00"
SETTINGS = SettingGroup(95, (Setting("software.window", Window, has_page=True),))
"""What may be changed while the shop runs."""


class SoftwareSettings(msgspec.Struct, frozen=True):
    """When the box may exchange its software, by the clock on the shop's wall."""

    window: str = WINDOW
    zone: str = "UTC"


class SoftwareSection(Section, frozen=True, kw_only=True):
    """`[software]`: between which hours of the night the box may exchange its software for a newer one."""

    window: Window = WINDOW


SECTION = ("software", SoftwareSection)
"""Of config.toml."""


def settings_of(file: ConfigFile) -> SoftwareSettings:
    """As config.toml has them."""
    return SoftwareSettings(file.of(SoftwareSection).window, file.store.zone)


def live(base: SoftwareSettings) -> LiveSettings[SoftwareSettings]:
    """As they are at any moment: config.toml, and what was said of the window since."""
    return LiveSettings(base, "software.window")

"""Settings of software updates: when a box may install."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.config_section import ConfigFile, Section
from edge.foundation.settings.definitions import Setting, SettingGroup
from edge.foundation.settings.queries import LiveSettings

_HOUR = r"([01]\d|2[0-3]):[0-5]\d"
Window = Annotated[str, msgspec.Meta(pattern=rf"^{_HOUR}-{_HOUR}$(?!\n)", examples=["03:00-05:00"])]
WINDOW = "03:00-05:00"
_DAY = r"(\d{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
BlockedDays = Annotated[
    str, msgspec.Meta(max_length=400, pattern=rf"^({_DAY}(, *{_DAY})*)?$(?!\n)", examples=["12-24, 12-31, 2027-04-03"])
]
"""Days on which no update is installed: a day of every year, or a single date."""
PinnedUntil = Annotated[str, msgspec.Meta(pattern=r"^(\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]))?$(?!\n)")]
"""The last day on which the version is pinned (ISO 8601); "": not pinned."""
SETTINGS = SettingGroup(
    95,
    (
        Setting("software.window", Window, has_page=True),
        Setting("software.blocked_days", BlockedDays, has_page=True),
        Setting("software.pinned_until", PinnedUntil, has_page=True),
    ),
)
"""Settings that can be changed while the shop is running."""


class SoftwareSettings(msgspec.Struct, frozen=True):
    """When the box may install updates, in local time."""

    window: str = WINDOW
    zone: str = "UTC"
    blocked_days: str = ""
    pinned_until: str = ""


class SoftwareSection(Section, frozen=True, kw_only=True):
    """`[software]`: the nightly hours for updates, days without updates, and the day until which the version
    is pinned."""

    window: Window = WINDOW
    blocked_days: BlockedDays = ""
    pinned_until: PinnedUntil = ""


SECTION = ("software", SoftwareSection)
"""The section of config.toml."""


def settings_of(file: ConfigFile) -> SoftwareSettings:
    """The settings in config.toml."""
    said = file.of(SoftwareSection)
    return SoftwareSettings(said.window, file.store.zone, said.blocked_days, said.pinned_until)


def live(base: SoftwareSettings) -> LiveSettings[SoftwareSettings]:
    """Live settings: config.toml with later changes."""
    return LiveSettings(base, *(setting.name for setting in SETTINGS.settings))

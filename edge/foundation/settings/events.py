"""Events of settings."""

from __future__ import annotations

import msgspec

from edge.core.messages import Event

HeldValue = bool | int | str | tuple[str | int, ...] | None
"""A setting's value in config.toml."""
FILE = "config.toml"
"""Source of a setting that wasn't changed since."""


class SettingChanged(Event, frozen=True):
    """A setting was changed; `value` None: config.toml applies again."""

    name: str
    value: bool | int | str | tuple[str, ...] | None
    by: str


class SettingInForce(msgspec.Struct, frozen=True):
    """A setting's effective value, source (`config.toml`, `manager`, `head office`) and start (microseconds; 0: the
    file's). `filed`: config.toml's value, effective without an override."""

    name: str
    value: HeldValue
    by: str
    since_us: int
    filed: HeldValue


class SettingsInForce(Event, frozen=True):
    """All effective settings after a start with a changed file or version; `secrets`: those named in config.toml, and
    whether each is entered."""

    settings: tuple[SettingInForce, ...]
    secrets: dict[str, bool]


class TextSet(Event, frozen=True):
    """A text is shown at a place from `from_us` until `until_us`."""

    id: str
    place: str
    texts: dict[str, str]
    from_us: int
    until_us: int
    by: str


class TextEnded(Event, frozen=True):
    """A text is no longer shown."""

    id: str
    by: str


EVENTS: tuple[type[Event], ...] = (SettingChanged, SettingsInForce, TextSet, TextEnded)

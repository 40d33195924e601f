"""What can have happened to settings."""

from __future__ import annotations

import msgspec

from edge.core.messages import Event

HeldValue = bool | int | str | tuple[str | int, ...] | None
"""A setting's value, as config.toml has it."""
FILE = "config.toml"
"""Whose word it is where nobody said anything since."""


class SettingChanged(Event, frozen=True):
    """A setting is this from now on, by this one's word; where `value` is None, what config.toml says holds again."""

    name: str
    value: bool | int | str | tuple[str, ...] | None
    by: str


class SettingInForce(msgspec.Struct, frozen=True):
    """A setting as it holds: its value, whose word that is (`config.toml`, `manager`, `head office`) and since when
    (microseconds; 0: the file's). `filed`: what config.toml says, which holds again once that word is taken back."""

    name: str
    value: HeldValue
    by: str
    since_us: int
    filed: HeldValue


class SettingsInForce(Event, frozen=True):
    """All that may be changed while the shop runs, as it holds now that the software began with another file or knows
    other settings than before; `secrets`: those that config.toml names, and whether each was entered."""

    settings: tuple[SettingInForce, ...]
    secrets: dict[str, bool]


class TextSet(Event, frozen=True):
    """A text can be read at a place from `from_us` until `until_us`, by this one's word."""

    id: str
    place: str
    texts: dict[str, str]
    from_us: int
    until_us: int
    by: str


class TextEnded(Event, frozen=True):
    """A text can be read no more."""

    id: str
    by: str


EVENTS: tuple[type[Event], ...] = (SettingChanged, SettingsInForce, TextSet, TextEnded)

"""What can have happened to settings."""

from __future__ import annotations

from edge.core.messages import Event


class SettingChanged(Event, frozen=True):
    """A setting is this from now on, by this one's word; where `value` is None, what config.toml says holds again."""

    name: str
    value: bool | int | str | tuple[str, ...] | None
    by: str


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


EVENTS: tuple[type[Event], ...] = (SettingChanged, TextSet, TextEnded)

"""Commands of settings."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Command, Number
from edge.foundation.settings.events import HeldValue
from edge.foundation.settings.texts import Moment, Place, Sentence, TextId
from edge.lib.i18n import Language

Value = bool | Number | Annotated[str, msgspec.Meta(max_length=200)] | tuple[str, ...]
"""A setting's value as JSON; `definitions.settings_by_name` gives its type."""
By = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
"""Origin of the setting: `manager` or `head office`."""
Name = Annotated[str, msgspec.Meta(max_length=60)]


class SetSetting(Command, frozen=True):
    """Override a setting of config.toml, named `section.key`. The newest override applies."""

    name: Name
    value: Value
    by: By = "manager"


class ClearSetting(Command, frozen=True):
    """Remove a setting's override, so that config.toml applies again."""

    name: Name
    by: By = "manager"


class TellSettings(Command, frozen=True):
    """Record the settings at start: `filed` has each setting's value in config.toml, and `secrets` the secrets it names
    and whether each is entered. Nothing is recorded if they are unchanged.
    """

    filed: dict[Name, HeldValue]
    secrets: dict[Annotated[str, msgspec.Meta(max_length=100)], bool]


class SetText(Command, frozen=True):
    """Show a text at a place in these languages, from `from_us` (default: now) until `until_us` (default: unlimited).

    It replaces the text with that `id`. Lines end with a newline.
    """

    id: TextId
    place: Place
    texts: Annotated[dict[Language, Sentence], msgspec.Meta(min_length=1)]
    from_us: Moment | None = None
    until_us: Moment | None = None
    by: By = "manager"


class EndText(Command, frozen=True):
    """Stop showing a text."""

    id: TextId
    by: By = "manager"

"""What can be asked of the settings."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Command, Number
from edge.foundation.settings.events import HeldValue
from edge.foundation.settings.texts import Moment, Place, Sentence, TextId
from edge.lib.i18n import Language

Value = bool | Number | Annotated[str, msgspec.Meta(max_length=200)] | tuple[str, ...]
"""A setting's value as JSON has it; which of these a setting takes, `definitions.settings_by_name` says."""
By = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
"""Whose word it is, in a name: `manager`, or `head office`."""
Name = Annotated[str, msgspec.Meta(max_length=60)]


class SetSetting(Command, frozen=True):
    """Let a setting of config.toml (`section.key`, one of `known.KNOWN`) be this from now on. The newest word holds."""

    name: Name
    value: Value
    by: By = "manager"


class ClearSetting(Command, frozen=True):
    """Let what config.toml says of a setting hold again."""

    name: Name
    by: By = "manager"


class TellSettings(Command, frozen=True):
    """The software began: `filed` is what config.toml says of each setting, `secrets` which it names and whether each
    was entered. Where it says and knows what it did before, nothing is told."""

    filed: dict[Name, HeldValue]
    secrets: dict[Annotated[str, msgspec.Meta(max_length=100)], bool]


class SetText(Command, frozen=True):
    """Let a text be read at a place, in these languages, at once or from `from_us` on, for ever or until `until_us`.

    The text of that `id` there was is gone. Lines end with a newline.
    """

    id: TextId
    place: Place
    texts: Annotated[dict[Language, Sentence], msgspec.Meta(min_length=1)]
    from_us: Moment | None = None
    until_us: Moment | None = None
    by: By = "manager"


class EndText(Command, frozen=True):
    """Let a text be read no more."""

    id: TextId
    by: By = "manager"

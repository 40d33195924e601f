"""What can be asked about secrets: that the journal has a word of them. Their values are in no command."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import Command

SecretName = Annotated[str, msgspec.Meta(pattern=r"^([a-z0-9][a-z0-9-]{0,39})?$(?!\n)")]


class NoteSecret(Command, frozen=True):
    """A secret was entered or removed; `rotated`: all came under another key, and `name` is empty."""

    name: SecretName
    what: Literal["set", "removed", "rotated"]

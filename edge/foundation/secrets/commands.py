"""Commands that record changes of secrets in the journal, without values."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import Command

SecretName = Annotated[str, msgspec.Meta(pattern=r"^([a-z0-9][a-z0-9-]{0,39})?$(?!\n)")]


class NoteSecret(Command, frozen=True):
    """Record that a secret was entered or removed; `rotated`: all were re-encrypted, with an empty `name`."""

    name: SecretName
    what: Literal["set", "removed", "rotated"]

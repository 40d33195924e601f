"""What can be asked about the configuration: that the journal is told of a change. The file is no command's."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Command

ChangedKey = Annotated[str, msgspec.Meta(max_length=120, pattern=r"^[a-z_]+(\.[A-Za-z0-9 _-]+)*$(?!\n)")]


class NoteConfiguration(Command, frozen=True):
    """config.toml was written by a page; `keys` are what changed, such as "backup.folder"."""

    keys: Annotated[tuple[ChangedKey, ...], msgspec.Meta(min_length=1, max_length=100)]

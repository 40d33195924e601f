"""What a manager's question was answered in a conversation. Pure."""

from __future__ import annotations

from typing import Annotated

import msgspec

MESSAGE_CHARS, ABOUT_CHARS = 8000, 4000


class ToldFigures(msgspec.Struct, frozen=True):
    """What a question was answered: its `text`, in its `language`, and what it was `about`, as whoever answered it
    wants that back for the next one."""

    text: Annotated[str, msgspec.Meta(max_length=MESSAGE_CHARS)]
    language: Annotated[str, msgspec.Meta(pattern=r"^(en|fr|he)$(?!\n)")]
    about: Annotated[str, msgspec.Meta(max_length=ABOUT_CHARS)] = ""

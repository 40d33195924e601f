"""Answer to a manager's question within a conversation. Pure."""

from __future__ import annotations

from typing import Annotated

import msgspec

MESSAGE_CHARS, ABOUT_CHARS = 8000, 4000


class ToldFigures(msgspec.Struct, frozen=True):
    """The answer to a question: `text`, its `language`, and the topic (`about`) that the answering service wants back
    for a follow-up."""

    text: Annotated[str, msgspec.Meta(max_length=MESSAGE_CHARS)]
    language: Annotated[str, msgspec.Meta(pattern=r"^(en|fr|he)$(?!\n)")]
    about: Annotated[str, msgspec.Meta(max_length=ABOUT_CHARS)] = ""

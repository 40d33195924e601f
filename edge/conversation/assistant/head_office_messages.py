"""Messages between a box and head office about conversations: bodies of `sync.wire.Ask`, room `assistant`."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Number

ROOM = "assistant"
DAYS = 31
"""Number of days that head office still accepts."""


class BegunDay(msgspec.Struct, frozen=True):
    """Conversations begun at the box on a day (UTC, ISO 8601)."""

    day: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$(?!\n)")]
    begun: Number


class ConversationQuestion(msgspec.Struct, frozen=True):
    """The box's counts, newest day last; at least one."""

    days: Annotated[tuple[BegunDay, ...], msgspec.Meta(min_length=1, max_length=DAYS)]


class ConversationAnswer(msgspec.Struct, frozen=True):
    """Head office's answer about conversations.

    `days`: its record of the box for the requested days. `used`: conversations begun at all boxes of the tenant on head
    office's `today` (UTC). `most`: the limit (None: unlimited).
    """

    days: tuple[BegunDay, ...]
    today: str
    used: Number
    most: Number | None = None


encode = msgspec.json.encode
question_of = msgspec.json.Decoder(ConversationQuestion).decode
answer_of = msgspec.json.Decoder(ConversationAnswer).decode

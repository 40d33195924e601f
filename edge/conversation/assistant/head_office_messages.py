"""What a box tells head office of its conversations, and is told: bodies of `sync.wire.Ask`, room `assistant`."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Number

ROOM = "assistant"
DAYS = 31
"""Days that head office still takes."""


class BegunDay(msgspec.Struct, frozen=True):
    """How many conversations began at the box on a day (UTC, ISO 8601)."""

    day: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$(?!\n)")]
    begun: Number


class ConversationQuestion(msgspec.Struct, frozen=True):
    """What the box counted, the newest day last; one at least."""

    days: Annotated[tuple[BegunDay, ...], msgspec.Meta(min_length=1, max_length=DAYS)]


class ConversationAnswer(msgspec.Struct, frozen=True):
    """`days`: what head office knows of the box, of the days that it asked of. On head office's `today` (UTC) so many
    were begun at all boxes of the tenant (`used`) of so many (`most`; None: of any number)."""

    days: tuple[BegunDay, ...]
    today: str
    used: Number
    most: Number | None = None


encode = msgspec.json.encode
question_of = msgspec.json.Decoder(ConversationQuestion).decode
answer_of = msgspec.json.Decoder(ConversationAnswer).decode

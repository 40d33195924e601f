"""Store and delete managers' questions."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from edge.conversation.assistant.commands import SessionId
from edge.core.messages import Command, Number


class RememberAnswer(Command, frozen=True):
    """Store a manager's question with its answer and topic, for follow-ups.

    `body` and `context` are JSON. `began_mono_us`: see `TakeTurn`.
    """

    personal: ClassVar[tuple[str, ...]] = ("query", "message", "body", "context", "began_mono_us")

    session: SessionId
    query: Annotated[str, msgspec.Meta(max_length=2000)]
    message: Annotated[str, msgspec.Meta(max_length=8000)]
    body: Annotated[str, msgspec.Meta(max_length=200_000)]
    context: Annotated[str, msgspec.Meta(max_length=4000)]
    began_mono_us: Number = 0


class EndCopilot(Command, frozen=True):
    """Delete one's own questions."""

    session: SessionId

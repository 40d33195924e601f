"""What a manager's question means, as the copilot reads it."""

from __future__ import annotations

from edge.conversation.copilot.copilot import Desk, Remembered, query_at
from edge.conversation.copilot.meaning.model import UnderstoodQuestion
from edge.core.storage.database import Connection


def understand_query(
    db: Connection, desk: Desk, query: str, language: str, before: Remembered
) -> list[UnderstoodQuestion]:
    """The questions in a sentence."""
    return query_at(desk, query, language, before).read(db, desk.registry).questions

"""Daily limit (UTC) of new conversations, set by head office for all boxes of a tenant.

A box counts its own conversations and adds head office's last figure for the others. Without a limit from head office,
any number may begin, so an offline box continues. Running conversations are never ended.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from edge.conversation.assistant.head_office_messages import DAYS, BegunDay, ConversationAnswer
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection

_BEGUN = "SELECT begun FROM chat_begun WHERE day = ?"
_BEGIN = "INSERT INTO chat_begun (day, begun) VALUES (?, 1) ON CONFLICT (day) DO UPDATE SET begun = begun + 1"
_SET = """
    INSERT INTO chat_begun (day, begun, told) VALUES (?1, ?2, ?2) ON CONFLICT (day) DO UPDATE
    SET begun = max(begun, excluded.begun), told = excluded.told
"""
_LIMIT = "SELECT day, most, others FROM chat_limit"
_SAID = """
    INSERT INTO chat_limit (id, day, most, others) VALUES (1, ?, ?, ?) ON CONFLICT (id) DO UPDATE
    SET day = excluded.day, most = excluded.most, others = excluded.others
"""
_UNTOLD = "SELECT day, begun FROM chat_begun WHERE begun > told AND day <> ? ORDER BY day DESC LIMIT ?"


class ConversationsOfDay(NamedTuple):
    """Conversations begun today: at this box, at the others as last reported, and the limit (None: unlimited)."""

    begun: int
    others: int
    most: int | None

    @property
    def has_room(self) -> bool:
        return self.most is None or self.begun + self.others < self.most


def utc_day(at_us: int) -> str:
    """The date of a time, in UTC.

    >>> utc_day(86_400_000_000)
    '1970-01-02'
    """
    return datetime.fromtimestamp(at_us // 1_000_000, UTC).date().isoformat()


def conversations_of(db: Connection, day: str) -> ConversationsOfDay:
    """The counts of a day; if head office hasn't reported on it yet, its last limit applies."""
    begun = db.execute(_BEGUN, (day,)).fetchone()
    said_of, most, others = db.execute(_LIMIT).fetchone() or ("", None, 0)
    return ConversationsOfDay(begun[0] if begun else 0, others if said_of == day else 0, most)


def begin_conversation(tx: Transaction) -> None:
    """Count a new conversation. Raises `Refusal` if the day's limit is reached."""
    day = utc_day(tx.at_us)
    now = conversations_of(tx.db, day)
    if not now.has_room:
        raise Refusal("chat_limit", {"most": now.most or 0})
    tx.db.execute(_BEGIN, (day,))


def untold_days(db: Connection, today: str) -> tuple[BegunDay, ...]:
    """Return the days to report to head office: today, and earlier days not yet fully reported."""
    older = db.execute(_UNTOLD, (today, DAYS - 1)).fetchall()
    return *(BegunDay(*row) for row in reversed(older)), BegunDay(today, conversations_of(db, today).begun)


def believe_limit(db: Connection, said: ConversationAnswer) -> None:
    """Store head office's answer. A restored box recovers its own count from it; old days are deleted."""
    own = {one.day: one.begun for one in said.days}
    for day, begun in own.items():
        db.execute(_SET, (day, begun))
    db.execute(_SAID, (said.today, said.most, max(0, said.used - own.get(said.today, 0))))
    db.execute("DELETE FROM chat_begun WHERE day < date(?, ?)", (said.today, f"-{DAYS} days"))

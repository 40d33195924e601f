"""How many conversations may begin on a day (UTC): a limit of the tenant's, over all its boxes, and head office's word.

The box counts its own, and believes what head office said last of all others. Where nobody has said anything, any
number begin: a box that cannot ask goes on with what it knows. What began goes on; a till, a kiosk and every page need
no conversation.
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
    """How many began at this box, as it knows at all others, and how many may (None: any number)."""

    begun: int
    others: int
    most: int | None

    @property
    def has_room(self) -> bool:
        return self.most is None or self.begun + self.others < self.most


def utc_day(at_us: int) -> str:
    """The day of a moment, in UTC.

    >>> utc_day(86_400_000_000)
    '1970-01-02'
    """
    return datetime.fromtimestamp(at_us // 1_000_000, UTC).date().isoformat()


def conversations_of(db: Connection, day: str) -> ConversationsOfDay:
    """How it stands on a day; on one that head office has said nothing of yet, its last limit holds."""
    begun = db.execute(_BEGUN, (day,)).fetchone()
    said_of, most, others = db.execute(_LIMIT).fetchone() or ("", None, 0)
    return ConversationsOfDay(begun[0] if begun else 0, others if said_of == day else 0, most)


def begin_conversation(tx: Transaction) -> None:
    """One more begins. `Refusal`: the day's are used up, and it does not."""
    day = utc_day(tx.at_us)
    now = conversations_of(tx.db, day)
    if not now.has_room:
        raise Refusal("chat_limit", {"most": now.most or 0})
    tx.db.execute(_BEGIN, (day,))


def untold_days(db: Connection, today: str) -> tuple[BegunDay, ...]:
    """What head office is to be told: days of before that it does not know all of, and today."""
    older = db.execute(_UNTOLD, (today, DAYS - 1)).fetchall()
    return *(BegunDay(*row) for row in reversed(older)), BegunDay(today, conversations_of(db, today).begun)


def believe_limit(db: Connection, said: ConversationAnswer) -> None:
    """Keep what head office says. A box that was restored learns how many had begun at it; days that nobody asks of any
    more go."""
    own = {one.day: one.begun for one in said.days}
    for day, begun in own.items():
        db.execute(_SET, (day, begun))
    db.execute(_SAID, (said.today, said.most, max(0, said.used - own.get(said.today, 0))))
    db.execute("DELETE FROM chat_begun WHERE day < date(?, ?)", (said.today, f"-{DAYS} days"))

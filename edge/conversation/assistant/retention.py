"""Retention of conversations: they're deleted on time, even without further turns.

Conversations of staff are kept for 90 days. A customer's is kept until it's over and any staff called have come. A
manager's questions are kept for a day, and turns with consent for 30 days. The first and last periods are settings
(`KeptDays`). Deleted rows are overwritten in the database file.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from edge.conversation.assistant.queries import chat_of_call, customers_chats
from edge.conversation.assistant.turns.dialogue import ClockMark, clock_mark
from edge.core.command_bus import CommandBus
from edge.core.messages import Refused
from edge.core.people.forgetting import overwriting
from edge.core.process.part_context import PartContext
from edge.core.registry import PartSpec
from edge.core.storage.database import Connection
from edge.ordering.orders.queries import kiosk_calls
from edge.people.customers.kept_days import DAY_US, USUAL, KeptDays, over_before_us, read_kept_days

STAFF_US, CONSENTED_US = USUAL.staff_chat_days * DAY_US, USUAL.customer_chat_days * DAY_US
"""Default retention periods."""
COPILOT_US = DAY_US
CHATS, QUESTIONS = 2_000, 200
"""Maximum conversations, and managers' sessions, to keep; the oldest are deleted first."""
AT_ONCE = 50
"""Conversations of one kind looked up at a time."""
ROWS_AT_ONCE = 300
"""Maximum rows deleted per writer turn, as tills wait for it."""
EVERY_S = 20.0
_CHAT = (
    "DELETE FROM chat_turn WHERE number IN (SELECT number FROM chat_turn WHERE session = ? LIMIT ?)",
    "DELETE FROM chat_session WHERE id = ?",
)
_QUESTIONS = (
    "DELETE FROM copilot_message WHERE number IN (SELECT number FROM copilot_message WHERE session = ? LIMIT ?)",
    "DELETE FROM copilot_session WHERE id = ?",
)
_KEPT = "DELETE FROM chat_kept WHERE number IN (SELECT number FROM chat_kept WHERE at_us < ? LIMIT ?)"
_ALL = 2**62


def forget_chats(db: Connection, sessions: tuple[str, ...]) -> None:
    """Delete these conversations and overwrite them in the file."""
    with overwriting(db):
        _forget(db, _CHAT, sessions, _ALL)


def forget_questions(db: Connection, sessions: tuple[str, ...]) -> None:
    """Delete these managers' sessions with their questions and overwrite them in the file."""
    with overwriting(db):
        _forget(db, _QUESTIONS, sessions, _ALL)


def _forget(db: Connection, how: tuple[str, str], sessions: tuple[str, ...], most: int) -> int:
    """Delete at most this many rows, each conversation after its last turn.

    Returns how many of `most` remain unused.
    """
    said, session_of = how
    for session in sessions:
        most -= db.execute(said, (session, most)).rowcount
        if most <= 0:
            return 0
        most -= db.execute(session_of, (session,)).rowcount
    return most


def sweep(db: Connection, now: ClockMark, kept: KeptDays = USUAL) -> None:
    """Delete expired conversations, `ROWS_AT_ONCE` rows at most."""
    with overwriting(db):
        left = _forget(db, _CHAT, _chats_over(db, now, kept), ROWS_AT_ONCE)
        left = _forget(db, _QUESTIONS, _questions_over(db, now.at_us), left) if left else 0
        if left:
            db.execute(_KEPT, (over_before_us(kept.customer_chat_days, now.at_us), left))


def _chats_over(db: Connection, now: ClockMark, kept: KeptDays) -> tuple[str, ...]:
    old = "SELECT id FROM chat_session WHERE touched_us < ? ORDER BY touched_us LIMIT ?"
    many = "SELECT id FROM chat_session ORDER BY touched_us DESC LIMIT ? OFFSET ?"
    called = {chat.id for call in kiosk_calls(db) if (chat := chat_of_call(db, call.register, call.at_us))}
    over = [one.id for one in customers_chats(db) if one.is_over(now) and one.id not in called]
    before_us = over_before_us(kept.staff_chat_days, now.at_us)
    rows = (*db.execute(old, (before_us, AT_ONCE)), *db.execute(many, (AT_ONCE, CHATS)))
    return (*over, *(id for (id,) in rows))


def _questions_over(db: Connection, at_us: int) -> tuple[str, ...]:
    old = "SELECT id FROM copilot_session WHERE touched_us < ? LIMIT ?"
    many = "SELECT id FROM copilot_session ORDER BY touched_us DESC LIMIT ? OFFSET ?"
    rows = (*db.execute(old, (at_us - COPILOT_US, AT_ONCE)), *db.execute(many, (AT_ONCE, QUESTIONS)))
    return tuple(id for (id,) in rows)


def anything_over(db: Connection, now: ClockMark, kept: KeptDays = USUAL) -> bool:
    """Whether a sweep would delete anything."""
    before_us = over_before_us(kept.customer_chat_days, now.at_us)
    agreed = db.execute("SELECT 1 FROM chat_kept WHERE at_us < ?", (before_us,)).fetchone()
    return bool(agreed or _chats_over(db, now, kept) or _questions_over(db, now.at_us))


class ConversationSweeper:
    """Deletes expired conversations in the background."""

    def __init__(self, shop: CommandBus) -> None:
        self._shop = shop

    async def run(self, ready: Callable[[], None]) -> None:
        """Sweep until cancelled."""
        ready()
        while True:
            await asyncio.sleep(EVERY_S)
            await self.look()

    async def look(self) -> None:
        """Delete expired rows, in as many writer turns as needed."""
        now = clock_mark(self._shop.clock.read())
        kept = read_kept_days(self._shop.registry, self._shop.reader)
        while anything_over(self._shop.reader, now, kept):
            if isinstance(await self._shop.maintain(lambda db: sweep(db, now, kept)), Refused):
                return


def _sweeper(context: PartContext) -> ConversationSweeper:
    return ConversationSweeper(context.shop)


PARTS = (PartSpec("conversations", _sweeper),)

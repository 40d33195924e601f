"""When conversations go, whether or not anybody speaks again, and with every byte of them.

Staff's are kept 90 days, a customer's until it is over, a manager's questions a day, what a customer consented to 30
days. What is deleted is overwritten, so that no page of the file holds words of somebody who has gone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from edge.core.command_bus import CommandBus
from edge.core.people.forgetting import overwriting
from edge.core.process.part_context import PartContext
from edge.core.registry import PartSpec
from edge.core.storage.database import Connection
from edge.shop.assistant.queries import customers_chats

STAFF_US = 90 * 24 * 3600 * 1_000_000
COPILOT_US = 24 * 3600 * 1_000_000
CONSENTED_US = 30 * 24 * 3600 * 1_000_000
CHATS, QUESTIONS = 2_000, 200
"""Conversations of staff and customers, and managers' sessions, that are kept at most; the oldest ones go first."""
AT_ONCE = 50
EVERY_S = 20.0


def forget_chats(db: Connection, sessions: tuple[str, ...]) -> None:
    """Everything that was said in these, in no byte of the file any more."""
    with overwriting(db):
        for session in sessions:
            db.execute("DELETE FROM chat_turn WHERE session = ?", (session,))
            db.execute("DELETE FROM chat_session WHERE id = ?", (session,))


def forget_questions(db: Connection, sessions: tuple[str, ...]) -> None:
    """The same of a manager's questions."""
    with overwriting(db):
        for session in sessions:
            db.execute("DELETE FROM copilot_message WHERE session = ?", (session,))
            db.execute("DELETE FROM copilot_session WHERE id = ?", (session,))


def sweep(db: Connection, at_us: int, further: int = 0) -> None:
    """Forget what is over, `AT_ONCE` of each kind. `further`: conversations that are about to begin."""
    with overwriting(db):
        forget_chats(db, _chats_over(db, at_us, further))
        forget_questions(db, _questions_over(db, at_us, further))
        db.execute("DELETE FROM chat_kept WHERE at_us < ?", (at_us - CONSENTED_US,))


def _chats_over(db: Connection, at_us: int, further: int) -> tuple[str, ...]:
    old = "SELECT id FROM chat_session WHERE touched_us < ? ORDER BY touched_us LIMIT ?"
    many = "SELECT id FROM chat_session ORDER BY touched_us DESC LIMIT ? OFFSET ?"
    over = [one.id for one in customers_chats(db) if one.is_over(at_us)]
    rows = (*db.execute(old, (at_us - STAFF_US, AT_ONCE)), *db.execute(many, (AT_ONCE, CHATS - further)))
    return (*over, *(id for (id,) in rows))


def _questions_over(db: Connection, at_us: int, further: int) -> tuple[str, ...]:
    old = "SELECT id FROM copilot_session WHERE touched_us < ? LIMIT ?"
    many = "SELECT id FROM copilot_session ORDER BY touched_us DESC LIMIT ? OFFSET ?"
    rows = (*db.execute(old, (at_us - COPILOT_US, AT_ONCE)), *db.execute(many, (AT_ONCE, QUESTIONS - further)))
    return tuple(id for (id,) in rows)


def anything_over(db: Connection, at_us: int) -> bool:
    """Whether a sweep has something to do."""
    kept = db.execute("SELECT 1 FROM chat_kept WHERE at_us < ?", (at_us - CONSENTED_US,)).fetchone()
    return bool(kept or _chats_over(db, at_us, 0) or _questions_over(db, at_us, 0))


class ConversationSweeper:
    """Conversations end although nobody says anything any more."""

    def __init__(self, shop: CommandBus) -> None:
        self._shop = shop

    async def run(self, ready: Callable[[], None]) -> None:
        """Until cancelled."""
        ready()
        while True:
            await asyncio.sleep(EVERY_S)
            await self.look()

    async def look(self) -> None:
        """Forget what is over by now."""
        now_us = self._shop.now_us()
        if anything_over(self._shop.reader, now_us):
            await self._shop.maintain(lambda db: sweep(db, now_us))


def _sweeper(context: PartContext) -> ConversationSweeper:
    return ConversationSweeper(context.shop)


PARTS = (PartSpec("conversations", _sweeper),)

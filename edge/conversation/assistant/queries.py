"""Queries on conversations."""

from __future__ import annotations

from typing import Any

import msgspec

from edge.conversation.assistant.turns.dialogue import ChatAnswer, ClockMark, TalkState
from edge.core.messages import Actor, Number
from edge.core.storage.database import Connection
from edge.lib.late_decoder import late_decoder

HISTORY_LIMIT = 100
TALKED = frozenset({"chat", "voice"})
"""Typed and spoken turns belong to one conversation."""
_state = late_decoder(TalkState)
_answer = late_decoder(ChatAnswer)


class ChatSession(msgspec.Struct, frozen=True):
    """A conversation: its owner, place and state."""

    id: str
    actor: str
    surface: str
    register: str
    agent: str
    language: str
    state: TalkState
    begun_us: int
    touched_us: int
    seat: str = ""

    def belongs_to(self, actor: Actor) -> bool:
        """Whether the conversation belongs to this person. An anonymous one belongs to its register."""
        here = actor.surface in TALKED if self.surface in TALKED else self.surface == actor.surface
        return self.actor == actor.name and here and (not actor.anonymous or self.register == actor.register)

    def is_over(self, now: ClockMark, still_us: int = 0) -> bool:
        """Whether the conversation has timed out, by the monotonic clock. `still_us`: see `TakeTurn`."""
        touched = self.state.touched or ClockMark(0, "", self.touched_us)
        return touched.age_us(now) - still_us > self.state.waits_s * 1_000_000


class ChatTurn(msgspec.Struct, frozen=True):
    """A sentence and the answer. `number` counts all turns."""

    number: int
    turn: str
    at_us: int
    heard: str
    option: str
    answer: ChatAnswer


_SESSION = "SELECT id, actor, surface, register, agent, language, state, begun_us, touched_us, seat FROM chat_session"
_TURN = "SELECT number, turn, at_us, heard, option, answer FROM chat_turn"


def _session(row: tuple[Any, ...]) -> ChatSession:
    id, actor, surface, register, agent, language, state, *rest = row
    return ChatSession(id, actor, surface, register, agent, language, _state(state), *rest)


def _turn(row: tuple[Any, ...]) -> ChatTurn:
    number, turn, at_us, heard, option, answer = row
    return ChatTurn(number, turn, at_us, heard, option, _answer(answer))


def read_chat(db: Connection, session: str) -> ChatSession | None:
    """The conversation, or None."""
    row = db.execute(f"{_SESSION} WHERE id = ?", (session,)).fetchone()
    return _session(row) if row else None


def chats_of(db: Connection, actor: str, limit: int = 20) -> list[ChatSession]:
    """A person's conversations ("": everyone's), newest first."""
    rows = db.execute(
        f"{_SESSION} WHERE ? IN ('', actor) ORDER BY touched_us DESC LIMIT ?", (actor, min(limit, HISTORY_LIMIT))
    )
    return [_session(row) for row in rows]


def customers_chats(db: Connection) -> list[ChatSession]:
    """Customers' conversations, oldest first."""
    rows = db.execute(f"{_SESSION} WHERE agent = 'shopping' ORDER BY touched_us LIMIT ?", (HISTORY_LIMIT,))
    return [_session(row) for row in rows]


def chat_of_call(db: Connection, register: str, called_us: int) -> ChatSession | None:
    """The conversation at a kiosk in which help was called at this time."""
    found = (one for one in customers_chats(db) if one.register == register)
    return next((one for one in found if one.begun_us <= called_us <= one.touched_us), None)


def living_chat(db: Connection, actor: Actor, now: ClockMark) -> ChatSession | None:
    """The newest stock conversation of a named user that isn't over; None if there is none."""
    found = (one for one in chats_of(db, actor.name) if one.agent == "stock" and not one.is_over(now))
    return next((one for one in found if one.belongs_to(actor)), None)


def read_turn(db: Connection, session: str, turn: str) -> ChatTurn | None:
    """Return the turn, or None if there is none."""
    row = db.execute(f"{_TURN} WHERE session = ? AND turn = ?", (session, turn)).fetchone()
    return _turn(row) if row else None


def read_turns(db: Connection, session: str, before: Number | None = None, limit: Number = 50) -> list[ChatTurn]:
    """Turns of a conversation below number `before`, newest first, for paging."""
    wanted = (session, before or 2**62, min(limit, HISTORY_LIMIT))
    rows = db.execute(f"{_TURN} WHERE session = ? AND number < ? ORDER BY number DESC LIMIT ?", wanted)
    return [_turn(row) for row in rows]


def turns_since(db: Connection, session: str, since_us: int) -> tuple[int, int]:
    """The number of turns since a time, and the time of the first."""
    sql = "SELECT count(*), coalesce(min(at_us), 0) FROM chat_turn WHERE session = ? AND at_us > ?"
    count, first_us = db.execute(sql, (session, since_us)).fetchone()
    return int(count), int(first_us)

"""Copilot conversations, kept for a day and visible to their asker only."""

from __future__ import annotations

from typing import Any

import msgspec

from edge.conversation.assistant.conversation_limit import begin_conversation
from edge.conversation.assistant.figures import count_turn, tell_office
from edge.conversation.assistant.retention import COPILOT_US, forget_questions
from edge.conversation.copilot.commands import EndCopilot, RememberAnswer
from edge.conversation.copilot.copilot import Remembered
from edge.core.messages import Actor, Refusal
from edge.core.people.forgetting import overwriting
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.lib.i18n import ENGLISH

MESSAGES = 50
_context = msgspec.json.Decoder(Remembered).decode


class CopilotSession(msgspec.Struct, frozen=True):
    """A session: its asker and last topic."""

    id: str
    actor: str
    context: Remembered
    touched_us: int


class CopilotMessage(msgspec.Struct, frozen=True):
    """A question (`role` user) or an answer (assistant, complete in `body`)."""

    number: int
    role: str
    at_us: int
    text: str
    body: Any = None


def read_copilot(db: Connection, session: str, actor: Actor, at_us: int) -> CopilotSession | None:
    """The actor's own session; None if it is unknown, expired or another person's."""
    row = db.execute("SELECT id, actor, context, touched_us FROM copilot_session WHERE id = ?", (session,)).fetchone()
    if row is None or row[1] != actor.name or at_us - row[3] > COPILOT_US:
        return None
    return CopilotSession(row[0], row[1], _context(row[2]), row[3])


def read_messages(db: Connection, session: str) -> list[CopilotMessage]:
    """A session's messages, oldest first."""
    rows = db.execute(
        "SELECT number, role, at_us, text, body FROM copilot_message WHERE session = ? ORDER BY number", (session,)
    )
    return [
        CopilotMessage(number, role, at_us, text, msgspec.json.decode(body) if body else None)
        for number, role, at_us, text, body in rows
    ]


def remember_answer(tx: Transaction, command: RememberAnswer) -> None:
    """Store a question and its answer. If the session has become too long, its oldest messages are deleted.

    Raises `Refusal` `no_chat` for another person's session.
    """
    row = tx.db.execute("SELECT actor FROM copilot_session WHERE id = ?", (command.session,)).fetchone()
    if row is None:
        begin_conversation(tx)
        tell_office(tx)
    elif row[0] != tx.actor.name:
        raise Refusal("no_chat")
    tx.db.execute(
        "INSERT INTO copilot_session (id, actor, context, touched_us) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET context = excluded.context, touched_us = excluded.touched_us",
        (command.session, tx.actor.name, command.context, tx.at_us),
    )
    add = "INSERT INTO copilot_message (session, role, at_us, text, body) VALUES (?, ?, ?, ?, ?)"
    tx.db.execute(add, (command.session, "user", tx.at_us, command.query, ""))
    tx.db.execute(add, (command.session, "assistant", tx.at_us, command.message, command.body))
    _shorten(tx, command.session)
    _count(tx, command)


def _shorten(tx: Transaction, session: str) -> None:
    with overwriting(tx.db):
        tx.db.execute(
            "DELETE FROM copilot_message WHERE session = ?1 AND number NOT IN"
            " (SELECT number FROM copilot_message WHERE session = ?1 ORDER BY number DESC LIMIT ?2)",
            (session, MESSAGES),
        )


class _Counted(msgspec.Struct, frozen=True):
    """The parts of an answer that are counted."""

    tool_calls: list[_CountedCall]
    language: str = ""
    question: str = ""


class _CountedCall(msgspec.Struct, frozen=True):
    tool: str
    ok: bool


def _count(tx: Transaction, command: RememberAnswer) -> None:
    try:
        said = msgspec.json.decode(command.body, type=_Counted)
    except msgspec.MsgspecError:
        return  # a body in another format is stored but not counted
    answered = [call.tool for call in said.tool_calls if call.ok]
    end = "asked" if said.question else "answered" if answered else "not_understood"
    ms = (tx.mono_us - command.began_mono_us) / 1000 if command.began_mono_us else None
    count_turn(tx, "copilot", said.language or ENGLISH, "question", answered, end, False, ms)


def end_copilot(tx: Transaction, command: EndCopilot) -> None:
    row = tx.db.execute("SELECT actor FROM copilot_session WHERE id = ?", (command.session,)).fetchone()
    if row is None or row[0] != tx.actor.name:
        raise Refusal("no_chat")
    forget_questions(tx.db, (command.session,))

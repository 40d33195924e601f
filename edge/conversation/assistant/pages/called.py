"""Calls for help from kiosks, shown on the till and the order board, with the last turns."""

from __future__ import annotations

from typing import Any, NamedTuple

from edge.conversation.assistant.queries import chat_of_call, read_turns
from edge.core.command_bus import COMMITTED
from edge.core.storage.database import Connection
from edge.ordering.orders.queries import KioskCall, kiosk_calls
from edge.web.live.fragments import Fragment, FragmentSource

TURNS, CHARS = 4, 200
"""The number of newest turns, and characters of each line."""


class SaidThere(NamedTuple):
    """A customer's sentence and its answer."""

    said: str
    told: tuple[str, ...]


class CallShown(NamedTuple):
    """A kiosk that calls for help. `turns`: the last ones, while the conversation exists."""

    register: str
    at_us: int
    turns: tuple[SaidThere, ...]


def calls(db: Connection) -> list[CallShown]:
    """Kiosks calling for help, longest waiting first."""
    return [CallShown(call.register, call.at_us, _turns(db, call)) for call in kiosk_calls(db)]


def _turns(db: Connection, call: KioskCall) -> tuple[SaidThere, ...]:
    chat = chat_of_call(db, call.register, call.at_us)
    found = reversed(read_turns(db, chat.id, limit=TURNS)) if chat else ()
    return tuple(
        SaidThere(turn.answer.heard[:CHARS], tuple(line[:CHARS] for line in turn.answer.text.split("\n")))
        for turn in found
    )


def _values(source: FragmentSource, register: str) -> dict[str, Any]:
    return {"calls": calls(source.shop.reader)}


FRAGMENTS = (Fragment("called", _values, follows=(COMMITTED,)),)

"""Delays requested by services, in real time, unaffected by clock changes."""

from __future__ import annotations

from collections.abc import Iterable

from edge.foundation.outbox.messages import Message

ONE_SERVICE = ("email", "sms", "whatsapp")
"""Channels with one account at one service, whose request to retry later applies to all messages.

On other channels each person has a different service address, so the request applies only to that person.
"""


class Pauses:
    """Services to leave alone for now, and until when. A restart forgets this, but not a message's own retry time."""

    def __init__(self) -> None:
        self._until_s: dict[tuple[str, str], float] = {}

    def add(self, message: Message, until_s: float) -> None:
        """Pause a message's route."""
        way = _way(message)
        self._until_s[way] = max(until_s, self._until_s.get(way, 0.0))

    def free(self, rows: Iterable[Message], now_s: float) -> list[Message]:
        """Return the messages that may be sent now."""
        self._until_s = {way: until_s for way, until_s in self._until_s.items() if until_s > now_s}
        return [row for row in rows if _way(row) not in self._until_s]


def paused_person(message: Message) -> str:
    """Return the person to whom a requested delay applies; "": all people."""
    return "" if message.channel in ONE_SERVICE else message.person


def _way(message: Message) -> tuple[str, str]:
    return message.channel, paused_person(message)

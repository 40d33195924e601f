"""Followers of a conversation: each is notified of every turn, on whichever device it was taken."""

from __future__ import annotations

from typing import Protocol
from weakref import WeakKeyDictionary

from edge.conversation.assistant.queries import ChatTurn


class ConversationFollower(Protocol):
    """An open connection. It never blocks or raises here, and handles its own backlog."""

    def tell(self, turn: ChatTurn, seat: str) -> None:
        """Notify of a turn, taken at the page with this `seat` ("": unknown)."""


class Followers:
    """Followers in a shop, by conversation."""

    def __init__(self) -> None:
        self._lines: dict[str, list[ConversationFollower]] = {}

    def follow(self, session: str, line: ConversationFollower) -> None:
        """Notify this connection of the conversation's turns from now on."""
        lines = self._lines.setdefault(session, [])
        if line not in lines:
            lines.append(line)

    def leave(self, session: str, line: ConversationFollower) -> None:
        """Stop notifying the connection."""
        lines = self._lines.get(session, [])
        if line in lines:
            lines.remove(line)
        if not lines:
            self._lines.pop(session, None)

    def anybody(self, session: str) -> bool:
        return session in self._lines

    def tell(self, session: str, turn: ChatTurn, seat: str) -> None:
        for line in tuple(self._lines.get(session, ())):
            line.tell(turn, seat)


_of: WeakKeyDictionary[object, Followers] = WeakKeyDictionary()


def followers_of(site: object) -> Followers:
    """The followers registry of a shop's panel."""
    found = _of.get(site)
    if found is None:
        found = _of[site] = Followers()
    return found

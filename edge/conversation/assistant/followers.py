"""Who follows a conversation now: each is told of every turn, wherever that was taken."""

from __future__ import annotations

from typing import Protocol
from weakref import WeakKeyDictionary

from edge.conversation.assistant.queries import ChatTurn


class ConversationFollower(Protocol):
    """An open line. It neither waits nor fails here: what it cannot take is its own matter."""

    def tell(self, turn: ChatTurn, seat: str) -> None:
        """A turn was taken, at a page with this `seat` ("": none says one)."""


class Followers:
    """Those of one shop, by conversation."""

    def __init__(self) -> None:
        self._lines: dict[str, list[ConversationFollower]] = {}

    def follow(self, session: str, line: ConversationFollower) -> None:
        """From now on this line follows that conversation."""
        lines = self._lines.setdefault(session, [])
        if line not in lines:
            lines.append(line)

    def leave(self, session: str, line: ConversationFollower) -> None:
        """It does no longer."""
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
    """Those of a shop's panel."""
    found = _of.get(site)
    if found is None:
        found = _of[site] = Followers()
    return found

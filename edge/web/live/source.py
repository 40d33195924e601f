"""What tells pages that something changed, beside messages on the bus and the clock."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from edge.core.messages import Actor, Command, Outcome


class FragmentChange(NamedTuple):
    """Fragments that are to be shown anew, on the pages of one register or (None) of all."""

    names: frozenset[str]
    register: str | None = None


class OpenPage(Protocol):
    """A page that is connected."""

    def scanned(self, code: str) -> None:
        """Send it a code that it asks for."""
        ...


class LiveSource:
    """Each capability says what it knows of, and leaves the rest as it is here."""

    def answered(self, command: Command, actor: Actor, outcome: Outcome) -> Iterable[FragmentChange]:
        """What a command changed, told as soon as it is answered: that is faster than the disk."""
        return ()

    def reread(self) -> frozenset[str]:
        """Believe the disk again, whose last commit is in doubt: what may be another thing there."""
        return frozenset()

    def ticked(self) -> frozenset[str]:
        """What changed without a word since the last tick of the clock."""
        return frozenset()

    def said(self, register: str, page: OpenPage, text: str) -> None:
        """What a page of a register said on its socket; "" once it is gone."""

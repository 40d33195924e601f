"""Sources of page updates other than bus messages and the clock."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from edge.core.messages import Actor, Command, Outcome


class FragmentChange(NamedTuple):
    """Fragments to refresh, on the pages of one register or (None) all."""

    names: frozenset[str]
    register: str | None = None


class OpenPage(Protocol):
    """A connected page."""

    def send_scan(self, code: str) -> None:
        """Send the page a scanned code that it requested."""
        ...


class LiveSource:
    """Base class: a capability overrides the hooks it needs."""

    def on_answer(self, command: Command, actor: Actor, outcome: Outcome) -> Iterable[FragmentChange]:
        """Return the changes caused by a command, as soon as it is answered and before it is on disk."""
        return ()

    def reread(self) -> frozenset[str]:
        """Reread the disk after an uncertain commit; return the affected fragments."""
        return frozenset()

    def on_tick(self) -> frozenset[str]:
        """Fragments that changed silently since the last tick."""
        return frozenset()

    def on_message(self, register: str, page: OpenPage, text: str) -> None:
        """Handle a page's message on its socket; "" when it closes."""

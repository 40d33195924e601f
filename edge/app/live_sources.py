"""Sources of page updates other than the bus and the clock: sign-outs and the sync position. They are separate from
their pages, because pages aren't imported at start-up."""

from __future__ import annotations

from collections.abc import Iterable

from edge.core.messages import Actor, Command, Outcome, Refused
from edge.runtime.sync_state import SyncState
from edge.web.live.source import FragmentChange, LiveSource


class SignInSource(LiveSource):
    """Reports automatic sign-outs after inactivity."""

    def on_answer(self, command: Command, actor: Actor, outcome: Outcome) -> Iterable[FragmentChange]:
        if isinstance(outcome, Refused) and outcome.code == "sign_in_first":
            yield FragmentChange(frozenset({"signed_in"}), actor.register)


class SyncPosition(LiveSource):
    """Reports changes of the sync position, which isn't announced on the bus."""

    def __init__(self, sync: SyncState | None) -> None:
        self._sync = sync
        self._known = self._now()

    def on_tick(self) -> frozenset[str]:
        before, self._known = self._known, self._now()
        return frozenset() if before == self._known else frozenset({"status", "position", "alerts", "shop_status"})

    def _now(self) -> tuple[str, int, int, str] | None:
        sync = self._sync
        return (sync.state, sync.through, sync.head, sync.advice) if sync else None

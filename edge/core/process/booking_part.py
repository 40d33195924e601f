"""A part that books pending ledger entries until none remain, surviving any interruption."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec
import structlog

from edge.core.command_bus import COMMITTED, CommandBus
from edge.core.messages import Actor, Command, Done
from edge.core.storage.database import Connection

_log = structlog.get_logger(__name__)


class Booking(msgspec.Struct, frozen=True):
    """A pending booking: its id, command and actor. `otherwise`: the command to try if the first is refused."""

    id: str
    command: Command
    actor: Actor
    otherwise: Command | None = None


class BookingPart:
    """Books pending entries after each commit. A refused entry is retried at the next start. `what` is the entries'
    name in the log."""

    def __init__(self, shop: CommandBus, what: str, waiting: Callable[[Connection], Iterable[Booking]]) -> None:
        self._shop, self._what, self._waiting = shop, what, waiting
        self._refused: set[str] = set()

    async def run(self, ready: Callable[[], None]) -> None:
        """Run until cancelled."""
        news = self._shop.bus.subscribe(COMMITTED)
        ready()
        try:
            while True:
                await self.look()
                await self._shop.news(news)
        finally:
            self._shop.bus.unsubscribe(news)

    async def look(self) -> None:
        """Book everything pending now."""
        for one in self._waiting(self._shop.reader):
            if one.id in self._refused:
                continue
            outcome = await self._shop.do(one.command, one.actor)
            if one.otherwise is not None and not isinstance(outcome, Done):
                outcome = await self._shop.do(one.otherwise, one.actor)
            if not isinstance(outcome, Done):
                self._refused.add(one.id)  # an alert notifies the people responsible
                _log.warning("a payment can't be booked", of=self._what, id=one.id, why=str(outcome))

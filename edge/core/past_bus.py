"""Command bus for a past state: reads a view and refuses all commands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from edge.core import ids
from edge.core.bus import Bus
from edge.core.clock import ClockReading
from edge.core.command_bus import CommandBus
from edge.core.journal.moments import PastMoment
from edge.core.journal.past import open_view
from edge.core.journal.rows import Head, read_head
from edge.core.messages import Actor, Command, Outcome, Refused
from edge.core.storage.database import Connection

T = TypeVar("T")
READ_ONLY = Refused("past_read_only")


class StoppedClock:
    """A clock stopped at a moment."""

    def __init__(self, at_us: int) -> None:
        self._reading = ClockReading(at_us, 0, bytes(16))

    def read(self) -> ClockReading:
        return self._reading


class PastBus(CommandBus):
    """The bus of a site that shows the past: the same ledger, read through a view. Every command and change is
    refused."""

    def __init__(self, real: CommandBus, view: Path, moment: PastMoment) -> None:
        self.path, self.registry = real.path, real.registry
        self.bus = Bus()
        self._view, self.moment = view, moment
        self.right_of_way, self.till_first = real.right_of_way, real.till_first
        self.clock = StoppedClock(moment.at_us)
        self.reader = open_view(view, real.path, moment.seq)
        self.head: Head = read_head(self.reader)
        self.why_read_only = self.doubt_of_clock = None
        self.faults = 0
        self.leads = lambda: True

    def start(self) -> None:
        """Do nothing: there is no writer."""

    def open_reader(self) -> Connection:
        return self.right_of_way.yielded_by(open_view(self._view, self.path, self.moment.seq))

    async def do(
        self,
        command: Command,
        actor: Actor,
        command_id: ids.CommandId | None = None,
        wanted: Callable[[], bool] | None = None,
    ) -> Outcome:
        return READ_ONLY

    async def maintain(self, change: Callable[[Connection], T]) -> T | Refused:
        return READ_ONLY

    @property
    def waiting(self) -> int:
        return 0

    def listen(self, listener: Callable[[Command, Actor, Outcome], None]) -> None:
        """Do nothing: no outcomes occur."""

    def on_uncertain_commit(self, read_again: Callable[[], None]) -> None:
        """Do nothing: no commits occur."""

    async def heartbeat(self) -> None:
        """Return immediately: no writer can hang."""

    def close(self) -> None:
        self.reader.close()

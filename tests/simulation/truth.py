"""The answers that people at the tills got: the commands answered as done, with their events."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from edge.core.messages import Done, Event
from edge.core.storage.database import Connection
from edge.counter.till.events import SaleCompleted, SaleRefunded
from sync.wire import Epoch

PAPERS = (SaleCompleted, SaleRefunded)


class Broken(Exception):
    """An invariant doesn't hold. `invariant`: its name; `what`: what was found."""

    def __init__(self, invariant: str, what: str) -> None:
        super().__init__(f"{invariant}: {what}")
        self.invariant = invariant
        self.what = what


class Told(msgspec.Struct, frozen=True):
    """A command that was answered as done. Its events are the rows from `first_seq` on, in `epoch`."""

    command_id: bytes
    register: str
    epoch: int
    first_seq: int
    events: tuple[Event, ...]


class Truth:
    """All answers. Only a restore of an old backup may make some of them invalid: they are in abandoned history."""

    def __init__(self) -> None:
        self.all: dict[bytes, Told] = {}
        self.left: set[bytes] = set()
        self.acknowledged: dict[bytes, set[tuple[str, int]]] = {}
        self.restores = 0
        self._epochs: tuple[Epoch, ...] = ()
        self._last = 0

    def tell(self, register: str, done: Done) -> None:
        """Record that a command was answered as done. Commands without events are ignored: nothing of them must be
        kept.
        """
        if not done.events:
            return
        told = Told(done.command_id, register, done.epoch, done.first_seq, done.events)
        before = self.all.get(done.command_id)
        if before is not None and done.command_id not in self.left and before != told:
            raise Broken("told the same again", f"{before} and then {told}")
        self.all[done.command_id] = told
        if self._stands(told):
            self.left.discard(done.command_id)
        else:  # the answer was still in transit when the shop was restored
            self.left.add(done.command_id)

    def set_back(self, epochs: tuple[Epoch, ...], last: int) -> None:
        """Record a restore: only answers with their rows in the backup are still valid."""
        self.restores += 1
        self._epochs, self._last = epochs, last
        self.left = {id for id, told in self.all.items() if not self._stands(told)}

    def acknowledge(self, epoch: int, through: int) -> None:
        """Record that head office acknowledged the rows of `epoch` up to `through`, and so the receipts in them."""
        for id, told in self.all.items():
            if told.epoch == epoch and told.first_seq + len(told.events) - 1 <= through:
                papers = {(told.register, event.number) for event in told.events if isinstance(event, PAPERS)}
                if papers:
                    self.acknowledged.setdefault(id, set()).update(papers)

    @property
    def stands(self) -> dict[bytes, Told]:
        return {id: told for id, told in self.all.items() if id not in self.left}

    def events(self) -> Iterator[tuple[str, Event]]:
        """Yield the register and event of each valid answer's events."""
        for told in self.stands.values():
            yield from ((told.register, event) for event in told.events)

    def _stands(self, told: Told) -> bool:
        if not self._epochs or told.epoch == self._epochs[-1].epoch:
            return True
        begun = [epoch.epoch for epoch in self._epochs if epoch.first_seq <= told.first_seq]
        return told.first_seq <= self._last and begun[-1] == told.epoch


def epochs_of(db: Connection) -> tuple[Epoch, ...]:
    """Return a ledger's epochs."""
    found = db.execute("SELECT epoch, seq, prev FROM journal WHERE type = 'EpochStarted' ORDER BY seq").fetchall()
    made: list[Epoch] = []
    for epoch, seq, prev in found:
        made.append(Epoch(epoch, seq, made[-1].epoch if made else 0, seq - 1, prev))
    return tuple(made)

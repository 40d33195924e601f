"""Fetches rows that head office has in addition to a backup into the restored ledger, before its new epoch begins.

A new epoch continues after the ledger's last row, so rows that weren't fetched before are missing from it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

import msgspec

from edge import __version__
from edge.core.journal.highwater import day
from edge.core.journal.rows import INSERT, Head, read_head
from edge.core.storage.database import Connection, open_writer
from edge.lib.errors import NeedsHuman
from edge.operations.maintenance.restoring.prior_state import beyond
from edge.runtime.backup_state.limits import ASK_S
from edge.runtime.backup_state.restore_gap import MissingFacts, epochs_of
from edge.runtime.config import Config
from sync.history_fetch import Fetching, HistoryBroken, fetching
from sync.mqtt import BrokerConfig
from sync.session import LinkLost
from sync.uplink import DeviceIdentity
from sync.wire import Row, WireError, hash_of

WITHOUT = "Try again, or go on without them (head office's books keep them): --without-the-rest"
Show = Callable[[int, int], None]
"""Called with the last fact in this ledger, and the last at head office."""


class Rest(msgspec.Struct, frozen=True):
    """The rows at head office after the ledger's end: `first` to `last`, with their times in UTC microseconds.
    `brought`: whether they were fetched."""

    first: int
    last: int
    from_us: int
    to_us: int
    brought: bool

    @property
    def what(self) -> str:
        times = f"from {day(self.from_us)} to {day(self.to_us)}"
        return f"{self.last - self.first + 1} more entries, #{self.first} to #{self.last}, {times}"

    @property
    def lacking(self) -> MissingFacts | None:
        return None if self.brought else MissingFacts(self.last - self.first + 1, self.from_us, self.to_us)


def bring(config: Config, broker: BrokerConfig | None, ledger: Path, wanted: bool, show: Show) -> Rest | None:
    """Fetch these rows into the ledger at `ledger`, which no process has open and which has the current schema. Skipped
    if not `wanted`, or if head office's history diverges before the ledger's last row.

    Returns None if there are none, or head office can't be reached. Raises `NeedsHuman` if they exist but couldn't be
    fetched.
    """
    if broker is None:
        return None
    with closing(open_writer(ledger)) as db:
        found: list[Rest] = []
        try:
            header = config.header
            who = DeviceIdentity(header.tenant, header.store, header.device, __version__)
            asyncio.run(fetching(who, broker, lambda hub: _bring(db, hub, wanted, show, found)))
        except (LinkLost, TimeoutError, WireError, HistoryBroken) as error:
            if not found:
                return None  # the next request explains it
            raise NeedsHuman(
                f"Head office has {found[0].what}, but they weren't received: {error}.", WITHOUT
            ) from error
        return found[-1] if found else None


async def _bring(db: Connection, hub: Fetching, wanted: bool, show: Show, found: list[Rest]) -> None:
    """Add the available rows to `found`, and then the result."""
    head = read_head(db)
    async with asyncio.timeout(ASK_S):
        held = await hub.fetch_extent()
        first = beyond(head.seq, epochs_of(db), held.epochs)
        if first > held.through:
            return
        ends: list[Row] = []
        await hub.rows(first, first, ends.extend)
        await hub.rows(held.through, held.through, ends.extend)
    rest = Rest(first, held.through, ends[0].at_us, ends[-1].at_us, brought=False)
    found.append(rest)
    if not wanted or ends[0].prev != head.hash:
        return
    db.execute("UPDATE projection SET version = 0")  # rebuild the tables with these rows
    taking = _Taking(db, head)
    await hub.rows(first, held.through, lambda rows: taking.take(rows, show, held.through))
    if taking.head.hash != held.hash:
        raise HistoryBroken(f"row #{taking.head.seq} isn't the last row announced by the hub")
    found.append(msgspec.structs.replace(rest, brought=True))


class _Taking:
    """A ledger to which rows are being added."""

    def __init__(self, db: Connection, head: Head) -> None:
        self._db = db
        self.head = head

    def take(self, rows: Iterable[Row], show: Show, through: int) -> None:
        """Verify and store consecutive rows. Raises `HistoryBroken`."""
        taken = []
        for row in rows:
            head = self.head
            if row.seq != head.seq + 1 or row.prev != head.hash or hash_of(row) != row.hash:
                raise HistoryBroken(f"row #{row.seq} doesn't continue row #{head.seq}")
            self.head = Head(row.epoch, row.seq, row.hash)
            taken.append(msgspec.structs.astuple(row))
        self._db.execute("BEGIN IMMEDIATE")
        self._db.executemany(INSERT, taken)
        self._db.execute("COMMIT")
        show(self.head.seq, through)

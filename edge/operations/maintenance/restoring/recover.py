"""`edge recover`: rebuild an empty box's ledger from the hub, and continue in a new epoch."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path

import msgspec

from edge import __version__
from edge.core.clock import Clock
from edge.core.journal.rows import INSERT, Head, read_head, write_header
from edge.core.storage.database import Connection, open_reader, open_writer
from edge.core.storage.migrate import migrate
from edge.lib.errors import NeedsHuman
from edge.lib.worded_errors import worded_error
from edge.operations.ledger import build_registry
from edge.operations.maintenance.restoring import prior_state, rejoin, set_aside
from edge.operations.maintenance.restoring.prior_state import PriorState
from edge.operations.maintenance.restoring.rejoin import Rejoined
from edge.operations.maintenance.restoring.restore import begin, lock_data_folder
from edge.operations.maintenance.restoring.set_aside import Remainder
from edge.operations.maintenance.restoring.swap import Notes, put_in_place
from edge.runtime.backup_state import destinations
from edge.runtime.backup_state.limits import SPARE_BYTES
from edge.runtime.backup_state.restore_request import RestoreRequest, outcome_of
from edge.runtime.config import Config
from sync.history_fetch import Fetching, Held, HistoryBroken, fetching
from sync.mqtt import BrokerConfig
from sync.session import LinkLost
from sync.uplink import DeviceIdentity
from sync.wire import Row, WireError, hash_of

_NEWEST_SALE = "SELECT body FROM journal WHERE type = 'SaleCompleted' ORDER BY seq DESC LIMIT 1"
REJOINED = "rejoined"
FOLDER = "recovering"
"""Folder in the data folder with the progress of an interrupted recovery, from which the next one continues."""


class NothingHeld(NeedsHuman):
    """Head office has never received an entry from `box` (tenant/store/device)."""

    def __init__(self, box: str) -> None:
        advice = "Correct [store] in config.toml. For a new shop, just start it: edge run"
        super().__init__(f"The hub has no data of {box}.", advice)
        self.box = box


class Recovered(msgspec.Struct, frozen=True):
    """The result of a recovery.

    `rows`: the number of rows fetched. `head`: the first row of the new epoch. `aside`: the folder to which the old
    ledger was moved. `rejoined`: the number of rows included again that an earlier restore had left out. `own`: rows
    that only the replaced ledger had.
    """

    rows: int
    head: Head
    aside: Path | None
    seconds: float
    fetch_s: float
    rejoined: int = 0
    own: Remainder = Remainder()


async def recover(
    config: Config,
    broker: BrokerConfig,
    clock: Clock,
    replace: bool,
    show: Callable[[int, int], None],
    request: RestoreRequest | None = None,
) -> Recovered:
    """Rebuild the ledger in the data folder. `show` receives the number of rows fetched, and the total. `request`: the
    page's request that this fulfils.

    Raises `NeedsHuman` with the reason. In that case an existing ledger is unchanged, and fetched rows are kept for the
    next attempt.
    """
    began = time.monotonic()
    with lock_data_folder(config):
        if config.ledger.exists() and not replace:
            raise NeedsHuman(
                f"{config.folder} already contains a ledger.",
                "To replace it with head office's copy (the old one is kept): --replace",
            )
        folder = config.folder / FOLDER
        destinations.room(config.folder, SPARE_BYTES)
        try:
            held, gone = await _fetch(config, broker, folder, clock, show)
        except LinkLost as lost:
            raise NeedsHuman(lost.trouble.why, lost.trouble.advice) from lost
        except (WireError, HistoryBroken) as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise NeedsHuman(
                f"The history sent by the hub is invalid: {error}.", "Try again. If it persists, call head office."
            ) from error
        fetch_s = time.monotonic() - began
        check_currency(folder / "ledger.db", config.store.currency)
        known = prior_state.of_ledger(config.ledger).with_other(PriorState(held.epochs[-1].epoch, asked=True))
        own = set_aside.remainder(config, build_registry(config), config.ledger, folder / "ledger.db")
        if own.follows:
            set_aside.bring_following(config.ledger, folder / "ledger.db")
        made = _rejoin_ledger(config, folder, clock, known, gone, own.again) if gone else None
        head = made or begin(config, folder / "ledger.db", clock, known, "recovered", own.again)
        at_us = clock.read().at_us
        outcome = outcome_of(request, "", at_us, held.through, own.brought.rows)
        notes = Notes(own.left, asked=True, outcome=outcome)
        aside = put_in_place(config, folder / REJOINED if made else folder, at_us, notes)
        shutil.rmtree(folder, ignore_errors=True)
    return Recovered(held.through, head, aside, time.monotonic() - began, fetch_s, len(gone), own)


def check_currency(fetched: Path, currency: str) -> None:
    """Refuse a configuration with another currency than the shop's newest sale, because its prices would be read in the
    wrong currency. Raises `NeedsHuman`; the fetched rows are kept for the next attempt."""
    with closing(open_reader(fetched)) as db:
        newest = db.execute(
            "SELECT body FROM journal WHERE type = 'SaleCompleted' ORDER BY seq DESC LIMIT 1"
        ).fetchone()
    sold_in = msgspec.json.decode(newest[0])["currency"] if newest else currency
    if sold_in != currency:
        raise worded_error(NeedsHuman, "first.office_currency", sold=sold_in, currency=currency)


def _rejoin_ledger(
    config: Config, folder: Path, clock: Clock, known: PriorState, gone: Sequence[Row], own: Sequence[Row]
) -> Head:
    """Build a ledger in the folder `REJOINED` from the one in `folder`, with rows left out by restores in their place.
    Returns its new epoch's first row."""
    shutil.rmtree(folder / REJOINED, ignore_errors=True)
    (folder / REJOINED).mkdir(mode=0o700)
    with closing(begin_recovered_ledger(folder / REJOINED, config, clock)) as target:
        made = Rejoined(target, folder / "ledger.db", gone)
    with closing(made):
        return begin(config, folder / REJOINED / "ledger.db", clock, known, "recovered", chain(made.rest, own))


async def _fetch(
    config: Config, broker: BrokerConfig, folder: Path, clock: Clock, show: Callable[[int, int], None]
) -> tuple[Held, list[Row]]:
    """Fetch all rows to `folder`. Returns the extent of the hub's copy, and the rows left out by restores."""
    header = config.header

    async def work(asking: Fetching) -> tuple[Held, list[Row]]:
        held = await asking.fetch_extent()
        if not held.epochs or not held.through:
            raise NothingHeld(f"{header.tenant}/{header.store}/{header.device}")
        # An old box may still be sending: rows that reach the hub before we begin belong to us too.
        while (again := await _fill(asking, folder, config, clock, held, show)) != held:
            held = again
        with closing(open_reader(folder / "ledger.db")) as db:
            return held, await rejoin.fetch(asking, db, held.orphans)

    return await fetching(DeviceIdentity(header.tenant, header.store, header.device, __version__), broker, work)


async def _fill(
    asking: Fetching, folder: Path, config: Config, clock: Clock, held: Held, show: Callable[[int, int], None]
) -> Held:
    """Fetch the missing rows of `held`. Returns the extent of the hub's copy at the end."""
    target = _Target(folder, config, clock, held)
    try:
        await asking.rows(target.head.seq + 1, held.through, lambda rows: target.take(rows, show, held.through))
        target.check(held)
    finally:
        target.close()
    return await asking.fetch_extent()


class _Target:
    """The ledger being filled."""

    def __init__(self, folder: Path, config: Config, clock: Clock, held: Held) -> None:
        folder.mkdir(exist_ok=True, mode=0o700)
        self.db = begin_recovered_ledger(folder, config, clock)
        self.head = read_head(self.db)
        if self.head.seq > held.through or (self.head.seq and not _is_of(self.head, held)):
            self.db.close()
            shutil.rmtree(folder)
            folder.mkdir(mode=0o700)
            self.db = begin_recovered_ledger(folder, config, clock)
            self.head = read_head(self.db)

    def take(self, rows: list[Row], show: Callable[[int, int], None], through: int) -> None:
        """Verify and store consecutive rows. Raises `HistoryBroken`."""
        head = self.head
        for row in rows:
            if row.seq != head.seq + 1 or row.prev != head.hash or hash_of(row) != row.hash:
                raise HistoryBroken(f"row #{row.seq} doesn't continue row #{head.seq}")
            head = Head(row.epoch, row.seq, row.hash)
        self.db.execute("BEGIN IMMEDIATE")
        try:
            self.db.executemany(INSERT, [msgspec.structs.astuple(row) for row in rows])
            self.db.execute("COMMIT")
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.head = head
        self.db.execute("PRAGMA wal_checkpoint(PASSIVE)")
        show(head.seq, through)

    def check(self, held: Held) -> None:
        """Raises `HistoryBroken` if the ledger's end differs from the hub's statement."""
        if (self.head.seq, self.head.hash) != (held.through, held.hash):
            raise HistoryBroken(f"row #{self.head.seq} isn't the last row announced by the hub")

    def close(self) -> None:
        self.db.close()


def begin_recovered_ledger(folder: Path, config: Config, clock: Clock) -> Connection:
    """Create a new ledger of this shop in `folder`, for rows that also exist elsewhere; or open one begun earlier."""
    db = open_writer(folder / "ledger.db")
    # Safe in WAL mode; a power cut costs the newest rows, which are brought again (sqlite.org, pragma synchronous).
    db.execute("PRAGMA synchronous = NORMAL")
    migrate(db)
    write_header(db, config.header, clock.read().at_us)
    return db


def _is_of(head: Head, held: Held) -> bool:
    """Whether a row may belong to a history, by its epochs. The chain then proves it."""
    newest = [epoch.epoch for epoch in held.epochs if epoch.first_seq <= head.seq]
    return bool(newest) and newest[-1] == head.epoch

"""Saves the intact part of a damaged ledger as a new one, if neither a backup nor head office has more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path

import msgspec

from edge.core.clock import Clock
from edge.core.journal.integrity import intact_prefix
from edge.core.journal.rows import INSERT, Head, read_header, valid_rows
from edge.core.journal.verify import verify
from edge.core.storage.database import Connection, DatabaseError, open_reader
from edge.core.storage.migrate import newest, version
from edge.core.storage.permissions import explain_not_writable
from edge.core.storage.scratch_dir import workplace
from edge.lib.errors import NeedsHuman
from edge.operations.ledger import build_registry
from edge.operations.maintenance.restoring import prior_state, set_aside
from edge.operations.maintenance.restoring.hub_remainder import Rest, bring
from edge.operations.maintenance.restoring.prior_state import PriorState
from edge.operations.maintenance.restoring.recover import begin_recovered_ledger
from edge.operations.maintenance.restoring.restore import begin, lock_data_folder
from edge.operations.maintenance.restoring.swap import Notes, put_in_place
from edge.runtime.backup_state import destinations
from edge.runtime.config import Config
from sync.mqtt import BrokerConfig
from sync.wire import Row

BETTER = "Use the latest backup (edge restore --newest --replace) or head office's copy (edge recover --replace)."
ELSE = "If there is neither, continue with the intact part (the ledger is kept): edge restore --as-is --replace"


def damage(config: Config) -> NeedsHuman | None:
    """Return the ledger's damage with advice other than continuing; None if it is intact. Read-only."""
    if not config.ledger.exists():
        return NeedsHuman(f"No ledger found at {config.ledger}.", "Restore a backup: edge restore --newest")
    fault: str | None
    try:
        with closing(open_reader(config.ledger)) as db:
            today = version(db) == newest()  # an older ledger is checked after it's migrated
            fault = next(iter(verify(db, build_registry(config)).faults), None) if today else None
    except DatabaseError as error:
        fault = str(error)
    if fault is None:
        return None
    return NeedsHuman(f"The ledger is damaged: {fault}. {intact_prefix(config.ledger)}", f"{BETTER} {ELSE}")


def salvage(
    config: Config, clock: Clock, broker: BrokerConfig | None, *, with_the_rest: bool = True
) -> tuple[Head, PriorState, Rest | None, Path | None]:
    """Replace the ledger with its intact part, in a new epoch; the old one is moved aside.

    Returns its first row, knowledge of the lost time, the rows that head office had in addition (see `restore`), and
    the old ledger's folder. Raises `NeedsHuman` if no part is intact, or the shop is running.
    """
    with lock_data_folder(config), workplace(config.folder, "restore") as folder:
        size = config.ledger.stat().st_size
        destinations.room(config.folder, size + destinations.spare(size))
        fresh = folder / "ledger.db"
        with closing(begin_recovered_ledger(folder, config, clock)) as target:
            if not _copy_valid_rows(config, target):
                raise NeedsHuman("The ledger's journal has no valid rows, or belongs to another shop.", BETTER)
        rest = bring(config, broker, fresh, with_the_rest, lambda *_: None)
        known = prior_state.of_ledger(config.ledger).with_other(
            prior_state.of_office(config, broker, build_registry(config), fresh)
        )
        head = begin(config, fresh, clock, known, "restored")
        own = set_aside.remainder(config, build_registry(config), config.ledger, fresh, wanted=False)
        notes = Notes(own.left, rest.lacking if rest else None, asked=True)
        aside = put_in_place(config, folder, clock.read().at_us, notes)
        return head, known, rest, aside


def _copy_valid_rows(config: Config, target: Connection) -> int:
    """Copy the ledger's intact rows to `target`, including archived ones; return how many."""
    rows = 0
    for page in _intact_pages(config):
        try:
            target.execute("BEGIN IMMEDIATE")
            target.executemany(INSERT, [msgspec.structs.astuple(row) for row in page])
            target.execute("COMMIT")
            target.execute("PRAGMA wal_checkpoint(PASSIVE)")
        except DatabaseError as error:
            raise explain_not_writable(config.ledger.parent, error) from error
        rows += len(page)
    return rows


def _intact_pages(config: Config) -> Iterator[Sequence[Row]]:
    """Yield the ledger's intact rows, in pages; none if its header or first page is damaged."""
    with suppress(DatabaseError), closing(open_reader(config.ledger, cut_off=True)) as db:
        if read_header(db) == config.header:
            yield from valid_rows(db)

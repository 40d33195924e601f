"""`edge upgrade --from`: convert a ledger of version 0.1.0, whose tables differ from those of 1.0.

Its rows are copied to a new file with their order and numbers, in new epochs, followed by one whose first row names the
old ledger's end. Z reports signed by this box are signed again. Local state is copied, and tables are
rebuilt from the journal. The old ledger is kept aside.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec

from edge.core.clock import Clock
from edge.core.journal import epochs
from edge.core.journal.projections import rebuild_stale
from edge.core.journal.rows import INSERT, EpochStarted, Head, check_chain, read_head, read_header, read_rows
from edge.core.journal.verify import verify
from edge.core.registry import Registry
from edge.core.secrets import keys
from edge.core.secrets.store import SecretStore
from edge.core.storage import migrate, schema
from edge.core.storage.database import BEHIND, Connection, DatabaseError, open_reader, read_behind
from edge.core.storage.scratch_dir import workplace
from edge.core.writer import Writer
from edge.counter.till.closing.z_signature import ZSigner
from edge.counter.till.events import ReportPrinted
from edge.lib.errors import NeedsHuman
from edge.operations.ledger import PREPARED, build_registry
from edge.operations.maintenance.restoring.recover import begin_recovered_ledger
from edge.operations.maintenance.restoring.restore import lock_data_folder
from edge.operations.maintenance.restoring.swap import put_in_place
from edge.runtime.config import Config
from sync.wire import Row, hash_of

PAGE = 1_000
OF_THE_FILE = {
    *("header", "journal", "projection", "write_probe"),
    *("archive", "archived_command", "checkpoint_key", "sync_position"),
}
"""Tables about the old file or its chain, which aren't copied. The new file has its own, and contains the archived rows
again."""
RECREATED_STATE = {"search_sense", "search_sense_vector", "recommend_picture"}
"""Local state that the shop recreates, with ids of tables that are also recreated."""


class TakenAcross(msgspec.Struct, frozen=True):
    """The result of a conversion.

    `old`, `head`: the ends of the old and the new ledger. `signed`: the number of Z reports signed again. `unsigned`:
    the number signed with another key, whose signatures are only valid for the old ledger. `left`: the tables whose
    rows weren't copied. `kept`: the old ledger's location.
    """

    old: Head
    head: Head
    signed: int
    unsigned: int
    left: tuple[str, ...]
    kept: Path


def take_across(config: Config, clock: Clock, source: Path) -> TakenAcross:
    """Create the ledger of `config` from the one at `source`, which is unchanged. If `source` is in the ledger's place,
    it is moved aside. Raises `NeedsHuman` with the reason; nothing is changed in that case."""
    with lock_data_folder(config):
        _require_free(config, source)
        with workplace(config.folder, "restore") as folder:
            with closing(open_reader(source)) as old:
                _require_sound(config, old)
                with closing(begin_recovered_ledger(folder, config, clock)) as new:
                    made = _Copy(config, old, new)
                    made.rows(epochs.epoch_after(read_head(old).epoch, clock.read().at_us, secrets.randbits(32)))
                    left = _copy_local_state(old, new, made.registry, source)
                    head = _go_on(config, clock, made, read_head(old))
                    was = read_head(old)
            aside = put_in_place(config, folder, clock.read().at_us)
            (config.folder / PREPARED).unlink(missing_ok=True)
    return TakenAcross(was, head, made.signed, made.unsigned, left, aside / config.ledger.name if aside else source)


def _require_free(config: Config, source: Path) -> None:
    if not source.is_file():
        raise NeedsHuman(f"No ledger found at {source}.", "Enter the path of the old one.")
    if config.ledger.exists() and config.ledger.resolve() != source.resolve():
        raise NeedsHuman(
            f"{config.folder} already contains a ledger.", f"Convert that one, or move it away: {config.ledger}"
        )


def _require_sound(config: Config, old: Connection) -> None:
    header = read_header(old)
    if header != config.header:
        whose = f"{header.tenant}/{header.store}/{header.device}" if header else "nobody's"
        raise NeedsHuman(f"The ledger belongs to {whose}.", "Correct [store] in config.toml, or use another ledger.")
    at = migrate.version(old)
    if at != migrate.BASELINE:
        migrate.require_known(old)
    if at > migrate.BASELINE or not migrate.differences(old):
        raise NeedsHuman(f"The ledger already has schema {at} and needs no conversion.", "Start the shop: edge run")
    for _, fault in check_chain(old):
        raise NeedsHuman(f"The ledger is damaged: {fault}.", "Restore a backup with the version that made it.")


class _Copy:
    """Copies rows from one ledger to another."""

    def __init__(self, config: Config, old: Connection, new: Connection) -> None:
        self.registry = build_registry(config)
        self.new = new
        self.signed = self.unsigned = 0
        self._old = old
        self._signer = ZSigner(SecretStore(config.folder, keys.of_secrets(config.folder)), config.folder)

    def rows(self, first_epoch: int) -> None:
        """Write all rows, in epochs from `first_epoch` on."""
        self.new.execute("BEGIN IMMEDIATE")
        before, epoch = read_head(self.new), first_epoch - 1
        for row in _rows_of(self._old):
            epoch += row.type == EpochStarted.__name__
            row = msgspec.structs.replace(row, epoch=epoch, prev=before.hash)
            row = self._written_anew(row, before)
            row = msgspec.structs.replace(row, hash=hash_of(row))
            self.new.execute(INSERT, msgspec.structs.astuple(row))
            before = Head(row.epoch, row.seq, row.hash)
        self.new.execute("COMMIT")

    def _written_anew(self, row: Row, before: Head) -> Row:
        if row.type == EpochStarted.__name__ and before.seq:
            begun = msgspec.json.decode(row.body, type=EpochStarted)
            begun = msgspec.structs.replace(begun, parent_epoch=before.epoch, parent_hash=before.hash.hex())
            return msgspec.structs.replace(row, body=msgspec.json.encode(begun))
        if row.type == ReportPrinted.__name__:
            return msgspec.structs.replace(row, body=self._signed_anew(row))
        return row

    def _signed_anew(self, row: Row) -> bytes:
        report = msgspec.json.decode(row.body, type=ReportPrinted)
        if not report.signature:
            return row.body
        if not self._signer.has_signed(self._old, row.register, row.seq):
            self.unsigned += 1
            return row.body
        self.signed += 1
        return msgspec.json.encode(self._signer.sign(self.new, row.register, report))


def _rows_of(db: Connection) -> Iterator[Row]:
    at = 1
    while rows := read_rows(db, at, PAGE):
        yield from rows
        at = rows[-1].seq + 1


def _copy_local_state(old: Connection, new: Connection, registry: Registry, source: Path) -> tuple[str, ...]:
    """Copy tables that aren't derived, by column name. Returns old tables with rows that the new version has no table
    for. Raises `NeedsHuman` if a table's rows no longer fit."""
    read_behind(new, source)
    derived = {table for projector in registry.projectors for table in projector.tables}
    was, tables = _tables(old), _tables(new)
    local = [name for name in tables if name not in derived | OF_THE_FILE | RECREATED_STATE]
    try:
        new.execute("BEGIN IMMEDIATE")
        new.execute("PRAGMA defer_foreign_keys = ON")
        for name in (name for name in local if name in was):
            both = ", ".join(column for column in _columns(new, "main", name) if column in _columns(new, BEHIND, name))
            new.execute(f"INSERT INTO main.{name} ({both}) SELECT {both} FROM {BEHIND}.{name}")
        new.execute("COMMIT")
        return tuple(
            name
            for name in was
            if name not in tables and new.execute(f"SELECT 1 FROM {BEHIND}.{name} LIMIT 1").fetchone()
        )
    except DatabaseError as error:
        raise NeedsHuman(f"Rows of the ledger don't fit into this version's tables: {error}.", "Tell us.") from error
    finally:
        if new.in_transaction:
            new.execute("ROLLBACK")
        new.execute(f"DETACH {BEHIND}")


def _tables(db: Connection) -> list[str]:
    return [name for name, (kind, _) in schema.objects(db).items() if kind == "table"]


def _columns(db: Connection, database: str, table: str) -> list[str]:
    return [row[1] for row in db.execute(f"PRAGMA {database}.table_info({table})")]


def _go_on(config: Config, clock: Clock, made: _Copy, old: Head) -> Head:
    """Build the tables, begin the new epoch, and verify everything; return its first row."""
    rebuild_stale(made.new, made.registry)
    writer = Writer(made.new, made.registry, clock, config.store.zone, config.day_turns_at_min)
    at = writer.head
    started = EpochStarted("taken across", at.epoch, at.seq, at.hash.hex(), old.epoch, old.hash.hex())
    writer.begin_epoch(started, set_back=False)
    if faults := verify(made.new, made.registry).faults:
        raise NeedsHuman(f"The new ledger would be invalid: {faults[0]}.", "Continue with the old one, and contact us.")
    made.new.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return writer.head

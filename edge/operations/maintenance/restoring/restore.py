"""`edge restore`, `edge drill`: turn a backup into a ledger next to the live one, which it replaces only after
confirmation."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from edge.core.clock import Clock
from edge.core.journal import archive, epochs, highwater
from edge.core.journal.projections import mark_all_stale, rebuild_stale
from edge.core.journal.rows import Head, Header, read_header
from edge.core.journal.verify import Report, verify
from edge.core.storage.atomic_write import write_whole
from edge.core.storage.database import DatabaseError, ProcessLock, open_writer
from edge.core.storage.migrate import migrate, newest
from edge.core.storage.scratch_dir import workplace
from edge.core.writer import Writer
from edge.lib.errors import NeedsHuman
from edge.lib.worded_errors import worded_error
from edge.operations.ledger import build_registry
from edge.operations.maintenance.backups import attachments, pictures, snapshot
from edge.operations.maintenance.backups import people as people_beside
from edge.operations.maintenance.backups.backup import SUFFIX, FoundBackup, make_way
from edge.operations.maintenance.backups.encrypted_file import BackupLabel, Damaged, read_label
from edge.operations.maintenance.backups.extract import Unsealed, unseal
from edge.operations.maintenance.restoring import people, rejoin, set_aside
from edge.operations.maintenance.restoring import prior_state as past
from edge.operations.maintenance.restoring.hub_remainder import Rest, Show, bring
from edge.operations.maintenance.restoring.people import forget_again
from edge.operations.maintenance.restoring.prior_state import PriorState
from edge.operations.maintenance.restoring.set_aside import Remainder
from edge.operations.maintenance.restoring.swap import Notes, complete, put_in_place
from edge.runtime.backup_state import destinations, restore_gap, status, waiting_rows
from edge.runtime.backup_state.restore_request import RestoreRequest, outcome_of
from edge.runtime.backup_state.status import Drill
from edge.runtime.config import Config
from sync.mqtt import BrokerConfig
from sync.wire import Row


class Restored(msgspec.Struct, frozen=True):
    """The result of a restore: the backup, the new epoch's first row, knowledge of the lost time, and the folder to
    which the old ledger was moved (None: none).

    `settings`: the backup's configuration, if it differs. `put`: restored files of the configuration; `lacking`:
    missing ones. `people`: the number of people if they are hidden until a user confirms, otherwise 0. `rest`: rows
    that head office had in addition to the backup; `own`: rows that only the replaced ledger had.
    """

    label: BackupLabel
    head: Head
    past: PriorState
    aside: Path | None
    settings: Path | None
    put: list[Path]
    lacking: list[Path]
    people: int
    seconds: float
    rest: Rest | None = None
    own: Remainder = Remainder()


def drill(config: Config, found: FoundBackup, secret: bytes, now_us: int) -> Report:
    """Restore `found` to a temporary folder and verify it completely, with pictures and people's keys. Also verifies
    that no forgotten person would return. The result is stored for the manager."""
    began = time.monotonic()
    fault = "it was not finished"
    try:
        with workplace(config.folder, "drill") as folder:
            try:
                unseal(found.path, secret, folder)
            except Damaged as error:
                if not make_way(config, found, error.name):
                    raise
                advice = "It is encrypted again with the next backup: edge backup now"
                raise NeedsHuman(error.what, advice, error.key, error.values) from error
            report = verify_ledger(config, folder / "ledger.db", found.path.name)
            with destinations.explaining_disk(found.path.parent):
                back = people.faults_of_forgetting(config, folder / "ledger.db", found.path.parent, secret)
        with destinations.explaining_disk(found.path.parent):
            beside = [
                *back,
                *pictures.faults(found.path, secret),
                *people_beside.faults(found.path.parent, found.label, secret),
            ]
        report = msgspec.structs.replace(report, faults=(*report.faults, *beside))
        fault = report.faults[0] if report.faults else ""
    except NeedsHuman as error:
        fault = error.what
        raise
    finally:
        took_s = round(time.monotonic() - began, 1)
        status.note_drill(config.folder, Drill(now_us, found.path.name, took_s, fault))
    return report


def restore(
    config: Config,
    path: Path,
    secret: bytes,
    clock: Clock,
    replace: bool,
    broker: BrokerConfig | None = None,
    *,
    with_the_rest: bool = True,
    show: Show = lambda *_: None,
    request: RestoreRequest | None = None,
) -> Restored:
    """Restore the ledger in the backup `path` to the data folder, in a new epoch above all known ones, including head
    office's (`broker`).

    Rows that head office has in addition, and those that only the current ledger has, are added first, unless
    `with_the_rest` is False. Receipt numbers that may have been used since the backup are skipped. An existing ledger
    is moved aside, and only with `replace`. Raises `NeedsHuman` with the reason; nothing is changed in that case.
    `request`: the page's request that this fulfils.
    """
    began = time.monotonic()
    with lock_data_folder(config):
        if config.ledger.exists() and not replace:
            raise NeedsHuman(
                f"{config.folder} already contains a ledger.",
                "To replace it with the backup (the old one is kept): --replace",
            )
        with workplace(config.folder, "restore") as folder:
            fresh = folder / "ledger.db"
            opened = unseal_for(config, path, secret, folder)
            report = verify_ledger(config, fresh, path.name)
            if report.faults:
                raise worded_error(NeedsHuman, "backup.faulty", name=path.name, why=report.faults[0])
            put, away = attachments.put_back(config, opened.beside)  # head office may need a restored password
            rest = bring(config, broker, fresh, with_the_rest, show)
            own = set_aside.remainder(config, build_registry(config), config.ledger, fresh, with_the_rest)
            if own.follows:
                set_aside.bring_following(config.ledger, fresh)
            known = past.of_ledger(config.ledger).with_other(past.read_prior_state(path.parent, config))
            known = known.with_other(past.of_office(config, broker, build_registry(config), fresh))
            new = bool(own.brought.rows)
            gone, wrappings = people.bring_back(config, fresh, opened.label, path.parent, secret, known, new)
            head = begin(config, fresh, clock, known, "restored", own.again, gone)
            past.note(path.parent, config, past.of_ledger(fresh))
            settings = _beside(config, opened.beside.settings, opened.label)
            at_us = clock.read().at_us
            lacking = rest.lacking if rest else None
            outcome = outcome_of(request, path.name, at_us, opened.label.seq, own.brought.rows)
            notes = Notes(own.left, lacking, asked=True, wrappings=wrappings, outcome=outcome)
            aside = put_in_place(config, folder, at_us, notes)
    held = people.count_held_people(config)
    seconds = time.monotonic() - began
    return Restored(opened.label, head, known, aside, settings, put, away, held, seconds, rest, own)


def _beside(config: Config, settings: bytes, label: BackupLabel) -> Path | None:
    """Write the backup's configuration to the data folder under a separate name, for comparison. Returns None if there
    is none, or it is the one in use."""
    if not settings or (config.file.is_file() and config.file.read_bytes() == settings):
        return None
    target = config.folder / f"{label.name.removesuffix(SUFFIX)}-{attachments.CONFIG}"
    write_whole(target, settings)
    return target


def begin(
    config: Config,
    ledger: Path,
    clock: Clock,
    known: PriorState,
    why: past.Why,
    again: Iterable[Row] = (),
    gone: Iterable[str] | None = None,
) -> Head:
    """Prepare the ledger at `ledger`, which no process has open. This upgrades the schema, begins the new epoch, adds
    the rows of `again`, skips possibly used numbers, and forgets people again (`gone`; None: those known to this box).
    """
    registry = build_registry(config)
    db = open_writer(ledger)
    try:
        migrate(db)
        rebuild_stale(db, registry)
        writer = Writer(db, registry, clock, config.store.zone, config.day_turns_at_min)
        db.execute("DELETE FROM checkpoint_key")  # checkpoints are now signed with this machine's recovery code
        known, at_us = past.of(db).with_other(known), clock.read().at_us
        head = epochs.begin_restored_epoch(writer, at_us, secrets.randbits(32), known.epoch, why)
        if rejoin.append(db, again):
            rebuild_stale(db, registry)
            writer = Writer(db, registry, clock, config.store.zone, config.day_turns_at_min)
            known = past.of(db).with_other(known)
        past.skip_numbers(writer, registry, config.registers, known, at_us, why)
        forget_again(db, writer, registry, people.forgotten_on_this_box(config) if gone is None else gone, at_us)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return head
    finally:
        db.close()


def go_on_as_is(
    config: Config, clock: Clock, broker: BrokerConfig | None = None, *, with_the_rest: bool = True
) -> tuple[Head, PriorState, Rest | None]:
    """Begin a new epoch on the current ledger, although it has lost rows or was replaced.

    Returns its first row, knowledge of the lost time, and the rows that head office had in addition (see `restore`).
    Raises `NeedsHuman` if the shop is running, or the ledger is damaged.
    """
    with lock_data_folder(config):
        if verify_ledger(config, config.ledger, config.ledger.name).faults:
            _doubt_tables(config.ledger)
        report = verify_ledger(config, config.ledger, config.ledger.name)
        if report.faults:
            raise NeedsHuman(f"The ledger is damaged: {report.faults[0]}.", "Restore a backup: edge restore --newest")
        epochs.set_restore_marker(config.folder)  # the shop mustn't open between the new epoch and skipping its numbers
        rest = bring(config, broker, config.ledger, with_the_rest, lambda *_: None)
        known = past.of_office(config, broker, build_registry(config), config.ledger)
        head = begin(config, config.ledger, clock, known, "restored")
        highwater.remove(config.folder)
        epochs.clear_restore_marker(config.folder)
        restore_gap.note(config.folder, rest.lacking if rest else None)
        return head, known, rest


def bring_aside(config: Config, clock: Clock, name: str, request: RestoreRequest | None = None) -> Remainder:
    """Add rows that only the replaced ledger in the folder `name` has to a copy of the shop's ledger, in a new epoch;
    put it in place, and return the result. The ledger before is moved aside.

    Raises `NeedsHuman` if the shop is running, or that folder has no waiting rows; nothing is changed in that case.
    """
    with lock_data_folder(config):
        waiting = waiting_rows.require(config.folder, name)
        old, registry = config.folder / waiting.folder / config.ledger.name, build_registry(config)
        own = set_aside.remainder(config, registry, old, config.ledger)
        at_us = clock.read().at_us
        if own.again:
            with workplace(config.folder, "restore") as folder, destinations.explaining_disk(folder):
                fresh = folder / config.ledger.name
                snapshot.copy(config.ledger, fresh, rest=lambda _: None)
                _link_archive(config.folder, folder)
                gone = people.bring_keys(config, old, fresh)
                begin(config, fresh, clock, past.of_ledger(old), "restored", own.again, gone)
                outcome = outcome_of(request, waiting.folder, at_us, added=own.brought.rows)
                settled = "" if own.left else waiting.folder
                put_in_place(config, folder, at_us, Notes(settled=settled, outcome=outcome))
        if own.left is None:
            waiting_rows.forget(config.folder, name)
        else:
            waiting_rows.note(config.folder, own.left, old.parent)
        return own


def _link_archive(source: Path, target: Path) -> None:
    """Give a copied ledger its archive: the same files, which never change."""
    if (source / archive.FOLDER).is_dir():
        shutil.copytree(source / archive.FOLDER, target / archive.FOLDER, copy_function=os.link)


@contextmanager
def lock_data_folder(config: Config) -> Iterator[None]:
    """Lock the data folder, and complete an interrupted restore. Raises `NeedsHuman` if the shop is running."""
    config.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = ProcessLock(config.folder)
    lock.require()
    try:
        complete(config.folder)
        yield
    finally:
        lock.release()


def _doubt_tables(ledger: Path) -> None:
    db = open_writer(ledger)
    try:
        mark_all_stale(db)
    finally:
        db.close()


def unseal_for(config: Config, path: Path, secret: bytes, folder: Path) -> Unsealed:
    """Extract a backup as `unseal`. Raises `NeedsHuman` if it belongs to another shop or needs newer software."""
    with destinations.explaining_disk(path.parent):
        label = read_label(path)
    _require_ours(config, Header(label.tenant, label.store, label.device))
    if label.schema > newest():
        raise worded_error(NeedsHuman, "backup.newer", name=path.name, version=label.app or "?")
    return unseal(path, secret, folder)


def _require_ours(config: Config, header: Header | None) -> None:
    if header != config.header:
        whose = f"{header.tenant}/{header.store}/{header.device}" if header else "–"
        raise worded_error(NeedsHuman, "backup.other_shop", shop=whose)


def verify_ledger(config: Config, ledger: Path, name: str) -> Report:
    """All checks of a ledger, of the backup `name`: its owner, chain, and tables. Converts it to this version's schema
    first. Raises `NeedsHuman` if it's another shop's, or no ledger."""
    registry = build_registry(config)
    try:
        db = open_writer(ledger)
        try:
            _require_ours(config, read_header(db))
            migrate(db)
            rebuild_stale(db, registry)
            return verify(db, registry)
        finally:
            db.close()
    except DatabaseError as error:
        raise worded_error(NeedsHuman, "backup.faulty", name=name, why=str(error)) from error

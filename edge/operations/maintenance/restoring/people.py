"""Keeps forgotten people forgotten after a restore.

Three sources may name them: the list in this box's data folder, the list next to the backup, and head office with later
rows. If none covers the time since the backup, all people are hidden until a user confirms.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import structlog

from edge.core import ids
from edge.core.people import wrapping_keys
from edge.core.people.forgetting import ForgetPerson
from edge.core.people.sealing import is_forgotten
from edge.core.people.wrapping_keys import Wrappings
from edge.core.registry import Registry
from edge.core.secrets import keys as keys_of_box
from edge.core.storage.database import Connection, DatabaseError, open_reader, open_writer
from edge.core.transaction import command_hash, encode
from edge.core.writer import Request, Writer
from edge.foundation.access.rights import system
from edge.lib.errors import NeedsHuman
from edge.operations.maintenance.backups import people
from edge.operations.maintenance.backups.encrypted_file import BackupLabel
from edge.operations.maintenance.backups.people import ForgottenList, KeyCopy
from edge.operations.maintenance.restoring.prior_state import PriorState
from edge.runtime.config import Config

_log = structlog.get_logger(__name__)
_ROWS = "SELECT person, wrapping, wrapped FROM person_key"
_ANYBODY = "SELECT 1 FROM person_key"
_PUT = "UPDATE person_key SET wrapping = ?, wrapped = ? WHERE person = ?"


def bring_back(
    config: Config, fresh: Path, label: BackupLabel, place: Path, secret: bytes, known: PriorState, new: bool = False
) -> tuple[tuple[str, ...], Wrappings | None]:
    """Give the restored ledger at `fresh`, from a backup in `place`, its people's remaining keys. No process has that
    ledger open. `new`: rows of the replaced ledger were added, with people new since the backup.

    Returns the forgotten, and the data folder's keys from now on (None: unchanged). They hide people unless it is known
    who was forgotten since the backup.
    """
    here = people.read_list(config.folder, config.header, secret)
    beside = people.read_list(place, config.header, secret)
    copy, keys = _readable(config, place, secret)
    with closing(open_reader(fresh)) as db:
        anybody = bool(db.execute(_ANYBODY).fetchone())
    rows, gone = _of_ledger(config.ledger)
    _give(fresh, keys, [rows, people.rows_of(copy) if copy else {}])
    if new:
        _give(fresh, keys, [rows], new=True)
    held = anybody and not (known.asked or _speaks_of_since(label, here, beside))
    wrappings = Wrappings(keys.keys, held) if keys.keys or held else None
    return tuple(sorted({*gone, *_ids(here), *_ids(beside), *known.forgotten})), wrappings


def bring_keys(config: Config, source: Path, target: Path) -> tuple[str, ...]:
    """Copy personal keys that only the ledger at `source` has to the one at `target`, which no process has open; return
    the people erased in `source`."""
    rows, gone = _of_ledger(source)
    _give(target, wrapping_keys.read(config.folder), [rows], new=True)
    return tuple(gone)


def forgotten_known(config: Config, place: Path, secret: bytes) -> tuple[str, ...]:
    """Return the people known to be forgotten, by the ledger or a list on this box or next to the backups."""
    here, beside = (people.read_list(folder, config.header, secret) for folder in (config.folder, place))
    return tuple(sorted({*_of_ledger(config.ledger)[1], *_ids(here), *_ids(beside)}))


def faults_of_forgetting(config: Config, fresh: Path, place: Path, secret: bytes) -> list[str]:
    """Return a sentence for each reason why forgotten people would return if the ledger at `fresh`, from a backup in
    `place`, were restored.

    They must be in the list next to the backup, because a new box has no other. Their key must be neither in that
    ledger nor among the keys on this box and next to the backup.
    """
    gone = set(forgotten_known(config, place, secret))
    if not gone:
        return []
    faults = []
    beside = set(_ids(people.read_list(place, config.header, secret)))
    if missing := len(gone - beside):
        faults.append(f"{people.list_name(config.header)} in the backup folder lacks {missing} erased people")
    copy, usable = _readable(config, place, secret)
    rows = people.rows_of(copy) if copy else {}
    if kept := len(gone & rows.keys()):
        faults.append(f"{people.keys_name(config.header)} still has the keys of {kept} erased people")
    ids = {one.id for one in usable.keys}
    with closing(open_reader(fresh)) as db:
        opened = [person for person, by, _ in db.execute(_ROWS).fetchall() if person in gone and by in ids]
    if opened:
        faults.append(f"{len(opened)} erased people could be read again in this backup")
    return faults


def forgotten_on_this_box(config: Config) -> tuple[str, ...]:
    """Return the people forgotten on this box, even if its ledger has lost that record."""
    secret = keys_of_box.read_stored_secret(config.folder)
    return _ids(people.read_list(config.folder, config.header, secret)) if secret else ()


def show(config: Config, place: Path | None, secret: bytes, alone: bool) -> int:
    """Show people again, after a user confirmed that no forgotten person is back. Missing keys are taken from the copy
    next to the backups where possible while the shop runs, unless `alone`. Returns the number of people."""
    keys = wrapping_keys.read(config.folder)
    copy = people.read_keys(place, config.header, secret) if place else None
    if copy:
        keys = keys.with_others(copy.wrappings)
    if copy and alone:
        _give(config.ledger, keys, [people.rows_of(copy)], new=True)
    if keys.keys:
        wrapping_keys.put(config.folder, Wrappings(keys.keys))
    with closing(open_reader(config.ledger)) as db:
        return int(db.execute("SELECT count(*) FROM person_key").fetchone()[0])


def count_held_people(config: Config) -> int:
    """Return the number of people if they are hidden, otherwise 0."""
    with closing(open_reader(config.ledger)) as db:
        count = int(db.execute("SELECT count(*) FROM person_key").fetchone()[0])
    return count if wrapping_keys.read(config.folder).held else 0


def forget_again(db: Connection, writer: Writer, registry: Registry, gone: Iterable[str], now_us: int) -> None:
    """Forget people again, in the new epoch, who are known to be forgotten. A backup has their keys, even if head
    office's later rows record the forgetting."""
    spec = registry.by_name[ForgetPerson.__name__]
    said = {person for (person,) in db.execute("SELECT person FROM person_forgotten")}
    for person in sorted({*gone, *said}):
        command = ForgetPerson(person, again=True)
        id = ids.command_id(now_us, secrets.token_bytes(10))
        hash = command_hash(command, encode(command))
        writer.run([Request(spec, command, system(), id, hash, True)], lambda *_: None)


def _readable(config: Config, place: Path, secret: bytes) -> tuple[KeyCopy | None, Wrappings]:
    """Return the copy next to the backups, and all available wrapping keys. Errors are ignored, because a shop can sell
    without names."""
    copy, keys = None, Wrappings()
    try:
        copy = people.read_keys(place, config.header, secret)
    except NeedsHuman as error:
        _log.warning("the keys for personal data in the backup folder can't be used", why=error.what)
    try:
        keys = wrapping_keys.read(config.folder)
    except NeedsHuman as error:
        _log.warning("the keys for personal data in the data folder can't be used", why=error.what)
    return copy, keys.with_others(copy.wrappings) if copy else keys


def _speaks_of_since(label: BackupLabel, here: ForgottenList | None, beside: ForgottenList | None) -> bool:
    """Whether a list covers the time since the backup. The data folder's list is always current; the one next to the
    backup must be newer."""
    made = (label.epoch, label.seq)
    return (here is not None and here.order >= made) or (beside is not None and beside.order > made)


def _give(ledger: Path, keys: Wrappings, sources: list[dict[str, tuple[str, bytes]]], new: bool = False) -> None:
    """Replace people's keys under missing wrapping keys by those under available ones. With `new`, also add keys of
    people known only from head office's rows."""
    usable = {one.id for one in keys.keys}
    found = {person: row for rows in sources for person, row in rows.items() if row[0] in usable}
    db = open_writer(ledger)
    try:
        db.execute("BEGIN IMMEDIATE")
        have = {person: by for person, by, _ in db.execute(_ROWS).fetchall()}
        for person, (by, wrapped) in found.items():
            if person in have and have[person] not in usable:
                db.execute(_PUT, (by, wrapped, person))
            elif new and person not in have and not is_forgotten(db, person):
                db.execute("INSERT INTO person_key (person, wrapping, wrapped) VALUES (?, ?, ?)", (person, by, wrapped))
        db.execute("COMMIT")
    finally:
        db.close()


def _of_ledger(path: Path) -> tuple[dict[str, tuple[str, bytes]], list[str]]:
    """Return the keys in the replaced ledger, and the people erased there, if it is readable."""
    try:
        with closing(open_reader(path)) as db:
            rows = {person: (by, wrapped) for person, by, wrapped in db.execute(_ROWS).fetchall()}
            return rows, [person for (person,) in db.execute("SELECT person FROM person_forgotten")]
    except (DatabaseError, NeedsHuman):
        return {}, []


def _ids(gone: ForgottenList | None) -> tuple[str, ...]:
    return gone.people if gone else ()

"""Rewrites the key table under a new wrapping key after a person was forgotten, and destroys the old one.

Also runs yearly. Each step survives a crash: the new key is durable before it is used, and the old one is destroyed
only when no page of the ledger or WAL needs it.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import msgspec

from edge.core.journal.rows import Head
from edge.core.limits import PEOPLE_A_TURN
from edge.core.people import blind_index, wrapping_keys
from edge.core.people.forgetting import overwriting
from edge.core.people.sealing import Keyring
from edge.core.people.wrapping_keys import YEAR_US, Wrappings
from edge.core.storage.database import Connection, open_writer

_FORGOTTEN = "SELECT epoch, seq FROM person_forgotten ORDER BY epoch DESC, seq DESC LIMIT 1"
_STALE = "SELECT person FROM person_key WHERE wrapping IN (SELECT value FROM json_each(?)) LIMIT ?"
_WRAP = "UPDATE person_key SET wrapping = ?, wrapped = ? WHERE person = ?"


def last_forgotten(db: Connection) -> tuple[int, int]:
    """Return the epoch and row of the newest `PersonForgotten`; (0, 0) if there is none."""
    found = db.execute(_FORGOTTEN).fetchone()
    return (found[0], found[1]) if found else (0, 0)


def due(db: Connection, now_us: int) -> bool:
    """Whether a rotation is needed: an outdated wrapping key exists, or some data isn't under the newest. Raises
    `NeedsHuman` if the keys can't be read."""
    known = wrapping_keys.read(wrapping_keys.folder_of(db))
    if not known.keys:
        return False
    return (
        len(known.keys) > 1
        or _worn(db, known, now_us)
        or bool(db.execute(blind_index.STALE, (known.keys[-1].id, 1)).fetchone())
    )


def begin(db: Connection, head: Head, now_us: int) -> None:
    """Create the next key unless a crash left one. `head` is durable."""
    folder = wrapping_keys.folder_of(db)
    if _worn(db, wrapping_keys.read(folder), now_us):
        wrapping_keys.with_new_key(folder, (head.epoch, head.seq), now_us)


def turn(db: Connection) -> bool:
    """Re-encrypt some rows with the newest key. Returns whether more may remain. Requires the writer's connection.

    Rows whose key is missing are left alone, because it may be restored (`edge person show`).
    """
    known = wrapping_keys.read(wrapping_keys.folder_of(db)).keys
    ring, before = Keyring(db), msgspec.json.encode([one.id for one in known[:-1]]).decode()
    stale = [person for (person,) in db.execute(_STALE, (before, PEOPLE_A_TURN))]
    with overwriting(db):
        for person in stale:
            key = ring.key(person)
            if key is None:  # damaged: it can't be decrypted
                db.execute("DELETE FROM person_key WHERE person = ?", (person,))
            else:
                db.execute(_WRAP, (*ring.wrap(person, key, known[-1]), person))
        rekeyed = blind_index.rekey(db, known[-1], PEOPLE_A_TURN) if known else 0
    return PEOPLE_A_TURN in (len(stale), rekeyed)


def truncate_wal(ledger: Path) -> bool:
    """Truncate the WAL, so that the ledger's pages no longer contain the old data. Returns False if the ledger is in
    use."""
    with closing(open_writer(ledger)) as db:
        db.execute("PRAGMA busy_timeout = 0")
        db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()  # do the long part while the writer continues
        busy, _, _ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy


def end(db: Connection) -> None:
    """Destroy all wrapping keys except the newest. Call it after nothing uses them and the WAL is truncated."""
    folder = wrapping_keys.folder_of(db)
    known = wrapping_keys.read(folder)
    wrapping_keys.put(folder, Wrappings(known.keys[-1:], known.held))


def rotate_completely(db: Connection, ledger: Path, head: Head, now_us: int) -> bool:
    """Rotate completely while the shop isn't running. Returns False if the WAL couldn't be truncated; the old key then
    stays until the next start."""
    begin(db, head, now_us)
    more = True
    while more:
        db.execute("BEGIN IMMEDIATE")
        more = turn(db)
        db.execute("COMMIT")
    if not truncate_wal(ledger):
        return False
    end(db)
    return True


def _worn(db: Connection, wrappings: Wrappings, now_us: int) -> bool:
    last = wrappings.keys[-1] if wrappings.keys else None
    return last is not None and (last.order < last_forgotten(db) or now_us - last.made_us > YEAR_US)

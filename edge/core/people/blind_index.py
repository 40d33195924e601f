"""Looking somebody up by what is known of them exactly (a phone number, an e-mail address, a member's code), though it
stands nowhere in the clear: a blind index.

Of each text a digest is kept, keyed by a key that is derived from the wrapping key: who has the database cannot try
all phone numbers, and when the wrapping key is destroyed, those in old copies say nothing any more.
"""

from __future__ import annotations

import hmac

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from edge.core.people import wrapping_keys
from edge.core.people.sealing import Keyring
from edge.core.people.wrapping_keys import Wrapping
from edge.core.storage.database import Connection

DIGEST_BYTES = 16
TABLE = "person_index"
STALE = """
    SELECT person, kind, sealed FROM person_index JOIN person_key USING (person)
    WHERE person_key.wrapping = ?1 AND person_index.wrapping <> ?1 LIMIT ?2
"""
# The plus keeps SQLite off the index by wrapping keys, under which nearly all rows are the same.
_FIND = "SELECT person FROM person_index WHERE kind = ? AND digest = ? AND +wrapping = ?"
_PUT = "INSERT OR REPLACE INTO person_index (person, kind, wrapping, digest, sealed) VALUES (?, ?, ?, ?, ?)"


def enter(db: Connection, person: str, kind: str, text: str) -> None:
    """From now on `find` gives `person` for this text, and no longer for the one before. `text` is in the one form that
    its kind has (`+33123456789`, small letters); empty: for none. On the writer's connection."""
    if not text:
        db.execute("DELETE FROM person_index WHERE person = ? AND kind = ?", (person, kind))
        return
    sealed = Keyring(db).seal(person, TABLE, kind, text)
    by = wrapping_keys.newest(db)
    db.execute(_PUT, (person, kind, by.id, _digest(by, kind, text), sealed))


def find(db: Connection, kind: str, text: str) -> list[str]:
    """The people who are known by this; nobody while people are held."""
    known = wrapping_keys.read(wrapping_keys.folder_of(db))
    if known.held or not text:
        return []
    found = [
        person
        for by in known.keys
        for (person,) in db.execute(
            _FIND,
            (kind, _digest(by, kind, text), by.id),
        )
    ]
    return sorted(found)


def rekey(db: Connection, by: Wrapping, limit: int) -> int:
    """Bring rows of people whose keys are under `by` under it, too, at most `limit`; how many."""
    ring, stale = Keyring(db), db.execute(STALE, (by.id, limit)).fetchall()
    for person, kind, sealed in stale:
        text = ring.open(person, TABLE, kind, sealed, held_too=True)
        if text:
            db.execute(_PUT, (person, kind, by.id, _digest(by, kind, text), sealed))
        else:  # damaged
            db.execute("DELETE FROM person_index WHERE person = ? AND kind = ?", (person, kind))
    return len(stale)


def _digest(by: Wrapping, kind: str, text: str) -> bytes:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"edge index {kind}".encode()).derive(
        bytes.fromhex(by.key)
    )
    return hmac.digest(key, text.encode(), "sha256")[:DIGEST_BYTES]

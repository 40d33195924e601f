"""Blind index: finds a person by an exact phone number, email address or member code without storing it in the clear.

Stores a keyed digest of each text; the digest's key is derived from the wrapping key. The database alone isn't enough
to try all phone numbers. After the wrapping key is destroyed, old copies reveal nothing.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping

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
# The unary plus keeps SQLite off the index on wrapping keys, since nearly all rows have the same one.
_FIND = """
    WITH asked (kind, digest, wrapping) AS (VALUES {})
    SELECT kind, digest, asked.wrapping, person FROM asked CROSS JOIN person_index USING (kind, digest)
    WHERE +person_index.wrapping = asked.wrapping
"""
_PUT = "INSERT OR REPLACE INTO person_index (person, kind, wrapping, digest, sealed) VALUES (?, ?, ?, ?, ?)"


def enter(db: Connection, person: str, kind: str, text: str) -> None:
    """Index `person` under this text instead of the previous one. `text` is normalised for its kind (`+33123456789`,
    lower case); empty removes it. Requires the writer's connection."""
    enter_all(db, person, {kind: text})


def enter_all(db: Connection, person: str, texts: Mapping[str, str]) -> None:
    """Index several texts of a person, by kind. Reads the keys only once."""
    empty = [(person, kind) for kind, text in texts.items() if not text]
    db.executemany("DELETE FROM person_index WHERE person = ? AND kind = ?", empty)
    if len(empty) == len(texts):
        return
    ring, texts = Keyring(db), {kind: text for kind, text in texts.items() if text}
    enter_sealed(db, ring, {person: (texts, ring.seal_all(person, TABLE, texts))})


def enter_sealed(
    db: Connection, ring: Keyring, people: Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]]
) -> None:
    """Index people who aren't in the index yet, under texts by kind, each with the same texts encrypted by `ring` for
    `TABLE`."""
    by = ring.newest()
    rows = [
        (person, kind, by.id, _digest(by, kind, text), sealed[kind])
        for person, (texts, sealed) in people.items()
        for kind, text in texts.items()
    ]
    db.executemany(_PUT, sorted(rows))


def find(db: Connection, kind: str, text: str) -> list[str]:
    """Return the people indexed under this text; empty while personal data is hidden."""
    return find_all(db, ((kind, text),)).get((kind, text), [])


def find_all(db: Connection, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
    """Return the people indexed under texts, each with its kind, as `find` does: all of them with one statement."""
    known = wrapping_keys.read(wrapping_keys.folder_of(db))
    if known.held:
        return {}
    asked = {(kind, _digest(by, kind, text), by.id): (kind, text) for kind, text in wanted if text for by in known.keys}
    places = ", ".join(["(?, ?, ?)"] * len(asked))
    rows = db.execute(_FIND.format(places), [value for one in asked for value in one]) if asked else ()
    found: dict[tuple[str, str], list[str]] = {}
    for kind, digest, wrapping, person in rows:
        found.setdefault(asked[kind, bytes(digest), wrapping], []).append(person)
    return {one: sorted(people) for one, people in found.items()}


def rekey(db: Connection, by: Wrapping, limit: int) -> int:
    """Move up to `limit` index rows of people whose keys are already under the wrapping key `by` to it; return the
    number."""
    ring, stale = Keyring(db), db.execute(STALE, (by.id, limit)).fetchall()
    for person, kind, sealed in stale:
        text = ring.open(person, TABLE, kind, sealed, held_too=True)
        if text:
            db.execute(_PUT, (person, kind, by.id, _digest(by, kind, text), sealed))
        else:  # damaged: it can't be decrypted
            db.execute("DELETE FROM person_index WHERE person = ? AND kind = ?", (person, kind))
    return len(stale)


def _digest(by: Wrapping, kind: str, text: str) -> bytes:
    return hmac.digest(wrapping_keys.index_key(by.key, kind), text.encode(), "sha256")[:DIGEST_BYTES]

"""Reads of access. Hashes are for the surface that compares a PIN with them; nobody is ever shown one."""

from __future__ import annotations

import msgspec

from edge.access.events import UserSet
from edge.access.rights import OVERRIDE
from edge.core.people.sealing import Keyring, open_
from edge.core.shapes import Actor
from edge.core.storage.database import Connection

SET_UP = "manager"
"""Who signed in with the set-up PIN."""
PIN_HASH = ("access_secret", "pin_hash")
"""Where the hash of a user's PIN stands: what it is sealed for."""
_HASHES = """
    SELECT id, pin_hash FROM access_user JOIN access_secret ON user_id = id WHERE active AND role IN (?, ?) ORDER BY id
"""
_USERS = "SELECT id, role, name, email, phone, employee_number FROM access_user WHERE active"


class User(msgspec.Struct, frozen=True):
    """A user who may sign in. One whose `name` and PIN this box does not have (it was recovered) needs them anew."""

    id: str
    role: str
    name: str
    has_pin: bool
    email: str = ""
    phone: str = ""
    employee_number: str = ""


def pin_hash(db: Connection) -> str | None:
    """The set-up PIN's hash, or None while no PIN is set."""
    found = db.execute("SELECT hash FROM access_pin").fetchone()
    return found[0] if found else None


def user_hashes(db: Connection, managers_only: bool = False) -> list[tuple[str, str]]:
    """Users and the hashes of their PINs."""
    ring, rows = Keyring(db), db.execute(_HASHES, ("manager", "manager" if managers_only else "cashier")).fetchall()
    opened = ((id, ring.open(id, *PIN_HASH, sealed)) for id, sealed in rows)
    return [(id, hash) for id, hash in opened if hash]


def stored_hash(db: Connection, user: str) -> str | None:
    """The hash of one user's PIN; None where this box has none."""
    found = db.execute("SELECT pin_hash FROM access_secret WHERE user_id = ?", (user,)).fetchone()
    return open_(db, user, *PIN_HASH, found[0]) or None if found else None


def managers_hash(db: Connection, user: str) -> str | None:
    """The hash of a manager's PIN, or of the set-up PIN; None for everybody else."""
    return pin_hash(db) if user == SET_UP else dict(user_hashes(db, managers_only=True)).get(user)


def read_users(db: Connection) -> list[User]:
    """All users who are not retired."""
    ring, with_pin = Keyring(db), dict(user_hashes(db))
    found = []
    for id, role, *sealed in db.execute(_USERS).fetchall():
        said = [ring.open(id, UserSet, field, text) or "" for field, text in zip(UserSet.personal, sealed, strict=True)]
        found.append(User(id, role, said[0], id in with_pin, *said[1:]))
    return sorted(found, key=lambda user: (user.name, user.id))


def count_users(db: Connection) -> int:
    """How many users are not retired."""
    return int(db.execute("SELECT count(*) FROM access_user WHERE active").fetchone()[0])


def next_id(db: Connection) -> str:
    """A name for a new user that says nothing of them: u1, u2, ..., and never one that there was."""
    known = {id for (id,) in db.execute("SELECT id FROM access_user UNION SELECT person FROM person_forgotten")}
    return next(id for number in range(1, len(known) + 2) if (id := f"u{number}") not in known)


def name_of(db: Connection, user: str) -> str:
    """What people call a user here; where nobody knows, the user's id."""
    found = db.execute("SELECT name FROM access_user WHERE id = ? AND name <> ''", (user,)).fetchone()
    return (open_(db, user, UserSet, "name", found[0]) if found else None) or user


def may_stand_here(db: Connection, actor: str) -> bool:
    """Whether an actor is somebody: a user who is not retired, or whoever has the set-up PIN."""
    return actor == SET_UP or bool(db.execute("SELECT 1 FROM access_user WHERE id = ? AND active", (actor,)).fetchone())


def must_sign_in(db: Connection, actor: Actor) -> bool:
    """Whether it is nobody who asks, where only somebody may: no user, and nobody with the rights of a PIN."""
    return not actor.may(OVERRIDE) and not may_stand_here(db, actor.name)


def somebody_can_sign_in(db: Connection) -> bool:
    """Whether there is a PIN that would let anybody in."""
    return pin_hash(db) is not None or bool(user_hashes(db))

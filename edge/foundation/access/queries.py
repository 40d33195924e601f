"""Queries of access. Hashes are only for the surface that verifies PINs and are never shown."""

from __future__ import annotations

from typing import Any

import msgspec

from edge.core.messages import Actor, Right, Surface
from edge.core.people.sealing import Keyring, open_
from edge.core.storage.database import Connection
from edge.foundation.access.events import UserSet
from edge.foundation.access.programs.api_key import ACTOR, ApiKey
from edge.foundation.access.rights import ALL, AT_TILL, NOBODY, OVERRIDE, PIN_APPROVES, RIGHTS, with_implied_rights
from edge.foundation.access.roles import Role, read_role, read_roles

SET_UP = "manager"
"""The actor that signed in with the set-up PIN; it isn't a user."""
PIN_HASH = ("access_secret", "pin_hash")
"""Table and field that the encrypted hash of a user's PIN is bound to."""
PASSWORD_HASH = ("access_password", "password_hash")
_HASHES = """
    SELECT id, role, pin_hash FROM access_user JOIN access_secret ON user_id = id WHERE active ORDER BY id
"""
_USERS = "SELECT id, role, name, email, phone, employee_number FROM access_user WHERE active"
_PAIRINGS = """
    SELECT id, kind, register, label, digits, network, asked_us, paired_us, used_us FROM access_pairing
    ORDER BY paired_us > 0, label, id
"""
_KEYS = f"SELECT {', '.join(ApiKey.__struct_fields__)} FROM access_key"
_SIGNS_IN = "SELECT 1 FROM access_secret WHERE user_id = ?1 UNION SELECT 1 FROM access_password WHERE user_id = ?1"
_SUSPENDED = "SELECT 1 FROM access_user WHERE id = ? AND suspended"
_ROLE_OF = "SELECT role FROM access_user WHERE id = ? AND active"


class User(msgspec.Struct, frozen=True):
    """A user who may sign in. Without a `name` and PIN on this box (after recovery), they must be entered again."""

    id: str
    role: str
    name: str
    has_pin: bool
    email: str = ""
    phone: str = ""
    employee_number: str = ""


class RoleShown(msgspec.Struct, frozen=True):
    """A role for display. `name` is "" for built-in ones, `limits` are in minor units."""

    id: str
    name: str
    rights: list[str]
    limits: dict[str, int]
    built_in: bool


def pin_hash(db: Connection) -> str | None:
    """Return the hash of the set-up PIN, or None."""
    found = db.execute("SELECT hash FROM access_pin").fetchone()
    return found[0] if found else None


def user_hashes(db: Connection, holding: frozenset[Right] = frozenset()) -> list[tuple[str, str]]:
    """Users with their PIN hashes, optionally only holders of one of these rights."""
    roles = {role.id: role for role in read_roles(db)}
    ring, rows = Keyring(db), db.execute(_HASHES).fetchall()
    of = [row for row in rows if row[1] in roles and (not holding or roles[row[1]].rights & holding)]
    opened = ((id, ring.open(id, *PIN_HASH, sealed)) for id, _, sealed in of)
    return [(id, hash) for id, hash in opened if hash]


def stored_hash(db: Connection, user: str) -> str | None:
    """Return the hash of a user's PIN, or None."""
    found = db.execute("SELECT pin_hash FROM access_secret WHERE user_id = ?", (user,)).fetchone()
    return open_(db, user, *PIN_HASH, found[0]) or None if found else None


def people_hashes(db: Connection, holding: frozenset[Right] = frozenset()) -> list[tuple[str, str]]:
    """PIN hashes of people, the set-up PIN first, which has every right."""
    stored = pin_hash(db)
    return [*([(SET_UP, stored)] if stored else []), *user_hashes(db, holding)]


def stored_password(db: Connection, user: str) -> str:
    """Return the hash of a user's password; "" if there is none or it can't be read on this box."""
    found = db.execute("SELECT password_hash FROM access_password WHERE user_id = ?", (user,)).fetchone()
    return open_(db, user, *PASSWORD_HASH, found[0]) or "" if found else ""


def has_more_than_a_pin(db: Connection, user: str) -> bool:
    """Whether a user has a password or second factor, which a PIN alone can't change."""
    return bool(stored_password(db, user)) or _has_factor(db, user)


def _has_factor(db: Connection, user: str) -> bool:
    found = db.execute("SELECT 1 FROM access_factor WHERE user_id = ? AND secret <> ''", (user,)).fetchone()
    return found is not None


def role_of(db: Connection, user: str) -> Role | None:
    """Return a user's current role. The set-up PIN has a manager's. None: no permissions."""
    if user == SET_UP:
        return read_role(db, "manager") if pin_hash(db) is not None else None
    found = db.execute(_ROLE_OF, (user,)).fetchone()
    return read_role(db, found[0]) if found else None


def hash_of(db: Connection, user: str) -> str | None:
    """Return the hash of a user's or the set-up PIN; None if they have none or are retired."""
    return dict(people_hashes(db)).get(user)


def actor_for(db: Connection, user: str, surface: Surface, register: str) -> Actor:
    """Actor with a user's current rights."""
    role = role_of(db, user)
    return Actor(user, surface, register, role.rights if role else frozenset(), "", role.limits if role else ())


def rights_of(db: Connection, actor: str) -> frozenset[Right]:
    """Return the current rights of an actor named in the journal. Work started by the appliance or a till continues
    with all rights."""
    if actor in ("system", NOBODY):
        return ALL
    if actor.startswith(ACTOR):  # even if the key has ended: what it started while valid continues
        key = read_key(db, actor.removeprefix(ACTOR))
        return held_rights(db, key) if key else frozenset()
    role = role_of(db, actor)
    return role.rights if role else frozenset()


def at_till(db: Connection, user: str, surface: Surface, register: str) -> Actor:
    """Return the actor signed in at a till, with the rights that their PIN would approve there, so that the till
    doesn't ask for it again."""
    actor = actor_for(db, user, surface, register)
    approved = PIN_APPROVES if _has_factor(db, user) else AT_TILL
    return msgspec.structs.replace(actor, rights=actor.rights & approved)


def read_users(db: Connection) -> list[User]:
    """All active users."""
    ring, with_pin = Keyring(db), dict(user_hashes(db))
    found = []
    for id, role, *sealed in db.execute(_USERS).fetchall():
        said = [ring.open(id, UserSet, field, text) or "" for field, text in zip(UserSet.personal, sealed, strict=True)]
        found.append(User(id, role, said[0], id in with_pin, *said[1:]))
    return sorted(found, key=lambda user: (user.name, user.id))


def roles(db: Connection) -> list[RoleShown]:
    """All assignable roles."""
    return [
        RoleShown(role.id, role.name, sorted(role.rights), dict(role.limits), not role.name) for role in read_roles(db)
    ]


class PairingShown(msgspec.Struct, frozen=True):
    """A paired browser, or one requesting pairing with `digits`. Times are UTC microseconds, the last use to the
    hour."""

    id: str
    kind: str
    register: str
    label: str
    digits: str
    network: str
    asked_us: int
    paired_us: int
    used_us: int


def pairings(db: Connection) -> list[PairingShown]:
    """Pairing requests, then paired browsers."""
    return [PairingShown(*row) for row in db.execute(_PAIRINGS)]


def count_users(db: Connection) -> int:
    """Number of active users."""
    return int(db.execute("SELECT count(*) FROM access_user WHERE active").fetchone()[0])


def next_id(db: Connection) -> str:
    """Unused neutral id for a new user: u1, u2, ..."""
    known = {id for (id,) in db.execute("SELECT id FROM access_user UNION SELECT person FROM person_forgotten")}
    return next(id for number in range(1, len(known) + 2) if (id := f"u{number}") not in known)


def signs_in(db: Connection, user: str) -> bool:
    """Whether a user has a PIN or a password."""
    return db.execute(_SIGNS_IN, (user,)).fetchone() is not None


def name_of(db: Connection, user: str) -> str:
    """Return the name of a user, or of a program's key; the id if unknown."""
    if user.startswith(ACTOR):
        key = read_key(db, user.removeprefix(ACTOR))
        return key.name if key else user
    found = db.execute("SELECT name FROM access_user WHERE id = ? AND name <> ''", (user,)).fetchone()
    return (open_(db, user, UserSet, "name", found[0]) if found else None) or user


def is_active_user(db: Connection, actor: str) -> bool:
    """Whether an actor is an active user, the set-up PIN's holder, or a program with a key."""
    return actor == SET_UP or actor.startswith(ACTOR) or bool(db.execute(_ROLE_OF, (actor,)).fetchone())


def may_come_back(db: Connection, actor: str) -> bool:
    """Whether an actor may sign in: active as in `is_active_user`, and not suspended."""
    return is_active_user(db, actor) and not db.execute(_SUSPENDED, (actor,)).fetchone()


def must_sign_in(db: Connection, actor: Actor) -> bool:
    """Whether a request must be refused because its actor is neither a user nor approved by PIN."""
    return not actor.may(OVERRIDE) and not is_active_user(db, actor.name)


def factor_policy(db: Connection, role: str) -> str:
    """Return the second factor that a role requires: `totp`, `otp` (a sent code) or `none`."""
    found = db.execute("SELECT factor FROM access_factor_policy WHERE role = ?", (role,)).fetchone()
    return found[0] if found else "none"


def factor_policies(db: Connection) -> dict[str, str]:
    """Configured second factor by role."""
    return dict(db.execute("SELECT role, factor FROM access_factor_policy").fetchall())


def any_pin_set(db: Connection) -> bool:
    """Whether any PIN is set."""
    return pin_hash(db) is not None or bool(user_hashes(db))


class KeyShown(msgspec.Struct, frozen=True):
    """An API key for display, without its secret. `may`: its current rights, empty once its maker has none. Times are
    UTC microseconds, the last use (0: never) to the hour."""

    id: str
    name: str
    rights: list[Right]
    may: list[Right]
    register: str
    maker: str
    made_us: int
    ends_us: int
    ended: bool
    used_us: int
    network: str


def read_key(db: Connection, id: str) -> ApiKey | None:
    """Return one key, or None."""
    found = db.execute(f"{_KEYS} WHERE id = ?", (id,)).fetchone()
    return _key(found) if found else None


def keys(db: Connection) -> list[KeyShown]:
    """Return all keys that haven't been revoked, including expired ones."""
    return [
        KeyShown(
            *(key.id, key.name, list(key.rights), sorted(held_rights(db, key)), key.register, key.maker),
            *(key.made_us, key.ends_us, key.ended, key.used_us, key.network),
        )
        for key in map(_key, db.execute(f"{_KEYS} ORDER BY name, id").fetchall())
    ]


def held_rights(db: Connection, key: ApiKey) -> frozenset[Right]:
    """Return the current rights of a key. It never has more than its maker's, and none while its maker can't sign
    in."""
    if key.maker == "system":
        return with_implied_rights(key.rights) & RIGHTS
    role = role_of(db, key.maker)
    return with_implied_rights(key.rights) & role.rights if role and _may_sign_in(db, key.maker) else frozenset()


def _may_sign_in(db: Connection, user: str) -> bool:
    return user == SET_UP or signs_in(db, user)


def _key(row: tuple[Any, ...]) -> ApiKey:
    of = dict(zip(ApiKey.__struct_fields__, row, strict=True))
    return ApiKey(**of | {"rights": tuple(msgspec.json.decode(of["rights"])), "ended": bool(of["ended"])})

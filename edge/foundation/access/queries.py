"""Reads of access. Hashes are for the surface that compares a PIN with them; nobody is ever shown one."""

from __future__ import annotations

from typing import Any

import msgspec

from edge.core.messages import Actor, Right, Surface
from edge.core.people.sealing import Keyring, open_
from edge.core.storage.database import Connection
from edge.foundation.access.api_key import ACTOR, ApiKey
from edge.foundation.access.events import UserSet
from edge.foundation.access.rights import ALL, AT_TILL, NOBODY, OVERRIDE, PIN_APPROVES, RIGHTS, with_implied_rights
from edge.foundation.access.roles import Role, read_role, read_roles

SET_UP = "manager"
"""Who signed in with the set-up PIN: an actor of its own, no user."""
PIN_HASH = ("access_secret", "pin_hash")
"""Where the hash of a user's PIN stands: what it is sealed for."""
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
    """A user who may sign in. One whose `name` and PIN this box does not have (it was recovered) needs them anew."""

    id: str
    role: str
    name: str
    has_pin: bool
    email: str = ""
    phone: str = ""
    employee_number: str = ""


class RoleShown(msgspec.Struct, frozen=True):
    """A role as people are shown it. `name` is "" for built-in ones, `limits` are in minor units."""

    id: str
    name: str
    rights: list[str]
    limits: dict[str, int]
    built_in: bool


def pin_hash(db: Connection) -> str | None:
    """The set-up PIN's hash, or None while no PIN is set."""
    found = db.execute("SELECT hash FROM access_pin").fetchone()
    return found[0] if found else None


def user_hashes(db: Connection, holding: frozenset[Right] = frozenset()) -> list[tuple[str, str]]:
    """Users and the hashes of their PINs; only those who hold one of the rights, where any are named."""
    roles = {role.id: role for role in read_roles(db)}
    ring, rows = Keyring(db), db.execute(_HASHES).fetchall()
    of = [row for row in rows if row[1] in roles and (not holding or roles[row[1]].rights & holding)]
    opened = ((id, ring.open(id, *PIN_HASH, sealed)) for id, _, sealed in of)
    return [(id, hash) for id, hash in opened if hash]


def stored_hash(db: Connection, user: str) -> str | None:
    """The hash of one user's PIN; None where this box has none."""
    found = db.execute("SELECT pin_hash FROM access_secret WHERE user_id = ?", (user,)).fetchone()
    return open_(db, user, *PIN_HASH, found[0]) or None if found else None


def people_hashes(db: Connection, holding: frozenset[Right] = frozenset()) -> list[tuple[str, str]]:
    """The same with the set-up PIN, which holds every right, in front."""
    stored = pin_hash(db)
    return [*([(SET_UP, stored)] if stored else []), *user_hashes(db, holding)]


def stored_password(db: Connection, user: str) -> str:
    """The hash of a user's password; "": they have none, or this box cannot open it."""
    found = db.execute("SELECT password_hash FROM access_password WHERE user_id = ?", (user,)).fetchone()
    return open_(db, user, *PASSWORD_HASH, found[0]) or "" if found else ""


def has_more_than_a_pin(db: Connection, user: str) -> bool:
    """Whether a user has a password or a second factor: a PIN alone changes neither."""
    return bool(stored_password(db, user)) or _has_factor(db, user)


def _has_factor(db: Connection, user: str) -> bool:
    found = db.execute("SELECT 1 FROM access_factor WHERE user_id = ? AND secret <> ''", (user,)).fetchone()
    return found is not None


def role_of(db: Connection, user: str) -> Role | None:
    """A user's role as it is now; of the set-up PIN a manager's. None: nobody who may do anything."""
    if user == SET_UP:
        return read_role(db, "manager") if pin_hash(db) is not None else None
    found = db.execute(_ROLE_OF, (user,)).fetchone()
    return read_role(db, found[0]) if found else None


def hash_of(db: Connection, user: str) -> str | None:
    """The hash of anybody's PIN; None: they have none, or are retired."""
    return dict(people_hashes(db)).get(user)


def actor_for(db: Connection, user: str, surface: Surface, register: str) -> Actor:
    """Somebody with all that their role allows now."""
    role = role_of(db, user)
    return Actor(user, surface, register, role.rights if role else frozenset(), "", role.limits if role else ())


def rights_of(db: Connection, actor: str) -> frozenset[Right]:
    """What an actor whose name stands in the journal may do now; what the appliance itself and a till began goes on."""
    if actor in ("system", NOBODY):
        return ALL
    if actor.startswith(ACTOR):  # whenever it ends: what it began within its time goes on
        key = read_key(db, actor.removeprefix(ACTOR))
        return held_rights(db, key) if key else frozenset()
    role = role_of(db, actor)
    return role.rights if role else frozenset()


def at_till(db: Connection, user: str, surface: Surface, register: str) -> Actor:
    """Somebody who is signed in at a till, with what their PIN approves there and their role allows: the one that
    signed them in is not asked for once more."""
    actor = actor_for(db, user, surface, register)
    approved = PIN_APPROVES if _has_factor(db, user) else AT_TILL
    return msgspec.structs.replace(actor, rights=actor.rights & approved)


def read_users(db: Connection) -> list[User]:
    """All users who are not retired."""
    ring, with_pin = Keyring(db), dict(user_hashes(db))
    found = []
    for id, role, *sealed in db.execute(_USERS).fetchall():
        said = [ring.open(id, UserSet, field, text) or "" for field, text in zip(UserSet.personal, sealed, strict=True)]
        found.append(User(id, role, said[0], id in with_pin, *said[1:]))
    return sorted(found, key=lambda user: (user.name, user.id))


def roles(db: Connection) -> list[RoleShown]:
    """All roles that people may have."""
    return [
        RoleShown(role.id, role.name, sorted(role.rights), dict(role.limits), not role.name) for role in read_roles(db)
    ]


class PairingShown(msgspec.Struct, frozen=True):
    """A paired browser, or one that asks to be and shows `digits`. Times are UTC microseconds, the last use to the
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
    """Paired browsers, behind those that ask to be."""
    return [PairingShown(*row) for row in db.execute(_PAIRINGS)]


def count_users(db: Connection) -> int:
    """How many users are not retired."""
    return int(db.execute("SELECT count(*) FROM access_user WHERE active").fetchone()[0])


def next_id(db: Connection) -> str:
    """A name for a new user that says nothing of them: u1, u2, ..., and never one that there was."""
    known = {id for (id,) in db.execute("SELECT id FROM access_user UNION SELECT person FROM person_forgotten")}
    return next(id for number in range(1, len(known) + 2) if (id := f"u{number}") not in known)


def name_of(db: Connection, user: str) -> str:
    """What people call a user, or a program with a key, here; where nobody knows, the id."""
    if user.startswith(ACTOR):
        key = read_key(db, user.removeprefix(ACTOR))
        return key.name if key else user
    found = db.execute("SELECT name FROM access_user WHERE id = ? AND name <> ''", (user,)).fetchone()
    return (open_(db, user, UserSet, "name", found[0]) if found else None) or user


def is_active_user(db: Connection, actor: str) -> bool:
    """Whether an actor is somebody: a user who is not retired, whoever has the set-up PIN, or a program with a key."""
    return actor == SET_UP or actor.startswith(ACTOR) or bool(db.execute(_ROLE_OF, (actor,)).fetchone())


def may_come_back(db: Connection, actor: str) -> bool:
    """Whether an actor is somebody who may sign in: as `is_active_user`, and not suspended."""
    return is_active_user(db, actor) and not db.execute(_SUSPENDED, (actor,)).fetchone()


def must_sign_in(db: Connection, actor: Actor) -> bool:
    """Whether it is nobody who asks, where only somebody may: no user, and nobody with the rights of a PIN."""
    return not actor.may(OVERRIDE) and not is_active_user(db, actor.name)


def factor_policy(db: Connection, role: str) -> str:
    """The second factor that a role asks for: `totp`, `otp` (a code that is sent) or `none`."""
    found = db.execute("SELECT factor FROM access_factor_policy WHERE role = ?", (role,)).fetchone()
    return found[0] if found else "none"


def factor_policies(db: Connection) -> dict[str, str]:
    """The second factor of each role that something was said of."""
    return dict(db.execute("SELECT role, factor FROM access_factor_policy").fetchall())


def any_pin_set(db: Connection) -> bool:
    """Whether there is a PIN that would let anybody in."""
    return pin_hash(db) is not None or bool(user_hashes(db))


class KeyShown(msgspec.Struct, frozen=True):
    """A key of a program as people are shown it: all but its secret. `may` are the rights that it has now, which are
    none once its maker has none. Times are UTC microseconds, the last use (0: never) to the hour."""

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
    """One key, or None."""
    found = db.execute(f"{_KEYS} WHERE id = ?", (id,)).fetchone()
    return _key(found) if found else None


def keys(db: Connection) -> list[KeyShown]:
    """All keys that were not revoked, also those that ended."""
    return [
        KeyShown(
            *(key.id, key.name, list(key.rights), sorted(held_rights(db, key)), key.register, key.maker),
            *(key.made_us, key.ends_us, key.ended, key.used_us, key.network),
        )
        for key in map(_key, db.execute(f"{_KEYS} ORDER BY name, id").fetchall())
    ]


def held_rights(db: Connection, key: ApiKey) -> frozenset[Right]:
    """What a key may now: never more than whoever made it, and nothing while they may sign in nowhere."""
    if key.maker == "system":
        return with_implied_rights(key.rights) & RIGHTS
    role = role_of(db, key.maker)
    return with_implied_rights(key.rights) & role.rights if role and _may_sign_in(db, key.maker) else frozenset()


def _may_sign_in(db: Connection, user: str) -> bool:
    return user == SET_UP or db.execute(_SIGNS_IN, (user,)).fetchone() is not None


def _key(row: tuple[Any, ...]) -> ApiKey:
    of = dict(zip(ApiKey.__struct_fields__, row, strict=True))
    return ApiKey(**of | {"rights": tuple(msgspec.json.decode(of["rights"])), "ended": bool(of["ended"])})

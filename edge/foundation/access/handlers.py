"""Access commands, inside the transaction."""

from __future__ import annotations

from typing import NoReturn

import msgspec

from edge.core.messages import Ciphertext, Refusal
from edge.core.people import blind_index
from edge.core.people.forgetting import ForgetPerson, is_repeated
from edge.core.people.sealing import Keyring, is_forgotten
from edge.core.registry import Transaction
from edge.foundation.access.commands import (
    NoteDenied,
    NotePinsWrong,
    RetireUser,
    SetPin,
    SetUser,
    SuspendUser,
)
from edge.foundation.access.credentials.factor_handlers import forget_factor
from edge.foundation.access.credentials.pin import is_hash
from edge.foundation.access.credentials.secret_handlers import end_secrets, forget_secrets
from edge.foundation.access.entities import leaves_a_manager
from edge.foundation.access.events import PinChanged, PinsWrong, UserRetired, UserSet, UserSuspended
from edge.foundation.access.programs.api_key_handlers import revoke_keys_of
from edge.foundation.access.queries import PIN_HASH, SET_UP, count_users, stored_hash
from edge.foundation.access.right_grants import OWN_MACHINE, may_lend_role
from edge.foundation.access.rights import NOBODY, PINS
from edge.foundation.access.roles import read_role
from edge.lib.i18n.unseen import has_control, plain_name

RESERVED = frozenset({NOBODY, SET_UP, "system"})
"""Actor names that aren't users."""
USERS_LIMIT = 40
"""Most users: a PIN is compared with each user's hash, at about 40 ms of processor time."""
HEAD_OFFICES = "h"
"""Prefix of user ids assigned by head office."""
MANAGER = "manager"
"""The author recorded for decisions made in this shop."""

LOOKED_UP_BY = ("email", "phone", "employee_number")
"""Fields in the index of people, such as `user email`. Two users may share a phone, so it doesn't identify one."""
TAKEN = {"email": "user_email_taken", "employee_number": "user_employee_number_taken"}
"""Fields that must be unique, with the refusal for a duplicate."""
_SECRET = "INSERT OR REPLACE INTO access_secret (user_id, pin_hash) VALUES (?, ?)"
_SAID = "SELECT name, email, phone, employee_number FROM access_user WHERE id = ?"
_KNOWN = "SELECT role, active, made_by, suspended FROM access_user WHERE id = ?"


def set_pin(tx: Transaction, command: SetPin) -> None:
    if not is_hash(command.pin_hash):
        raise Refusal("pin_hash_wrong")
    first = tx.db.execute("SELECT 1 FROM access_pin").fetchone() is None
    tx.db.execute("INSERT OR REPLACE INTO access_pin (one, hash) VALUES (1, ?)", (command.pin_hash,))
    tx.append(PinChanged(first))


def note_pins_wrong(tx: Transaction, command: NotePinsWrong) -> None:
    tx.append(PinsWrong(command.tries, command.wait_s))


def note_denied(tx: Transaction, command: NoteDenied) -> NoReturn:
    counted: dict[str, str | int] = {"count": command.count, "networks": " ".join(command.networks)}
    if command.query.isidentifier():  # a command's name; paths and queries aren't identifiers
        raise Refusal("right_denied", {"command": command.query, "right": command.right, **counted})
    raise Refusal("right_denied", {"query": command.query, "right": command.right, **counted})


def set_user(tx: Transaction, command: SetUser) -> None:
    command = msgspec.structs.replace(command, name=plain_name(command.name))
    if not command.name or has_control(command.name):
        raise Refusal("name_unseen")
    if command.email is not None:
        command = msgspec.structs.replace(command, email=command.email.lower())
    id, known = command.id, tx.db.execute(_KNOWN, (command.id,)).fetchone()
    hash = stored_hash(tx.db, id)
    role, by = known[0] if known and known[1] else None, _by(tx, command.by)
    if known and known[3] and by != MANAGER:  # suspended here: head office's list still has the old PIN
        command = msgspec.structs.replace(command, pin_hash="")
    _id_refused(tx, id, known, by)
    _hash_refused(tx, command, known, by)
    _require_unique(tx, command)
    if role is None and count_users(tx.db) >= USERS_LIMIT:
        raise Refusal("too_many_users", {"limit": USERS_LIMIT})
    _role_refused(tx, id, role, command.role)
    ring = Keyring(tx.db)
    said = tx.db.execute(_SAID, (id,)).fetchone() or ("",) * len(UserSet.personal)
    sealed = tuple(_seal_field(ring, command, field, was) for field, was in zip(UserSet.personal, said, strict=True))
    new_pin = bool(command.pin_hash) and hash != command.pin_hash
    if new_pin:
        tx.db.execute(_SECRET, (id, ring.seal(id, *PIN_HASH, command.pin_hash)))
    for field in LOOKED_UP_BY:
        if (text := getattr(command, field)) is not None:
            blind_index.enter(tx.db, id, f"user {field}", text.lower())
    if new_pin or role != command.role or sealed != said:
        tx.append(UserSet(id, command.role, new_pin, by, *sealed))


def retire_user(tx: Transaction, command: RetireUser) -> None:
    known = tx.db.execute(_KNOWN, (command.id,)).fetchone()
    if known is None or not known[1]:
        raise Refusal("no_such_user", {"id": command.id})
    _role_refused(tx, command.id, known[0], None)
    tx.append(UserRetired(command.id, _by(tx, command.by)))
    tx.do(ForgetPerson(command.id))


def suspend_user(tx: Transaction, command: SuspendUser) -> None:
    known = tx.db.execute(_KNOWN, (command.id,)).fetchone()
    if known is None or not known[1]:
        raise Refusal("no_such_user", {"id": command.id})
    if command.id == tx.actor.name:
        raise Refusal("suspend_self")
    _role_refused(tx, command.id, known[0], None)
    if end_secrets(tx, command.id) or not known[3]:
        tx.append(UserSuspended(command.id))


def before_forgetting(tx: Transaction, command: ForgetPerson) -> None:
    """Check the right to forget a user, which also takes their role away: the actor needs the right to `RetireUser`.
    The appliance itself may repeat it after the ledger was set back."""
    found = tx.db.execute("SELECT role FROM access_user WHERE id = ? AND active", (command.person,)).fetchone()
    if found and not is_repeated(tx, command):
        _role_refused(tx, command.person, found[0], None)


def forget_user(tx: Transaction, person: str) -> bool:
    """Handle a forgotten person (`people.forgetting.Forgetter`): retire them if still a user."""
    found = tx.db.execute("SELECT active FROM access_user WHERE id = ?", (person,)).fetchone()
    if found is None:
        return False
    tx.db.execute("DELETE FROM access_secret WHERE user_id = ?", (person,))
    revoke_keys_of(tx, person)
    forget_factor(tx, person)
    forget_secrets(tx, person)
    if found[0]:
        tx.append(UserRetired(person, MANAGER))
    return True


def _by(tx: Transaction, said: str) -> str:
    """Return the source of a change. Pages and programs can't claim another source."""
    return said if tx.actor.surface in OWN_MACHINE else MANAGER


def _seal_field(ring: Keyring, command: SetUser, field: str, was: Ciphertext) -> Ciphertext:
    """Seal a user's personal field under their key. Unchanged text keeps its ciphertext."""
    text = getattr(command, field)
    if text is None or text == ring.open(command.id, UserSet, field, was):
        return was
    return ring.seal(command.id, UserSet, field, text)


def _require_unique(tx: Transaction, command: SetUser) -> None:
    """Raise `Refusal` if another user has a value that must be unique."""
    for field, code in TAKEN.items():
        text = (getattr(command, field) or "").lower()
        if set(blind_index.find(tx.db, f"user {field}", text)) - {command.id}:
            raise Refusal(code)


def _id_refused(tx: Transaction, id: str, known: tuple[str, int, str, int] | None, by: str) -> None:
    """Raise `Refusal` if an id may not be used. Ids are never reused, and head office can neither take the shop's ids
    nor reassign them."""
    if id in RESERVED:
        raise Refusal("user_reserved", {"id": id})
    if (known is not None and not known[1]) or is_forgotten(tx.db, id):
        raise Refusal("user_id_used", {"id": id})
    ours = known[2] == MANAGER if known else not id.startswith(HEAD_OFFICES)
    if by != MANAGER and ours:
        raise Refusal("user_is_the_shops", {"id": id})
    if known is None and by == MANAGER and not ours:
        raise Refusal("user_is_head_offices", {"id": id})


def _hash_refused(tx: Transaction, command: SetUser, known: object, by: str) -> None:
    if not command.pin_hash:  # an existing user may sign in with a password only, or not at all for now
        # Users from head office or another system set a PIN here.
        if not known and by == MANAGER and tx.actor.surface != "job":
            raise Refusal("user_needs_pin", {"id": command.id})
        return
    if not tx.actor.may(PINS):
        raise Refusal("right_denied", {"command": "SetUser", "right": PINS})
    if not is_hash(command.pin_hash):
        raise Refusal("pin_hash_wrong")


def _role_refused(tx: Transaction, id: str, before: str | None, after: str | None) -> None:
    """Raise `Refusal` if a user's role may not change this way; None: no role."""
    old, new = (read_role(tx.db, role) if role else None for role in (before, after))
    if after and new is None:
        raise Refusal("no_such_role", {"role": after})
    if before != after and id == tx.actor.name:
        raise Refusal("role_own")
    may_lend_role(tx.actor, old, new)
    leaves_a_manager(tx, user=(id, new.rights if new else frozenset()))

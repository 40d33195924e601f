"""Commands of access, inside the transaction."""

from __future__ import annotations

from edge.access.commands import NotePinsWrong, RetireUser, SetPin, SetUser
from edge.access.events import PinChanged, PinsWrong, UserRetired, UserSet
from edge.access.queries import PIN_HASH, SET_UP, count_users, stored_hash
from edge.access.rights import NOBODY
from edge.core.people import index
from edge.core.people.forgetting import ForgetPerson
from edge.core.people.sealing import Keyring, is_forgotten
from edge.core.shapes import Refused, Transaction

RESERVED = frozenset({NOBODY, SET_UP, "system"})
"""Names of actors who are no users."""
USERS_LIMIT = 40
"""Users at once: a PIN is compared with the hash of each, some 40 ms of a processor."""

LOOKED_UP_BY = ("email", "phone", "employee_number")
"""By which of them a user can be found, as `user email` in the index of people; two users may share a phone."""

_TAKEN = {"email": "user_email_taken", "employee_number": "user_employee_number_taken"}
_SECRET = "INSERT OR REPLACE INTO access_secret (user_id, pin_hash) VALUES (?, ?)"
_KNOWN = "SELECT role, name, email, phone, employee_number FROM access_user WHERE id = ? AND active"


def set_pin(tx: Transaction, command: SetPin) -> Refused | None:
    if not _is_hash(command.pin_hash):
        return Refused("pin_hash_wrong")
    first = tx.db.execute("SELECT 1 FROM access_pin").fetchone() is None
    tx.db.execute("INSERT OR REPLACE INTO access_pin (one, hash) VALUES (1, ?)", (command.pin_hash,))
    tx.append(PinChanged(first))
    return None


def note_pins_wrong(tx: Transaction, command: NotePinsWrong) -> None:
    tx.append(PinsWrong(command.tries, command.wait_s))


def set_user(tx: Transaction, command: SetUser) -> Refused | None:
    if refused := _not_so(tx, command):
        return refused
    ring, id = Keyring(tx.db), command.id
    before = tx.db.execute(_KNOWN, (id,)).fetchone()
    hash = stored_hash(tx.db, id)
    if not command.pin_hash and hash is None:
        return Refused("user_needs_pin", {"id": id})
    if before is None and count_users(tx.db) >= USERS_LIMIT:
        return Refused("too_many_users", {"limit": USERS_LIMIT})
    role, *said = before or ("", *[""] * len(UserSet.personal))
    sealed = [
        was if (text := getattr(command, field)) is None or text == ring.open(id, UserSet, field, was)
        else ring.seal(id, UserSet, field, text)
        for field, was in zip(UserSet.personal, said, strict=True)
    ]  # fmt: skip
    new_pin = bool(command.pin_hash) and hash != command.pin_hash
    if new_pin:
        tx.db.execute(_SECRET, (id, ring.seal(id, *PIN_HASH, command.pin_hash)))
    for field in LOOKED_UP_BY:
        if (text := getattr(command, field)) is not None:
            index.enter(tx.db, id, f"user {field}", text)
    if new_pin or role != command.role or sealed != said:
        tx.append(UserSet(id, command.role, new_pin, command.by, *sealed))
    return None


def retire_user(tx: Transaction, command: RetireUser) -> Refused | None:
    if tx.db.execute(_KNOWN, (command.id,)).fetchone() is None:
        return Refused("no_such_user", {"id": command.id})
    tx.append(UserRetired(command.id, command.by))
    tx.do(ForgetPerson(command.id))
    return None


def forget_user(tx: Transaction, person: str) -> bool:
    """What goes with a person (`people.forgetting.Forgetter`): one who is a user still is retired."""
    found = tx.db.execute("SELECT active FROM access_user WHERE id = ?", (person,)).fetchone()
    if found is None:
        return False
    tx.db.execute("DELETE FROM access_secret WHERE user_id = ?", (person,))
    tx.db.execute("DELETE FROM access_unsealed WHERE user_id = ?", (person,))
    if found[0]:
        tx.append(UserRetired(person, "manager"))
    return True


def _not_so(tx: Transaction, command: SetUser) -> Refused | None:
    """Why there cannot be that user, as far as the command itself tells, and what others have already."""
    if command.id in RESERVED:
        return Refused("user_reserved", {"id": command.id})
    if command.pin_hash and not _is_hash(command.pin_hash):
        return Refused("pin_hash_wrong")
    retired = tx.db.execute("SELECT 1 FROM access_user WHERE id = ? AND NOT active", (command.id,)).fetchone()
    if retired or is_forgotten(tx.db, command.id):
        return Refused("user_id_used", {"id": command.id})
    for field, code in _TAKEN.items():
        if set(index.find(tx.db, f"user {field}", getattr(command, field) or "")) - {command.id}:
            return Refused(code)
    return None


def _is_hash(text: str) -> bool:
    return text.startswith("$argon2id$")

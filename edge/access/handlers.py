"""Commands of access, inside the transaction."""

from __future__ import annotations

from edge.access.commands import NotePinsWrong, RetireUser, SetPin, SetUser
from edge.access.events import PinChanged, PinsWrong, UserRetired, UserSet
from edge.access.queries import SET_UP, count_users
from edge.access.rights import NOBODY
from edge.core.shapes import Refused, Transaction

RESERVED = frozenset({NOBODY, SET_UP, "system"})
"""Names of actors who are no users."""
USERS_LIMIT = 40
"""Users at once: a PIN is compared with the hash of each, some 40 ms of a processor."""

_SECRET = "INSERT OR REPLACE INTO access_secret (user_id, name, pin_hash) VALUES (?, ?, ?)"


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
    if command.id in RESERVED:
        return Refused("user_reserved", {"id": command.id})
    if command.pin_hash and not _is_hash(command.pin_hash):
        return Refused("pin_hash_wrong")
    role = tx.db.execute("SELECT role FROM access_user WHERE id = ? AND active", (command.id,)).fetchone()
    secret = tx.db.execute("SELECT name, pin_hash FROM access_secret WHERE user_id = ?", (command.id,)).fetchone()
    if not command.pin_hash and secret is None:
        return Refused("user_needs_pin", {"id": command.id})
    if role is None and count_users(tx.db) >= USERS_LIMIT:
        return Refused("too_many_users", {"limit": USERS_LIMIT})
    new_pin = bool(command.pin_hash) and (secret is None or secret[1] != command.pin_hash)
    tx.db.execute(_SECRET, (command.id, command.name, command.pin_hash or secret[1]))
    if new_pin or role != (command.role,):
        tx.append(UserSet(command.id, command.role, new_pin, command.by))
    return None


def retire_user(tx: Transaction, command: RetireUser) -> Refused | None:
    if tx.db.execute("SELECT 1 FROM access_user WHERE id = ? AND active", (command.id,)).fetchone() is None:
        return Refused("no_such_user", {"id": command.id})
    tx.db.execute("DELETE FROM access_secret WHERE user_id = ?", (command.id,))
    tx.append(UserRetired(command.id, command.by))
    return None


def _is_hash(text: str) -> bool:
    return text.startswith("$argon2id$")

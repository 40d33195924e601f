"""Password and paper code commands, inside the transaction."""

from __future__ import annotations

from edge.core.messages import Refusal
from edge.core.people.sealing import Keyring
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.foundation.access.browsers.sessions import end_all_sessions
from edge.foundation.access.commands import GiveCode, SetPassword, SetSecrets
from edge.foundation.access.credentials.pin import is_hash
from edge.foundation.access.events import PasswordSet, SetupCodeGiven, UserSet
from edge.foundation.access.queries import PASSWORD_HASH, PIN_HASH, has_more_than_a_pin, role_of, stored_password
from edge.foundation.access.right_grants import may_lend_role
from edge.foundation.access.rights import PINS

_USER = "SELECT role, made_by, name, email, phone, employee_number FROM access_user WHERE id = ? AND active"
_PIN = "INSERT OR REPLACE INTO access_secret (user_id, pin_hash) VALUES (?, ?)"
_PASSWORD = "INSERT OR REPLACE INTO access_password (user_id, password_hash) VALUES (?, ?)"
_CODE = "INSERT OR REPLACE INTO access_paper_code (user_id, hash, made_us, wrong) VALUES (?, ?, ?, 0)"
_OPENING = ("secret", "password", "paper_code", "sent_code")
_OF_A_PERSON = ("session", "password", "paper_code", "sent_code", "login")


def set_secrets(tx: Transaction, command: SetSecrets) -> None:
    known = tx.db.execute(_USER, (command.id,)).fetchone()
    if known is None:
        raise Refusal("no_such_user", {"id": command.id})
    if not all(is_hash(hash) for hash in (command.pin_hash, command.password_hash) if hash):
        raise Refusal("pin_hash_wrong")
    if not tx.db.execute("DELETE FROM access_paper_code WHERE user_id = ?", (command.id,)).rowcount:
        raise Refusal("setup_wrong")
    ring = Keyring(tx.db)
    if command.pin_hash:
        tx.db.execute(_PIN, (command.id, ring.seal(command.id, *PIN_HASH, command.pin_hash)))
        role, by, *said = known
        tx.append(UserSet(command.id, role, True, by, *said))
    if command.password_hash:
        _keep_password(tx, command.id, command.password_hash)


def set_password(tx: Transaction, command: SetPassword) -> None:
    if not stored_password(tx.db, command.id):
        raise Refusal("password_none")
    if not is_hash(command.password_hash):
        raise Refusal("pin_hash_wrong")
    _keep_password(tx, command.id, command.password_hash)


def give_code(tx: Transaction, command: GiveCode) -> None:
    role = role_of(tx.db, command.id)
    if role is None or tx.db.execute(_USER, (command.id,)).fetchone() is None:
        raise Refusal("no_such_user", {"id": command.id})
    if not tx.actor.may(PINS):
        raise Refusal("right_denied", {"command": "GiveCode", "right": PINS})
    may_lend_role(tx.actor, role)
    if tx.actor.name == command.id and has_more_than_a_pin(tx.db, command.id):
        raise Refusal("code_own")
    if not is_hash(command.code_hash):
        raise Refusal("pin_hash_wrong")
    tx.db.execute(_CODE, (command.id, command.code_hash, tx.at_us))
    tx.append(SetupCodeGiven(command.id))


def _keep_password(tx: Transaction, user: str, hash: str) -> None:
    tx.db.execute(_PASSWORD, (user, Keyring(tx.db).seal(user, *PASSWORD_HASH, hash)))
    tx.append(PasswordSet(user))


def end_secrets(tx: Transaction, user: str) -> bool:
    """Delete a user's credentials and sessions. Returns whether there were any. A second factor isn't deleted, because
    it is useless alone."""
    ended = [tx.db.execute(f"DELETE FROM access_{table} WHERE user_id = ?", (user,)).rowcount for table in _OPENING]
    return any(ended)


def after_restore(db: Connection) -> None:
    """After a restore: end all sessions, and delete credentials of users known to be suspended."""
    end_all_sessions(db)
    for table in _OPENING:
        db.execute(f"DELETE FROM access_{table} WHERE user_id IN (SELECT id FROM access_user WHERE suspended)")


def forget_secrets(tx: Transaction, user: str) -> None:
    """Delete a user's local data: sessions, tokens, passwords, codes and login history."""
    tx.db.execute(
        "DELETE FROM access_refresh WHERE session_id IN (SELECT id FROM access_session WHERE user_id = ?)", (user,)
    )
    for table in _OF_A_PERSON:
        tx.db.execute(f"DELETE FROM access_{table} WHERE user_id = ?", (user,))

"""Second factor commands, inside the transaction."""

from __future__ import annotations

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import blob
from edge.foundation.access.commands import (
    ConfirmFactor,
    DropFactor,
    MakeRecoveryCodes,
    SetFactorPolicy,
    UseRecoveryCode,
)
from edge.foundation.access.events import FactorDropped, FactorPolicySet, FactorSet, RecoveryCodesMade, RecoveryCodeUsed
from edge.foundation.access.queries import factor_policy
from edge.foundation.access.right_grants import may_lend_role
from edge.foundation.access.roles import read_role
from sync.identity.totp import PENDING_US

_HAS = "SELECT 1 FROM access_factor WHERE user_id = ? AND secret <> ''"
_PENDING = "SELECT next_secret FROM access_factor WHERE user_id = ? AND next_secret <> '' AND begun_us > ?"
_SET = """
    UPDATE access_factor SET secret = next_secret, next_secret = '', last_step = ?, salt = x'' WHERE user_id = ?
"""


def set_factor_policy(tx: Transaction, command: SetFactorPolicy) -> None:
    role = read_role(tx.db, command.role)
    if role is None:
        raise Refusal("no_such_role", {"role": command.role})
    may_lend_role(tx.actor, role)
    if factor_policy(tx.db, command.role) != command.factor:
        tx.append(FactorPolicySet(command.role, command.factor))


def confirm_factor(tx: Transaction, command: ConfirmFactor) -> None:
    """Activate a new secret after its first correct code, replacing the previous one."""
    if tx.db.execute(_PENDING, (command.id, tx.at_us - PENDING_US)).fetchone() is None:
        raise Refusal("factor_not_begun")
    tx.db.execute(_SET, (command.step, command.id))
    if tx.append(FactorSet(command.id)).clock != "ok":
        raise Refusal("clock_suspect")
    _keep_codes(tx, command.id, command.salt, command.hashes)


def make_recovery_codes(tx: Transaction, command: MakeRecoveryCodes) -> None:
    if tx.db.execute(_HAS, (command.id,)).fetchone() is None:
        raise Refusal("factor_missing")
    _keep_codes(tx, command.id, command.salt, command.hashes)


def use_recovery_code(tx: Transaction, command: UseRecoveryCode) -> int:
    """Consume a recovery code; return how many are left."""
    used = (command.id, blob(bytes.fromhex(command.hash)))
    if not tx.db.execute("DELETE FROM access_recovery WHERE user_id = ? AND hash = ?", used).rowcount:
        raise Refusal("factor_wrong")
    left: int = tx.db.execute("SELECT count(*) FROM access_recovery WHERE user_id = ?", (command.id,)).fetchone()[0]
    tx.append(RecoveryCodeUsed(command.id, left))
    return left


def drop_factor(tx: Transaction, command: DropFactor) -> None:
    if tx.db.execute(_HAS, (command.id,)).fetchone() is None:
        raise Refusal("factor_missing")
    forget_factor(tx, command.id)
    tx.append(FactorDropped(command.id))


def forget_factor(tx: Transaction, user: str) -> None:
    """Delete a user's second factor, including one being set up."""
    tx.db.execute("DELETE FROM access_factor WHERE user_id = ?", (user,))
    tx.db.execute("DELETE FROM access_recovery WHERE user_id = ?", (user,))


def _keep_codes(tx: Transaction, user: str, salt: str, hashes: tuple[str, ...]) -> None:
    """Replace a user's recovery codes."""
    tx.db.execute("DELETE FROM access_recovery WHERE user_id = ?", (user,))
    tx.db.execute("UPDATE access_factor SET salt = ? WHERE user_id = ?", (blob(bytes.fromhex(salt)), user))
    rows = [(user, blob(bytes.fromhex(hash))) for hash in hashes]
    tx.db.executemany("INSERT INTO access_recovery (user_id, hash) VALUES (?, ?)", rows)
    tx.append(RecoveryCodesMade(user))

"""API key commands, inside the transaction."""

from __future__ import annotations

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.foundation.access.commands import MakeKey, RevokeKey
from edge.foundation.access.events import KeyMade, KeyRevoked
from edge.foundation.access.programs.api_key import DAY_US, ApiKey
from edge.foundation.access.programs.api_keys import insert
from edge.foundation.access.queries import held_rights, read_key
from edge.foundation.access.right_grants import may_lend
from edge.foundation.access.rights import PINS, RIGHTS, with_implied_rights

KEYS_LIMIT = 32
"""Most keys, including expired ones that weren't revoked."""


def make_key(tx: Transaction, command: MakeKey) -> None:
    if not tx.actor.may(PINS):
        raise Refusal("right_denied", {"command": "MakeKey", "right": PINS})
    if unknown := sorted(set(command.rights) - RIGHTS):
        raise Refusal("right_unknown", {"right": unknown[0][:40]})
    may_lend(tx.actor, with_implied_rights(command.rights))
    if tx.db.execute("SELECT count(*) FROM access_key").fetchone()[0] >= KEYS_LIMIT:
        raise Refusal("too_many_keys", {"limit": KEYS_LIMIT})
    if read_key(tx.db, command.id) is not None:
        raise Refusal("key_id_used")
    now_us, rights = tx.at_us, tuple(sorted(set(command.rights)))
    ends_us = now_us + command.days * DAY_US
    secret, name = bytes.fromhex(command.secret_sha256), command.name.strip()
    key = ApiKey(command.id, name, rights, command.register, tx.actor.name, secret, now_us, ends_us, False, 0, "")
    insert(tx.db, key)
    made = tx.append(KeyMade(command.id, rights, command.register, ends_us))
    if made.clock != "ok":
        raise Refusal("clock_suspect")


def revoke_key(tx: Transaction, command: RevokeKey) -> None:
    key = read_key(tx.db, command.id)
    if key is None:
        raise Refusal("no_such_key")
    may_lend(tx.actor, held_rights(tx.db, key))
    _revoke(tx, key.id)


def revoke_keys_of(tx: Transaction, maker: str) -> None:
    """Revoke the keys created by a retired user."""
    for (id,) in tx.db.execute("SELECT id FROM access_key WHERE maker = ? ORDER BY id", (maker,)).fetchall():
        _revoke(tx, id)


def _revoke(tx: Transaction, id: str) -> None:
    tx.db.execute("DELETE FROM access_key WHERE id = ?", (id,))
    tx.append(KeyRevoked(id))

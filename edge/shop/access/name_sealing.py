"""Names and PINs that a version before kept in the clear: sealed at the first start, under the users' own keys."""

from __future__ import annotations

import secrets

import structlog

from edge.core import ids
from edge.core.messages import Done
from edge.core.people.forgetting import overwriting
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.core.transaction import command_hash, encode
from edge.core.writer import Answered, MaintenanceWrite, Request, Writer
from edge.shop.access.commands import SetUser
from edge.shop.access.rights import system

_log = structlog.get_logger(__name__)
_ROWS = """
    SELECT user_id, access_unsealed.name, role, pin_hash
    FROM access_unsealed JOIN access_user ON user_id = id AND active
"""
BY = "manager"


def seal_what_was_plain(db: Connection, writer: Writer, registry: Registry, now_us: int) -> None:
    """Once, before anybody else has the ledger open; at any other start there is nothing to do. What cannot be sealed
    (the disk is full) waits for the next start."""
    if db.execute("SELECT 1 FROM access_unsealed").fetchone() is None:
        return
    spec, actor, work = registry.by_name[SetUser.__name__], system(), list[Request | MaintenanceWrite]()
    for user, name, role, hash in db.execute(_ROWS).fetchall():
        command = SetUser(user, name, role, hash, BY)
        id = ids.command_id(now_us, secrets.token_bytes(10))
        work.append(Request(spec, command, actor, id, command_hash(command, encode(command)), True))
    early: list[Answered] = []
    done = [*writer.run([*work, MaintenanceWrite(_empty)], lambda *answered: early.append(answered)), *early]
    for request, answer in done:
        if isinstance(request, Request) and not isinstance(answer, Done):
            _log.warning("a user's name and PIN could not be sealed", why=str(answer))
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def _empty(db: Connection) -> None:
    with overwriting(db):
        db.execute("DELETE FROM access_unsealed")

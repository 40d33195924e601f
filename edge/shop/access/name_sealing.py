"""What a version before kept otherwise of users, made right at the first start: names and PINs that stood in the clear
are sealed under the users' own keys; addresses are looked up in small letters."""

from __future__ import annotations

import secrets

import structlog

from edge.core import ids
from edge.core.messages import Done
from edge.core.people import blind_index
from edge.core.people.forgetting import overwriting
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.core.transaction import command_hash, encode
from edge.core.writer import Answered, MaintenanceWrite, Request, Writer
from edge.shop.access.commands import SetUser
from edge.shop.access.handlers import LOOKED_UP_BY, TAKEN
from edge.shop.access.queries import read_users
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


def look_up_in_small_letters(db: Connection, writer: Writer) -> None:
    """Once, before anybody else has the ledger open: who was entered as they wrote it is found as everybody is now. Two
    whose addresses differ by nothing but that need another one of them: the first has it, and the log says so."""
    if _unfound(db):
        writer.run([MaintenanceWrite(_enter)], lambda *_: None)


def _unfound(db: Connection) -> list[tuple[str, str, str]]:
    """Users who are not found by what is known of them, each with the field and its text in small letters."""
    said = [(user.id, field, getattr(user, field).lower()) for user in read_users(db) for field in LOOKED_UP_BY]
    return [one for one in said if one[2] and one[0] not in blind_index.find(db, f"user {one[1]}", one[2])]


def _enter(db: Connection) -> None:
    for user, field, text in _unfound(db):
        if field in TAKEN and blind_index.find(db, f"user {field}", text):
            _log.warning("two users have the same address or number: give one of them another", user=user, field=field)
        else:
            blind_index.enter(db, user, f"user {field}", text)


def _empty(db: Connection) -> None:
    with overwriting(db):
        db.execute("DELETE FROM access_unsealed")

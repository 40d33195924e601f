"""Handlers for the configuration and another box's sales, inside the transaction."""

from __future__ import annotations

import msgspec

from edge.backoffice.office.commands import (
    BringInAside,
    DeleteAsideLedger,
    LeaveAside,
    NoteConfiguration,
    ReportAside,
    WriteOffLeftOut,
)
from edge.backoffice.office.events import (
    AsideBroughtIn,
    AsideLedgerDeleted,
    AsideLeft,
    AsideReported,
    ConfigurationChanged,
    LeftOutWrittenOff,
)
from edge.backoffice.office.quarantine import SIGNATURES, may_come_in
from edge.core.journal.rows import find_hash
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import DatabaseError
from sync.wire import Row, hash_of


def note_configuration(tx: Transaction, command: NoteConfiguration) -> None:
    tx.append(ConfigurationChanged(command.keys))


def report(tx: Transaction, command: ReportAside) -> None:
    tx.append(AsideReported(*msgspec.structs.astuple(command)))


def bring_in(tx: Transaction, command: BringInAside) -> None:
    rows = [msgspec.json.decode(one, type=Row) for one in command.rows]
    if any(hash_of(row) != row.hash for row in rows):
        raise Refusal("aside_damaged")
    if not may_come_in(rows):
        raise Refusal("aside_only_left")
    if any(find_hash(tx.db, row.command_id) is not None for row in rows):
        raise Refusal("aside_there")
    kept = [row for row in rows if row.type not in SIGNATURES]
    try:
        for row in kept:
            tx.append_again(row)
    except DatabaseError as error:
        if not getattr(error, "sqlite_errorname", "").startswith("SQLITE_CONSTRAINT"):
            raise
        raise Refusal("aside_does_not_fit") from error
    tx.append(AsideBroughtIn(rows[0].command_id.hex(), len(kept)))


def leave(tx: Transaction, command: LeaveAside) -> None:
    if find_hash(tx.db, bytes.fromhex(command.command)) is not None:
        raise Refusal("aside_there")
    tx.append(AsideLeft(command.command, command.facts, command.reason))


def write_off(tx: Transaction, command: WriteOffLeftOut) -> None:
    tx.append(LeftOutWrittenOff(*msgspec.structs.astuple(command)))


def delete_aside(tx: Transaction, command: DeleteAsideLedger) -> None:
    tx.append(AsideLedgerDeleted(*msgspec.structs.astuple(command)))

"""`edge journal export`: the whole journal as JSON lines, or accounting files."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from edge.accounting import books
from edge.accounting.invoices.queries import numbers_of_papers
from edge.app.cli.ledger_reader import reading
from edge.backoffice.books_out.queries import groups_of
from edge.core import ids
from edge.core.journal.rows import facts, read_rows
from edge.core.limits import REBUILD_ROWS
from edge.core.messages import RecordedEvent
from edge.core.people.remarks import with_open_remarks
from edge.core.storage.database import Connection
from edge.operations.ledger import build_registry
from edge.runtime import config
from sync.wire import Row


def export(args: argparse.Namespace) -> int:
    loaded = config.load(Path(args.config))
    with reading(loaded) as db:
        if args.format == "jsonl":
            lines = _rows(db, args.from_seq)
        else:
            groups = groups_of(db) if args.by_group else books.no_groups
            every = _readable(db, facts(db, build_registry(loaded)))
            booked = books.entries(every, numbers_of_papers(db), groups=groups)
            lines = books.FORMATS[args.format](entry for entry in booked if entry.seq >= args.from_seq)
        sys.stdout.writelines(f"{line}\n" for line in lines)
    return 0


def _readable(db: Connection, every: Iterable[RecordedEvent]) -> Iterator[RecordedEvent]:
    """Yield events with decrypted remarks, where their keys still exist."""
    return (msgspec.structs.replace(fact, event=with_open_remarks(db, fact.event)) for fact in every)


def _rows(db: Connection, at: int) -> Iterator[str]:
    encoder = msgspec.json.Encoder()
    while rows := read_rows(db, at, REBUILD_ROWS):
        yield from (encoder.encode(_row_fields(row)).decode() for row in rows)
        at = rows[-1].seq + 1


def _row_fields(row: Row) -> dict[str, object]:
    """A row in readable form: ids as UUIDs, hashes in hexadecimal, the body as JSON."""
    shown = msgspec.structs.asdict(row)
    shown["command_id"] = ids.show(row.command_id)
    for field in ("command_hash", "boot_id", "prev", "hash"):
        shown[field] = getattr(row, field).hex()
    shown["body"] = msgspec.Raw(row.body)
    return shown

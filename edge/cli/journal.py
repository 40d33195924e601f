"""`edge journal export`: the journal as JSON lines, for whoever wants to read or keep it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import msgspec

from edge import config
from edge.cli.reading import reading
from edge.core import ids
from edge.core.journal import read_rows
from edge.core.limits import REBUILD_ROWS
from sync.wire import Row


def export(args: argparse.Namespace) -> int:
    loaded = config.load(Path(args.config))
    encoder = msgspec.json.Encoder()
    at = args.from_seq
    with reading(loaded) as db:
        while rows := read_rows(db, at, REBUILD_ROWS):
            sys.stdout.write("".join(encoder.encode(_shown(row)).decode() + "\n" for row in rows))
            at = rows[-1].seq + 1
    return 0


def _shown(row: Row) -> dict[str, object]:
    """A row with its bytes readable: ids as UUIDs, hashes in hexadecimal, the body as the JSON it is."""
    shown = msgspec.structs.asdict(row)
    shown["command_id"] = ids.show(row.command_id)
    for field in ("command_hash", "boot_id", "prev", "hash"):
        shown[field] = getattr(row, field).hex()
    shown["body"] = msgspec.Raw(row.body)
    return shown

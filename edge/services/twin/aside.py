"""What an old leader has at its end that the new one has not: kept as a file of its own, never sold from.

Of a box that was followed, nobody was ever answered for it. Of one that went on while a person promoted the other, they
may be papers that people hold.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import msgspec

from edge.core.journal.rows import read_head, read_rows
from edge.core.storage.atomic_write import sync_folder, write_whole
from edge.core.storage.database import DatabaseError, open_reader
from edge.lib.errors import EdgeError
from edge.services.twin.limits import ASIDE_ROWS
from sync.wire import Row

FOLDER = "aside"


def newest(ledger: Path) -> list[Row]:
    """The last rows of a ledger's journal; none, if it is none yet, or cannot be read."""
    if not ledger.exists():
        return []
    try:
        with closing(open_reader(ledger)) as db:
            end = read_head(db).seq
            return read_rows(db, max(1, end - ASIDE_ROWS + 1), ASIDE_ROWS)
    except (DatabaseError, EdgeError, LookupError):
        return []


def keep_what_lacks(folder: Path, before: list[Row], ledger: Path) -> int:
    """Put aside those of `before` that `ledger`, which took that one's place, has not: how many. Durable when it
    returns."""
    if not before:
        return 0
    with closing(open_reader(ledger)) as db:
        there = {row.hash for row in read_rows(db, before[0].seq, ASIDE_ROWS)}
    lacking = [row for row in before if row.hash not in there]
    if lacking:
        place = folder / FOLDER
        place.mkdir(mode=0o700, exist_ok=True)
        lines = b"\n".join(map(msgspec.json.encode, lacking)) + b"\n"
        write_whole(place / f"{lacking[0].epoch}-{lacking[0].seq}.jsonl", lines)
        sync_folder(place)
    return len(lacking)


def count(folder: Path) -> int:
    """How many facts lie aside."""
    return sum(path.read_bytes().count(b"\n") for path in (folder / FOLDER).glob("*.jsonl"))

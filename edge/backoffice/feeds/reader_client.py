"""The other end of `record_reader.py`: what it is asked, and what it answers."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.backoffice.feeds.commands import RECORDS_MOST
from edge.backoffice.feeds.connector import EntityType
from edge.core.process import child
from edge.lib.errors import NeedsHuman
from edge.lib.tables import refusal

CPU_S = 300
WAIT_S = 600.0
MODULE = "edge.backoffice.feeds.record_reader"


class ReadRecords(msgspec.Struct, frozen=True):
    """A file, what its records are, and which column is what; with more than `most` of them it is refused."""

    path: str
    entity_type: EntityType
    mapping: str
    language: str
    most: int = RECORDS_MOST


class ReadRecord(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The cells of a row by field; `fault`: why the row could not be read, a key of the words of files. `raw_data`: the
    rows that it is of, by column, as the file has them."""

    line: int
    cells: dict[str, str]
    fault: str = ""
    raw_data: tuple[dict[str, str], ...] = ()


class RecordsRead(msgspec.Struct, frozen=True):
    """What a file holds; `why`: it cannot be taken at all. `key`: of the sentence that says so, or of a refusal."""

    records: tuple[ReadRecord, ...] = ()
    checksum: str = ""
    why: str = ""
    key: str = ""
    values: dict[str, str | int] = {}


def read_apart(ask: ReadRecords) -> RecordsRead:
    """The same by a process of its own; blocks, so from a thread. `NeedsHuman`: it cannot be taken."""
    name = Path(ask.path).name
    try:
        found = msgspec.json.decode(child.ask(MODULE, msgspec.json.encode(ask), WAIT_S), type=RecordsRead)
    except child.ChildFailed as error:
        raise refusal("slow", file=name, limit=CPU_S) if error.slow else refusal("reader_died", file=name) from error
    if found.why:
        raise NeedsHuman(found.why, "", found.key, found.values)
    return found

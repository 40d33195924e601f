"""Client of the process `record_reader.py`: request and answer."""

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
MODULE = "edge.backoffice.feeds.reading.record_reader"


class ReadRecords(msgspec.Struct, frozen=True):
    """A request to read a file with a record type and mapping. More than `most` records are refused. `currency`: the
    store's."""

    path: str
    entity_type: EntityType
    mapping: str
    language: str
    most: int = RECORDS_MOST
    currency: str = ""


class ReadRecord(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The cells of a row by field. `fault`: why it's unreadable, a text key. `raw_data`: its source rows by column."""

    line: int
    cells: dict[str, str]
    fault: str = ""
    raw_data: tuple[dict[str, str], ...] = ()


class RecordsRead(msgspec.Struct, frozen=True):
    """The contents of a file. `why`: the reason it can't be imported; `key`: the text key or refusal code."""

    records: tuple[ReadRecord, ...] = ()
    checksum: str = ""
    why: str = ""
    key: str = ""
    values: dict[str, str | int] = {}


def read_apart(ask: ReadRecords) -> RecordsRead:
    """Read a file in a separate process. It blocks, so call it in a thread. Raises `NeedsHuman` if the file can't be
    imported."""
    name = Path(ask.path).name
    try:
        found = msgspec.json.decode(child.ask(MODULE, msgspec.json.encode(ask), WAIT_S), type=RecordsRead)
    except child.ChildFailed as error:
        raise refusal("slow", file=name, limit=CPU_S) if error.slow else refusal("reader_died", file=name) from error
    if found.why:
        raise NeedsHuman(found.why, "", found.key, found.values)
    return found

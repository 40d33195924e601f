"""Job that imports a file of records: read in a separate process, staged, and applied.

The cursor counts records: first those staged, then those applied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from edge.backoffice.feeds import staging
from edge.backoffice.feeds.applying.judging import judge
from edge.backoffice.feeds.commands import (
    ASIDE_BYTES,
    RECORDS_PER_COMMAND,
    STAGED_AT_ONCE,
    FinishRun,
    IngestFile,
    StagedRecord,
    StageRecords,
    TakeRecords,
)
from edge.backoffice.feeds.reading.reader_client import ReadRecords, RecordsRead, read_apart
from edge.backoffice.feeds.reading.rival_records import GoodsNames, proposing
from edge.backoffice.feeds.settings import FeedSettings, live
from edge.core.messages import Number
from edge.core.registry import Chunk
from edge.core.storage.database import Connection
from edge.goods.ingest.import_folders import corrupt, readable
from edge.lib.errors import NeedsHuman

PULL_JOB = "pull"


class RunParams(msgspec.Struct, frozen=True):
    """The job's parameters: its run, and its file (shown in the job list). `staged`: the number of records already
    staged; if set, no file is read."""

    run: Number
    path: str
    dry_run: bool = False
    staged: Number = 0


def run_chunks(settings: FeedSettings) -> Callable[[Connection, Any, int], Iterator[Chunk]]:
    """Return a function that splits the records of a run, after a cursor, into commands."""
    now = live(settings)

    def chunks(db: Connection, params: Any, cursor: int) -> Iterator[Chunk]:
        told = msgspec.convert(params, RunParams)
        row = db.execute("SELECT params, began_us FROM feed_run WHERE run = ?", (told.run,)).fetchone()
        if row is None:
            raise NeedsHuman("This run is no longer available.", "Start it again.", "feeds.run_gone")
        if told.staged:
            return _take_chunks(told.run, told.staged, cursor)
        wanted = msgspec.json.decode(row[0], type=IngestFile)
        return _chunks(db, now.at(db), told.run, wanted, int(row[1]), cursor)

    return chunks


def _chunks(
    db: Connection, settings: FeedSettings, run: int, wanted: IngestFile, began_us: int, cursor: int
) -> Iterator[Chunk]:
    assert wanted.entity_type is not None, "the handler completed it"
    path = readable(wanted.path, settings.files)
    said = (str(path), wanted.entity_type, wanted.mapping, settings.files.language)
    found = read_apart(ReadRecords(*said, settings.records_most, settings.files.currency))
    if wanted.digest and wanted.digest != found.checksum:
        raise corrupt(path.name)
    staged, bad = _stage_records(db, settings, wanted, found, began_us)
    count = len(staged)
    if not count:
        raise NeedsHuman("The file has no records.", "", "feeds.empty")
    total = count if wanted.dry_run else 2 * count
    forget_below = _make_room(db, wanted.connector, found) if not cursor else 0
    for first in range(0, count, STAGED_AT_ONCE):
        part = staged[first : first + STAGED_AT_ONCE]
        if first + len(part) > cursor:
            yield Chunk((StageRecords(run, first, tuple(part), forget_below),), first + len(part), total=total)
    message = "dry_run_ended" if wanted.dry_run else "not_all_valid" if bad and wanted.take == "all" else ""
    if not message:
        for first in range(0, count, RECORDS_PER_COMMAND):
            end = count + min(first + RECORDS_PER_COMMAND, count)
            if end > cursor:
                yield Chunk((TakeRecords(run, first, RECORDS_PER_COMMAND),), end, total=total)
    yield Chunk((FinishRun(run, message, found.checksum),), total, total=total)


def _make_room(db: Connection, connector: str, found: RecordsRead) -> int:
    """The run below which a feed's records must be deleted to make room for these. Raises `NeedsHuman` if too many
    records wait for a decision."""
    coming = sum(len(text) for one in found.records for cells in (one.cells, *one.raw_data) for text in cells.values())
    aside = staging.aside_bytes(db, connector)
    if aside.held and aside.held_bytes + coming > ASIDE_BYTES:
        values: dict[str, str | int] = {"held": aside.held, "size": aside.held_bytes >> 20, "limit": ASIDE_BYTES >> 20}
        what = f"{aside.held} records of this feed are waiting for a decision, leaving no room for this run's."
        raise NeedsHuman(what, "Approve or discard them, then run it again.", "feeds.aside_full", values)
    return aside.oldest_shown(ASIDE_BYTES - aside.held_bytes - coming)


def _take_chunks(run: int, count: int, cursor: int) -> Iterator[Chunk]:
    for first in range(0, count, RECORDS_PER_COMMAND):
        end = min(first + RECORDS_PER_COMMAND, count)
        if end > cursor:
            yield Chunk((TakeRecords(run, first, RECORDS_PER_COMMAND),), end, total=count)
    yield Chunk((FinishRun(run),), count, total=count)


def _stage_records(
    db: Connection, settings: FeedSettings, wanted: IngestFile, found: RecordsRead, began_us: int
) -> tuple[list[StagedRecord], int]:
    """The records of a file, each with the line of a later record that replaces it; and the number of invalid ones."""
    terms = settings.terms(wanted, began_us)
    entity = wanted.entity_type
    assert entity is not None
    keys, bad, names = [], 0, GoodsNames()
    if entity == "RivalPrice":
        records = [msgspec.structs.replace(one, cells=proposing(db, one.cells, names)) for one in found.records]
        found = msgspec.structs.replace(found, records=tuple(records))
    for one in found.records:
        judged = judge(db, entity, one.cells, terms, settings.price_jump_percent)
        wrong = bool(one.fault) or judged.state == "invalid"
        bad += wrong
        keys.append("" if wrong else judged.row.identity)
    last = {key: one.line for key, one in zip(keys, found.records, strict=True) if key}
    staged = []
    for key, one in zip(keys, found.records, strict=True):
        later = last[key] if key and last[key] != one.line else 0
        bad += bool(later)
        staged.append(StagedRecord(one.line, one.cells, later, one.fault, one.raw_data))
    return staged, bad

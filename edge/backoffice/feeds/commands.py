"""What can be asked of feeds."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.backoffice.feeds.connector import Connector, EntityType, Take
from edge.backoffice.feeds.connector import ConnectorId as ConnectorId
from edge.backoffice.feeds.connector import HookedKind as HookedKind
from edge.core.messages import Command, Number

STAGED_AT_ONCE = 50
"""Records of one command that stages them."""
TAKEN_AT_ONCE = 20
"""Records of one command that takes them: what the writer does in a few milliseconds."""
RECORDS_MOST = 200_000
"""Records of one file, where a shop says nothing else (`[feeds] records_most`)."""
VALUE_CHARS = 500
RAW_CHARS = 10_000
"""Characters of a record's rows that are kept beside it as they came; the rows behind them are in its file alone."""

FilePath = Annotated[str, msgspec.Meta(max_length=4096, pattern=r"^[^\x00]*$(?!\n)")]
FieldName = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
Digest = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?$(?!\n)")]
Text = Annotated[str, msgspec.Meta(max_length=VALUE_CHARS)]


class SetConnector(Command, frozen=True):
    """Let a connector be as this says, a new one or one that there is."""

    connector: Connector


class EndConnector(Command, frozen=True):
    """Fetch from there no more; what was fetched stays."""

    id: ConnectorId


class IngestFile(Command, frozen=True):
    """Take records in from a file on the appliance, as a job: looked at, staged, and taken. The result is the job's
    number.

    By a `connector`, whose kind of records and mapping it has, or without one as records of `entity_type`. `path` as
    the upload gave it, or in a folder of `[ingest]`. `mark`: by what a connector knows the file again. `dry_run`: only
    stage. `take`: `all` takes nothing where one record is wrong; as the connector says where it is not said. `digest`:
    SHA-256 of the file as it came; one that reads otherwise is not taken ("": nobody noted it).
    """

    path: Annotated[FilePath, msgspec.Meta(min_length=1)]
    connector: Annotated[str, msgspec.Meta(max_length=40)] = ""
    entity_type: EntityType | None = None
    mapping: str = ""
    dry_run: bool = False
    take: Take | None = None
    mark: Annotated[str, msgspec.Meta(max_length=400)] = ""
    cursor: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    digest: Digest = ""


class IngestInvoice(Command, frozen=True):
    """Read a supplier's invoice off a file that was brought (`path`), as a job, and receive it; the result is the job's
    number. `digest`: SHA-256 of the file as it came, `file`: what it is called."""

    path: Annotated[FilePath, msgspec.Meta(min_length=1)]
    digest: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
    file: Annotated[str, msgspec.Meta(max_length=200)]


class StagedRecord(msgspec.Struct, frozen=True, array_like=True):
    """A record as it came: the line of the file, and its cells by field. `superseded_by`: the line of a later record
    with the same key, which counts (0: none). `fault`: why the line could not be read at all. `raw_data`: its rows by
    column, as the file has them."""

    line: Number
    cells: dict[str, str]
    superseded_by: Number = 0
    fault: str = ""
    raw_data: tuple[dict[str, str], ...] = ()


class StageRecords(Command, frozen=True):
    """Keep what was read of a run's file, from its `first` record on, for somebody to look at."""

    run: Number
    first: Number
    records: Annotated[tuple[StagedRecord, ...], msgspec.Meta(max_length=STAGED_AT_ONCE)]


class TakeRecords(Command, frozen=True):
    """Do what the good records of a run say, from its `first` on; `count` of them are looked at."""

    run: Number
    first: Number
    count: Annotated[int, msgspec.Meta(ge=1, le=TAKEN_AT_ONCE)]


class FinishRun(Command, frozen=True):
    """A run is at its end. `message`: what is to be said of it, a key of its words."""

    run: Number
    message: Annotated[str, msgspec.Meta(max_length=80)] = ""
    checksum: Annotated[str, msgspec.Meta(max_length=64)] = ""


class MendRecord(Command, frozen=True):
    """Say what a field of a staged record should have been; it is looked at anew."""

    run: Number
    record: Number
    field: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    value: Text


class TakeRecord(Command, frozen=True):
    """Do what one staged record says, also one that is held for somebody's yes."""

    run: Number
    record: Number


class DropRecord(Command, frozen=True):
    """Never do what a staged record says."""

    run: Number
    record: Number


class EnrichProducts(Command, frozen=True):
    """Say of products what the tables of strains, terpenes and effects make of them, as a job; the result is its
    number. One waits at a time: another one gets it."""


class NoteAsked(Command, frozen=True):
    """A connector was asked, and there was nothing new; or `why` that failed, a key of words, with what was said."""

    connector: ConnectorId
    why: Annotated[str, msgspec.Meta(max_length=80)] = ""
    detail: Annotated[str, msgspec.Meta(max_length=200)] = ""


class HearFeedNews(Command, frozen=True):
    """An accounts system has told head office that something changed there: all connectors of it are asked at once."""

    system: HookedKind


OfficeRecord = Annotated[dict[FieldName, Text], msgspec.Meta(min_length=1, max_length=5_000)]


class TakeOfficeRecords(Command, frozen=True):
    """Take records in that head office fetched for a connector, and said by the directive `number`: staged at once,
    taken by a job. The result is the job's number."""

    connector: ConnectorId
    number: Number
    records: Annotated[tuple[OfficeRecord, ...], msgspec.Meta(min_length=1, max_length=STAGED_AT_ONCE)]


class NoteCountsGiven(Command, frozen=True):
    """A connector was given what is on hand here, as counts: see `CountsGiven`."""

    connector: ConnectorId
    changed: Number
    left_out: Number

"""Commands of feeds."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.backoffice.feeds.connector import Connector, EntityType, Take
from edge.backoffice.feeds.connector import ConnectorId as ConnectorId
from edge.backoffice.feeds.connector import HookedKind as HookedKind
from edge.core.messages import Command, Number

STAGED_AT_ONCE = 50
"""Records staged per command."""
RECORDS_PER_COMMAND = 20
"""Records applied per command: a few milliseconds of the writer."""
ASIDE_BYTES = 64 * 1024 * 1024
"""Maximum size of a feed's stored records together with those of a new run. If records waiting for a decision leave no
room, the feed waits until a person decides.
"""
RECORDS_MOST = 200_000
"""Records per file by default (`[feeds] records_most`)."""
VALUE_CHARS = 500
RAW_CHARS = 10_000
"""Maximum characters of a record's source rows to store with it; further rows are only in its file."""

FilePath = Annotated[str, msgspec.Meta(max_length=4096, pattern=r"^[^\x00]*$(?!\n)")]
FieldName = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
Digest = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?$(?!\n)")]
Text = Annotated[str, msgspec.Meta(max_length=VALUE_CHARS)]


class SetConnector(Command, frozen=True):
    """Set up or change a connector."""

    connector: Connector


class EndConnector(Command, frozen=True):
    """End a connector; fetched data stays."""

    id: ConnectorId


class IngestFile(Command, frozen=True):
    """Import records from a file on the appliance as a job: read, staged and applied. Returns the job's number.

    With a `connector`, its record type and mapping are used; without one, the file has records of `entity_type`.
    `path`: as returned by the upload, or in a folder of `[ingest]`. `mark`: how a connector recognises the file.
    `dry_run`: only stage. `take`: with `all`, nothing is applied if any record is invalid; default: the connector's
    setting. `digest`: SHA-256 of the file as received; a file that differs is rejected ("": not recorded).
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
    """Read a supplier's invoice from an uploaded file (`path`) as a job, and receive it. Returns the job's number.
    `digest`: SHA-256 as received; `file`: its name."""

    path: Annotated[FilePath, msgspec.Meta(min_length=1)]
    digest: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
    file: Annotated[str, msgspec.Meta(max_length=200)]


class StagedRecord(msgspec.Struct, frozen=True, array_like=True):
    """A record as received: its line in the file and its cells by field. `superseded_by`: the line of a later record
    with the same key, which counts (0: none). `fault`: why the line is unreadable. `raw_data`: its rows by column."""

    line: Number
    cells: dict[str, str]
    superseded_by: Number = 0
    fault: str = ""
    raw_data: tuple[dict[str, str], ...] = ()


class StageRecords(Command, frozen=True):
    """Store records of a run's file for review, beginning with number `first`. `forget_below`: the run below which its
    feed's records that wait for no decision are forgotten, as they'd take too much space."""

    run: Number
    first: Number
    records: Annotated[tuple[StagedRecord, ...], msgspec.Meta(max_length=STAGED_AT_ONCE)]
    forget_below: Number = 0


class TakeRecords(Command, frozen=True):
    """Apply the valid ones among `count` records of a run, beginning with `first`."""

    run: Number
    first: Number
    count: Annotated[int, msgspec.Meta(ge=1, le=RECORDS_PER_COMMAND)]


class FinishRun(Command, frozen=True):
    """End a run. `message`: a text key to report."""

    run: Number
    message: Annotated[str, msgspec.Meta(max_length=80)] = ""
    checksum: Annotated[str, msgspec.Meta(max_length=64)] = ""


class MendRecord(Command, frozen=True):
    """Correct a field of a staged record, which is then checked again."""

    run: Number
    record: Number
    field: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    value: Text


class TakeRecord(Command, frozen=True):
    """Apply a staged record, also one held for approval."""

    run: Number
    record: Number


class DropRecord(Command, frozen=True):
    """Never apply a staged record."""

    run: Number
    record: Number


class MatchRivalGood(Command, frozen=True):
    """A competitor's product that the shop didn't know, by their code or name, is this one of ours: its price is stored
    beside ours, now and from later feeds."""

    competitor: Annotated[str, msgspec.Meta(max_length=100)]
    theirs: Annotated[str, msgspec.Meta(max_length=80)]
    sku: Annotated[str, msgspec.Meta(max_length=80)]


class DropRivalGood(Command, frozen=True):
    """Hide a competitor's product."""

    competitor: Annotated[str, msgspec.Meta(max_length=100)]
    theirs: Annotated[str, msgspec.Meta(max_length=80)]


class EnrichProducts(Command, frozen=True):
    """Derive product attributes from the tables of strains, terpenes and effects, as a job. Returns its number; while
    one waits, that one's."""


class NoteAsked(Command, frozen=True):
    """Record that a connector was contacted without news; or `why` that failed (a text key), with its message."""

    connector: ConnectorId
    why: Annotated[str, msgspec.Meta(max_length=80)] = ""
    detail: Annotated[str, msgspec.Meta(max_length=200)] = ""


class HearFeedNews(Command, frozen=True):
    """An accounting system notified head office of changes: contact all its connectors now."""

    system: HookedKind


OfficeRecord = Annotated[dict[FieldName, Text], msgspec.Meta(min_length=1, max_length=5_000)]


class TakeOfficeRecords(Command, frozen=True):
    """Import records that head office fetched for a connector and sent by the directive `number`: staged at once,
    applied by a job. Returns the job's number."""

    connector: ConnectorId
    number: Number
    records: Annotated[tuple[OfficeRecord, ...], msgspec.Meta(min_length=1, max_length=STAGED_AT_ONCE)]


class NoteCountsGiven(Command, frozen=True):
    """Record that stock counts were written to a connector; see `CountsGiven`."""

    connector: ConnectorId
    changed: Number
    left_out: Number

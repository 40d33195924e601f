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
"""Records applied per command, which occupy the writer for a few milliseconds."""
ASIDE_BYTES = 64 * 1024 * 1024
"""Maximum size of a feed's stored records, including those of a new run. If records waiting for a decision leave no
room, the feed waits until a person decides."""
RECORDS_MOST = 200_000
"""Records per file by default (`[feeds] records_most`)."""
VALUE_CHARS = 500
RAW_CHARS = 10_000
"""Maximum characters of source rows to store with a record. Further rows are only in the file."""

FilePath = Annotated[str, msgspec.Meta(max_length=4096, pattern=r"^[^\x00]*$(?!\n)")]
FieldName = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
Digest = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?$(?!\n)")]
Text = Annotated[str, msgspec.Meta(max_length=VALUE_CHARS)]


class SetConnector(Command, frozen=True):
    """Set up or change a connector."""

    connector: Connector


class EndConnector(Command, frozen=True):
    """End a connector; imported data stays."""

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
    """Read a supplier's invoice from an uploaded file (`path`) as a job, and record its receipt. Returns the job's
    number. `digest`: SHA-256 of the file as received; `file`: its name."""

    path: Annotated[FilePath, msgspec.Meta(min_length=1)]
    digest: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
    file: Annotated[str, msgspec.Meta(max_length=200)]


class StagedRecord(msgspec.Struct, frozen=True, array_like=True):
    """A record as received: its line in the file and its cells by field.

    `superseded_by`: the line of a later record with the same key, which replaces it (0: none). `fault`: why the line is
    unreadable. `raw_data`: its source rows by column.
    """

    line: Number
    cells: dict[str, str]
    superseded_by: Number = 0
    fault: str = ""
    raw_data: tuple[dict[str, str], ...] = ()


class StageRecords(Command, frozen=True):
    """Store records of a run's file for review, beginning with number `first`. `forget_below`: to save space, delete
    the feed's records of runs below this number, unless they wait for a decision."""

    run: Number
    first: Number
    records: Annotated[tuple[StagedRecord, ...], msgspec.Meta(max_length=STAGED_AT_ONCE)]
    forget_below: Number = 0


class TakeRecords(Command, frozen=True):
    """Apply the valid records among the `count` records of a run that begin with `first`."""

    run: Number
    first: Number
    count: Annotated[int, msgspec.Meta(ge=1, le=RECORDS_PER_COMMAND)]


class FinishRun(Command, frozen=True):
    """End a run. `message`: a text key to report."""

    run: Number
    message: Annotated[str, msgspec.Meta(max_length=80)] = ""
    checksum: Annotated[str, msgspec.Meta(max_length=64)] = ""


class MendRecord(Command, frozen=True):
    """Correct a field of a staged record and check it again."""

    run: Number
    record: Number
    field: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    value: Text


class TakeRecord(Command, frozen=True):
    """Apply a staged record, even if it's held for approval."""

    run: Number
    record: Number


class DropRecord(Command, frozen=True):
    """Discard a staged record so that it's never applied."""

    run: Number
    record: Number


class MatchRivalGood(Command, frozen=True):
    """Match a competitor's unknown product, by its code or name, to one of ours. Its price is stored with our product,
    now and from later feeds."""

    competitor: Annotated[str, msgspec.Meta(max_length=100)]
    theirs: Annotated[str, msgspec.Meta(max_length=80)]
    sku: Annotated[str, msgspec.Meta(max_length=80)]


class DropRivalGood(Command, frozen=True):
    """Hide a competitor's product."""

    competitor: Annotated[str, msgspec.Meta(max_length=100)]
    theirs: Annotated[str, msgspec.Meta(max_length=80)]


class EnrichProducts(Command, frozen=True):
    """Derive product attributes from the tables of strains, terpenes and effects, as a job. Returns the job's number,
    or that of a job already waiting."""


class NoteAsked(Command, frozen=True):
    """Record that a connector was contacted without news; or the reason `why` it failed (a text key), with
    its message."""

    connector: ConnectorId
    why: Annotated[str, msgspec.Meta(max_length=80)] = ""
    detail: Annotated[str, msgspec.Meta(max_length=200)] = ""


class HearFeedNews(Command, frozen=True):
    """Contact all connectors of an accounting system now, because it notified head office of changes."""

    system: HookedKind


OfficeRecord = Annotated[dict[FieldName, Text], msgspec.Meta(min_length=1, max_length=5_000)]


class TakeOfficeRecords(Command, frozen=True):
    """Import records that head office fetched for a connector and sent with directive `number`. They're staged at once
    and applied by a job. Returns the job's number."""

    connector: ConnectorId
    number: Number
    records: Annotated[tuple[OfficeRecord, ...], msgspec.Meta(min_length=1, max_length=STAGED_AT_ONCE)]


class NoteCountsGiven(Command, frozen=True):
    """Record that stock counts were written to a connector; see `CountsGiven`."""

    connector: ConnectorId
    changed: Number
    left_out: Number

"""Queries on feeds: connectors with their state, jobs, and staged records."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.backoffice.feeds import staging
from edge.backoffice.feeds.applying.judging import State
from edge.backoffice.feeds.connector import Connector
from edge.backoffice.feeds.entities import CONNECTORS
from edge.backoffice.feeds.jobs.invoice_job import INVOICE_JOB
from edge.backoffice.feeds.reading.record_cells import Reason
from edge.backoffice.feeds.schedule import age_h, is_stale
from edge.backoffice.feeds.staging import SavedRecord
from edge.core.jobs.store import Job, read_job, read_job_notes
from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.goods.supplier_invoices.queries import duplicate_of

PAGE_LIMIT = 500
LOG_LINES = 1_000
Status = Literal["pending", "running", "completed", "failed", "cancelled"]
Id = Annotated[str, msgspec.Meta(max_length=40)]
AnyState = Literal["", "valid", "invalid", "held", "applied", "same", "dropped"]
AnyStatus = Literal["", "pending", "running", "completed", "failed", "cancelled"]
_STATUS: dict[str, Status] = {
    "queued": "pending",
    "running": "running",
    "done": "completed",
    "failed": "failed",
    "cancelled": "cancelled",
}
_RUNS = """
    SELECT run, job, connector, entity_type, params ->> '$.path', coalesce(params ->> '$.dry_run', 0), began_us,
           ended_us, message
    FROM feed_run WHERE (?1 = '' OR connector = ?1) AND (?2 = 0 OR job = ?2) AND (?3 = 0 OR run < ?3)
    ORDER BY run DESC LIMIT ?4
"""
_PROGRESS = "SELECT connector, asked_us, why, detail, failed_us, good_us FROM feed_progress"
_GIVEN = """
    SELECT connector, changed, left_out, at_us FROM feed_given
    WHERE seq IN (SELECT max(seq) FROM feed_given GROUP BY connector)
"""
_LOOKED_AT = """
    SELECT feed_run.connector, coalesce(feed_run.params ->> '$.dry_run', 0) FROM feed_run
    LEFT JOIN job ON job.id = feed_run.job
    WHERE entity_type = 'SKU' AND feed_run.connector <> '' AND coalesce(job.state, '') <> 'failed'
"""
_ITS_WORD = "SELECT 1 FROM product_word WHERE source = ? LIMIT 1"
_ENDED = """
    SELECT records, applied, same, held, invalid FROM feed_taken
    WHERE connector = ? AND entity_type = ? AND began_us = ?
"""
_TAKEN = "SELECT connector, max(ended_us) FROM feed_taken GROUP BY connector"


class FeedJob(msgspec.Struct, frozen=True):
    """An import run.

    Counts are of records: `applied`, `same` (applied before), `held` (waiting for approval). `message`: why it failed
    or applied nothing, a text key with its values in `told`. `run`: the id to query its records by; 0 for a product
    import, whose job has a report, and for an invoice file. `invoice`: our number of the invoice (0: none).
    """

    id: int
    run: int
    job_type: str
    status: Status
    source_connector: str
    entity_type: str
    file: str
    dry_run: bool
    record_count: int
    valid: int
    invalid: int
    held: int
    applied: int
    same: int
    created_us: int
    completed_us: int
    message: str
    told: dict[str, str | int] = {}
    invoice: int = 0


class LogLine(msgspec.Struct, frozen=True):
    """A message of a job: the line of the file (0: the whole file), and a text key with its values."""

    level: Literal["info", "warning", "error"]
    line: int
    field: str
    text: str
    values: dict[str, str | int] = {}


class GivenCounts(msgspec.Struct, frozen=True):
    """The counts last written to another system; see `CountsGiven`."""

    changed: int
    left_out: int
    at_us: int


class ConnectorState(msgspec.Struct, frozen=True):
    """A connector with its state.

    `asked_us`: the last contact (0: never); `why` it failed ("": it didn't); `failed_us`: since when. `taken_us`: the
    end of the last run; `good_us`: the last successful contact (0: never). `given`: the counts last written to it.
    `to_approve`: its first catalogue awaits approval, so it doesn't run automatically.
    """

    connector: Connector
    asked_us: int
    why: str
    detail: str
    failed_us: int
    taken_us: int
    good_us: int = 0
    given: GivenCounts | None = None
    to_approve: bool = False


class FeedAge(msgspec.Struct, frozen=True):
    """Hours since a connector's data was last confirmed, and whether that is too long."""

    connector: str
    hours: float
    stale: bool


class StagedPage(msgspec.Struct, frozen=True):
    """A page of a run's records, and the number to continue from (0: none left)."""

    records: list[SavedRecord]
    next: int


def read_connectors(db: Connection) -> tuple[Connector, ...]:
    """Connectors by id."""
    return CONNECTORS.read(db)


def read_connector_states(db: Connection) -> list[ConnectorState]:
    """Connectors with their state, by id."""
    asked = {row[0]: row[1:] for row in db.execute(_PROGRESS)}
    taken = dict(db.execute(_TAKEN).fetchall())
    given = {connector: GivenCounts(*rest) for connector, *rest in db.execute(_GIVEN)}
    looked_at = {connector for connector, dry in db.execute(_LOOKED_AT) if dry}
    states = []
    for one in CONNECTORS.read(db):
        asked_us, why, detail, failed_us, good_us = asked.get(one.id, (0, "", "", 0, 0))
        told = (asked_us, why, detail, failed_us, taken.get(one.id, 0), good_us, given.get(one.id))
        states.append(ConnectorState(one, *told, one.id in looked_at and is_first(db, one)))
    return states


def is_first(db: Connection, connector: Connector) -> bool:
    """Whether a connector's first catalogue awaits approval: it imports products, and none were ever applied."""
    if connector.entity_type != "SKU" or db.execute(_ITS_WORD, (connector.id,)).fetchone():
        return False
    return all(dry or of != connector.id for of, dry in db.execute(_LOOKED_AT))


def read_feed_ages(db: Connection, now_us: int) -> list[FeedAge]:
    """The age of each active connector's data, by id. Connectors never contacted are left out."""
    return [
        FeedAge(one.connector.id, age_h(one.good_us, now_us), is_stale(one.connector, one.good_us, now_us))
        for one in read_connector_states(db)
        if one.connector.is_active and one.good_us
    ]


def read_feed_jobs(
    db: Connection, state: AnyStatus = "", connector: Id = "", before: Number = 0, limit: Number = 50
) -> list[FeedJob]:
    """Runs, newest first, filtered by state and connector; only those before the run `before`. 500 at most."""
    limit = max(1, min(limit, PAGE_LIMIT))
    rows = db.execute(_RUNS, (connector, 0, before, limit if not state else PAGE_LIMIT)).fetchall()
    found = (_job(db, *row) for row in rows)
    return [one for one in found if not state or one.status == state][:limit]


def read_feed_job(db: Connection, job: Number) -> FeedJob | None:
    """A run by its job, or None."""
    row = db.execute(_RUNS, ("", job, 0, 1)).fetchone() if job else None
    return _job(db, *row) if row else None


def read_taken_counts(db: Connection, job: FeedJob) -> tuple[int, ...]:
    """A run's number of records, and of applied, unchanged, held and invalid ones, as recorded at its end. Empty if not
    recorded, or if a user has decided on some since."""
    now = (job.record_count, job.applied, job.same, job.held, job.invalid)
    found = db.execute(_ENDED, (job.source_connector, job.entity_type, job.created_us)).fetchone()
    return now if found == now else ()


def read_feed_digest(db: Connection, job: Number) -> str:
    """The SHA-256 of a run's file as received; "" if not recorded."""
    row = db.execute("SELECT coalesce(params ->> '$.digest', '') FROM feed_run WHERE job = ?", (job,)).fetchone()
    return str(row[0]) if row else ""


def read_feed_log(db: Connection, job: Number) -> list[LogLine]:
    """A job's messages by line; the first 1,000 errors or held records."""
    found = read_feed_job(db, job)
    if found is None:
        return []
    lines = [LogLine("error" if found.status == "failed" else "info", 0, "", found.message, found.told)]
    if not found.run:
        notes = read_job_notes(db, job, LOG_LINES)
        lines += [LogLine("warning", one.line, one.field, f"reason.{one.reason}", one.values) for one in notes]
    for state in ("invalid", "held"):
        for one in staging.read_records(db, found.run, 0, LOG_LINES, state):
            lines += [LogLine("warning", one.line, why.field, word_of(why), why.values) for why in one.reasons]
    ordered = sorted(lines, key=lambda line: line.line)
    return [line for line in ordered if line.text][:LOG_LINES]


def read_staged(
    db: Connection, run: Number, state: AnyState = "", first: Number = 0, limit: Number = 100
) -> StagedPage:
    """Records of a run from `first` on, in one state or all."""
    limit = max(1, min(limit, PAGE_LIMIT))
    found = staging.read_records(db, run, first, limit, state)
    return StagedPage(found, found[-1].record + 1 if len(found) == limit else 0)


def word_of(why: Reason) -> str:
    """The text key for a reason."""
    return why.code if "." in why.code else f"feed_reason.{why.code}"


def _job(
    db: Connection,
    run: int,
    id: int,
    connector: str,
    entity: str,
    path: str,
    dry: int,
    began_us: int,
    ended_us: int,
    message: str,
) -> FeedJob:
    job = read_job(db, id)
    file = path.rpartition("/")[2]
    about = (connector, entity, file, bool(dry))
    if entity == "SKU":
        return _import(job, id, about, began_us)
    if job and job.kind == INVOICE_JOB:
        return _invoice(job, about, began_us, duplicate_of(db, read_feed_digest(db, id)))
    found = staging.counts(db, run)
    valid, invalid, held, applied, same = (found.get(state, 0) for state in _COUNTED)
    status = _STATUS[job.state] if job else "completed" if ended_us else "failed"
    said = f"feeds.{message}" if message else job.message if job else ""
    told = job.told if job and not message else {}
    at = ended_us or (job.changed_us if job and status not in ("pending", "running") else 0)
    counts = (sum(found.values()), valid, invalid, held, applied, same)
    return FeedJob(id, run, "pull", status, *about, *counts, began_us, at, said, told)


_COUNTED: tuple[State, ...] = ("valid", "invalid", "held", "applied", "same")
_CHANGED = ("new", "price", "changed")


def _import(job: Job | None, id: int, about: tuple[str, str, str, bool], began_us: int) -> FeedJob:
    """The run of a product import, with the job's counts."""
    if job is None:
        return FeedJob(id, 0, "import", "completed", *about, 0, 0, 0, 0, 0, 0, began_us, 0, "")
    counts, dry = job.counts, about[-1]
    changed = sum(counts.get(kind, 0) for kind in _CHANGED)
    done = (changed if dry else 0, job.refused, counts.get("held", 0), 0 if dry else changed, counts.get("same", 0))
    status = _STATUS[job.state]
    ended = job.changed_us if status not in ("pending", "running") else 0
    return FeedJob(id, 0, "import", status, *about, job.total, *done, began_us, ended, job.message, job.told)


def _invoice(job: Job, about: tuple[str, str, str, bool], began_us: int, number: int) -> FeedJob:
    """The run of an invoice file: a single record, received or not."""
    status = _STATUS[job.state]
    ended = job.changed_us if status not in ("pending", "running") else 0
    counts = (1, 0, int(status == "failed"), 0, int(status == "completed"), 0)
    said = (began_us, ended, job.message, job.told)
    return FeedJob(job.id, 0, INVOICE_JOB, status, *about, *counts, *said, number if status == "completed" else 0)

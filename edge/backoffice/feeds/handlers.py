"""Handlers of feeds, inside the transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from edge.backoffice.feeds import staging
from edge.backoffice.feeds.applying.judging import Judged, judge
from edge.backoffice.feeds.applying.order_judging import keep_customer
from edge.backoffice.feeds.applying.order_taking import tell_sold
from edge.backoffice.feeds.applying.taking import SAME, take
from edge.backoffice.feeds.commands import (
    DropRecord,
    EndConnector,
    EnrichProducts,
    FinishRun,
    HearFeedNews,
    IngestFile,
    MendRecord,
    NoteAsked,
    NoteCountsGiven,
    StagedRecord,
    StageRecords,
    TakeOfficeRecords,
    TakeRecord,
    TakeRecords,
)
from edge.backoffice.feeds.connector import SYSTEMS, Connector, mapping_of
from edge.backoffice.feeds.entities import CONNECTORS, not_at_work
from edge.backoffice.feeds.events import CountsGiven, FeedTaken
from edge.backoffice.feeds.jobs.run_job import PULL_JOB, RunParams
from edge.backoffice.feeds.reading.invoice_records import keep_supplier
from edge.backoffice.feeds.reading.layout import FIELDS, is_field, layout_of
from edge.backoffice.feeds.reading.order_records import HistoryDayRow
from edge.backoffice.feeds.reading.record_cells import Reason
from edge.backoffice.feeds.reading.rival_records import RivalRow, keep_match, keep_no, theirs_of
from edge.backoffice.feeds.rival_goods import end_rival_good, forget_rival_goods, keep_rival_goods, unknown_goods
from edge.backoffice.feeds.settings import KEPT_DAYS, FeedSettings, live
from edge.backoffice.feeds.staging import Run, SavedRecord
from edge.core.jobs import store as jobs
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.goods.ingest.commands import ImportCatalog

TABLES = ("Strain", "EffectWeight")
"""Record types of the tables from which product attributes are derived."""
DAY_US = 24 * 3600 * 1_000_000
FORGOTTEN_PER_STAGED = 2
"""Old records to delete for each staged one, so that their number falls however many arrive."""


class Feeds:
    """Handlers for a store with these settings."""

    def __init__(self, settings: FeedSettings) -> None:
        self._live = live(settings)

    def ingest(self, tx: Transaction, command: IngestFile) -> int:
        """Begin a run, or a catalogue import for products. Returns the job's number."""
        connector = self._connector(tx, command.connector) if command.connector else None
        wanted = _with_connector(command, connector)
        assert wanted.entity_type is not None
        if wanted.connector:
            not_at_work(tx, wanted.connector)
        staging.forget_before(tx.db, tx.at_us - KEPT_DAYS * DAY_US)
        run = staging.next_run(tx.db)
        if wanted.entity_type == "SKU":
            if wanted.take == "all":
                raise Refusal("feed_catalogue_by_rows")
            job = tx.do(
                ImportCatalog(
                    wanted.path,
                    wanted.mapping or None,
                    wanted.connector,
                    dry_run=wanted.dry_run,
                    retire_missing=connector is not None and connector.retire_missing,
                    digest=wanted.digest,
                    propose_retired=connector is not None and connector.kind in SYSTEMS,
                )
            ).result
        else:
            layout_of(wanted.mapping, wanted.entity_type)
            params = RunParams(run, wanted.path, wanted.dry_run)
            job = jobs.queue(tx, PULL_JOB, msgspec.to_builtins(params))
        staging.begin(tx.db, run, int(job), wanted, tx.at_us)
        if wanted.connector:
            self._note_progress(tx, wanted)
        return int(job)

    def end_connector(self, tx: Transaction, command: EndConnector) -> None:
        """End a connector, unless a run is in progress."""
        not_at_work(tx, command.id)
        CONNECTORS.end(tx, command)
        staging.forget_connector(tx.db, command.id)

    def stage(self, tx: Transaction, command: StageRecords) -> None:
        """Store records as received, each with the change it would make."""
        run, used, goods = staging.read_run(tx.db, command.run), set[str](), list[RivalRow]()
        for record, sent in enumerate(command.records, command.first):
            if sent.fault:
                why = (Reason("", f"reason.{sent.fault}"),)
                saved = SavedRecord(record, sent.line, "", "invalid", sent.cells, {}, why, raw_data=sent.raw_data)
            else:
                judged = self._judge_cells(tx, run, sent.cells)
                saved = _saved_record(judged, sent, record)
                goods += unknown_goods(judged.row, judged.reasons)
            if sent.superseded_by:
                later = Reason("", "duplicate_key", {"line": sent.superseded_by})
                saved = msgspec.structs.replace(saved, state="invalid", reasons=(later,))
            elif run.entity_type == "Supplier" and not saved.becomes.get("retired"):
                used.add(saved.key)
            staging.keep(tx.db, command.run, saved)
        if not run.params.dry_run:
            keep_rival_goods(tx.db, goods)
        most = FORGOTTEN_PER_STAGED * len(command.records)
        staging.forget_before(tx.db, tx.at_us - KEPT_DAYS * DAY_US, most)
        if command.forget_below:
            staging.forget_shown(tx.db, run.params.connector, command.forget_below, most)
        if used and run.params.connector and not run.params.dry_run:
            # Approving an outdated proposal must not retire a supplier that is used again.
            staging.forget_proposals(tx.db, run.params.connector, command.run, used)

    def take_some(self, tx: Transaction, command: TakeRecords) -> None:
        """Apply the valid records in a range."""
        run, sold = staging.read_run(tx.db, command.run), list[tuple[str, str]]()
        for saved in staging.read_records(tx.db, command.run, command.first, command.count):
            if saved.state == "valid":
                self._take(tx, run, saved, sold)
        tell_sold(tx, run.params.connector or run.file, sold)

    def take_one(self, tx: Transaction, command: TakeRecord) -> None:
        """Apply one record; the user has seen why it was held."""
        run, saved = self._open(tx, command.run, command.record)
        if saved.state not in ("valid", "held"):
            raise Refusal("feed_record_not_good", {"record": command.record})
        sold = list[tuple[str, str]]()
        if named := next((one.values["sku"] for one in saved.reasons if one.code == "name_like"), ""):
            keep_match(tx.db, saved.cells, str(named))
        self._take(tx, run, saved, sold, agreed=True)
        tell_sold(tx, run.params.connector or run.file, sold)

    def mend(self, tx: Transaction, command: MendRecord) -> None:
        """Correct a cell of a record and check it again."""
        run, saved = self._open(tx, command.run, command.record)
        if not is_field(run.entity_type, command.field):
            raise Refusal("feed_field_unknown", {"field": command.field, "fields": ", ".join(FIELDS[run.entity_type])})
        cells = {**saved.cells, command.field: command.value.strip()}
        if run.entity_type == "RivalPrice" and command.field == "sku":
            keep_match(tx.db, saved.cells, cells["sku"])
            end_rival_good(tx.db, saved.cells.get("competitor", ""), theirs_of(saved.cells))
        if run.entity_type == "SalesOrder" and command.field == "customer_id":
            keep_customer(tx.db, saved.cells, cells["customer_id"])
        if run.entity_type == "Invoice" and command.field == "supplier_id":
            keep_supplier(tx.db, saved.cells, cells["supplier_id"])
        judged = self._judge_cells(tx, run, cells)
        mended = _saved_record(judged, StagedRecord(saved.line, cells, raw_data=saved.raw_data), saved.record)
        came = {command.field: saved.cells.get(command.field, ""), **saved.came}
        staging.keep(tx.db, command.run, msgspec.structs.replace(mended, came=came))

    def drop(self, tx: Transaction, command: DropRecord) -> None:
        """Discard a record."""
        _, saved = self._open(tx, command.run, command.record)
        if any(one.code == "name_like" for one in saved.reasons):
            keep_no(tx.db, saved.cells)
        staging.keep(tx.db, command.run, msgspec.structs.replace(saved, state="dropped"))

    def finish(self, tx: Transaction, command: FinishRun) -> None:
        """End a run and record an event, unless it was a dry run."""
        run = staging.read_run(tx.db, command.run)
        if run.ended_us:
            return
        staging.end(tx.db, command.run, command.message, tx.at_us)
        if run.entity_type == "RivalPrice":
            forget_rival_goods(tx.db, tx.at_us)
        if run.entity_type in TABLES and command.message != "dry_run_ended":
            tx.do(EnrichProducts())
        if command.message == "dry_run_ended":
            return
        found = staging.counts(tx.db, command.run)
        applied, same, invalid, held = (found.get(state, 0) for state in ("applied", "same", "invalid", "held"))
        tx.append(
            FeedTaken(
                run.params.connector,
                run.entity_type,
                run.file[:200],
                command.checksum,
                sum(found.values()),
                *(applied, same, invalid, held),
                run.began_us,
                run.params.digest,
                kept_days=self._live.of(tx).runs_kept_days,
            )
        )

    def note_asked(self, tx: Transaction, command: NoteAsked) -> None:
        """Record that a connector was contacted, and the result."""
        self._connector(tx, command.connector)
        staging.progress(tx.db, command.connector, tx.at_us, command.why, command.detail)

    def take_from_office(self, tx: Transaction, command: TakeOfficeRecords) -> int:
        """Stage records from head office and begin the job that applies them. Raises `Refusal` if no such connector is
        set up, or a field doesn't exist in such records."""
        connector = self._connector(tx, command.connector)
        if connector.kind != "office":
            raise Refusal("feed_not_of_office", {"connector": connector.id})
        params = _with_connector(IngestFile(f"head office {command.number}", connector.id), connector)
        for field in {field for cells in command.records for field in cells}:
            if not is_field(connector.entity_type, field):
                fields = ", ".join(FIELDS[connector.entity_type])
                raise Refusal("feed_field_unknown", {"field": field, "fields": fields})
        staging.forget_before(tx.db, tx.at_us - KEPT_DAYS * DAY_US)
        run = staging.next_run(tx.db)
        told = RunParams(run, params.path, staged=len(command.records))
        job = int(jobs.queue(tx, PULL_JOB, msgspec.to_builtins(told)))
        staging.begin(tx.db, run, job, params, tx.at_us)
        values = layout_of(params.mapping, connector.entity_type).values
        kept = Run(run, job, params, tx.at_us, 0, "")
        goods = list[RivalRow]()
        for record, cells in enumerate(command.records):
            sent = StagedRecord(record + 1, {**values, **cells}, raw_data=(cells,))
            judged = self._judge_cells(tx, kept, sent.cells)
            goods += unknown_goods(judged.row, judged.reasons)
            staging.keep(tx.db, run, _saved_record(judged, sent, record))
        keep_rival_goods(tx.db, goods)
        self._note_progress(tx, params)
        return job

    def hear_news(self, tx: Transaction, command: HearFeedNews) -> None:
        """Make all contacted connectors of this system due again; the others are due anyway. Raises `Refusal` if there
        are none."""
        found = [one.id for one in CONNECTORS.read(tx.db) if one.kind == command.system and one.is_active]
        if not found:
            raise Refusal(CONNECTORS.unknown.code, CONNECTORS.unknown.values(command.system))
        for id in found:
            staging.make_due(tx.db, id)

    def note_counts_given(self, tx: Transaction, command: NoteCountsGiven) -> None:
        """Record that counts were written, with an event if some changed or if the number of left-out ones did."""
        self._connector(tx, command.connector)
        staging.progress(tx.db, command.connector, tx.at_us)
        if command.changed or command.left_out != staging.count_left_out(tx.db, command.connector):
            tx.append(CountsGiven(command.connector, command.changed, command.left_out))

    def _judge_cells(self, tx: Transaction, run: Run, cells: Mapping[str, str], agreed: bool = False) -> Judged:
        settings = self._live.of(tx)
        terms = settings.terms(run.params, tx.at_us)
        return judge(tx.db, run.entity_type, cells, terms, settings.price_jump_percent, agreed)

    def _take(
        self, tx: Transaction, run: Run, saved: SavedRecord, sold: list[tuple[str, str]], agreed: bool = False
    ) -> None:
        """Apply a record to the shop's current state, as another record may have changed it since staging. `sold`
        collects past days to report, with their products."""
        judged = self._judge_cells(tx, run, saved.cells, agreed)
        state, reasons = judged.state, judged.reasons
        if state == "valid":
            source = run.params.connector or run.file
            wrong = take(tx, judged.row, self._live.of(tx).terms(run.params, tx.at_us), source)
            state, reasons = ("same", ()) if wrong is SAME else ("invalid", (wrong,)) if wrong else ("applied", ())
            if isinstance(judged.row, RivalRow):
                end_rival_good(tx.db, judged.row.competitor, theirs_of(saved.cells))
            if not wrong and isinstance(judged.row, HistoryDayRow):
                sold.append((judged.row.day, judged.row.sku))
        staging.keep(tx.db, run.run, msgspec.structs.replace(saved, state=state, reasons=reasons))

    def _open(self, tx: Transaction, run: int, record: int) -> tuple[Run, SavedRecord]:
        """A record of an ended run that can still be decided on."""
        found = staging.read_run(tx.db, run)
        saved = next(iter(staging.read_records(tx.db, run, record, 1)), None)
        if saved is None or saved.record != record:
            raise Refusal("feed_record_unknown", {"record": record})
        if not found.ended_us or saved.state in ("applied", "same", "dropped"):
            raise Refusal("feed_record_closed", {"record": record})
        return found, saved

    def _connector(self, tx: Transaction, id: str) -> Connector:
        found = CONNECTORS.find(tx.db, id)
        if found is None:
            raise Refusal(CONNECTORS.unknown.code, CONNECTORS.unknown.values(id))
        return found

    def _note_progress(self, tx: Transaction, wanted: IngestFile) -> None:
        staging.progress(tx.db, wanted.connector, tx.at_us)
        if wanted.mark and not wanted.dry_run:
            staging.mark(tx.db, wanted.connector, wanted.mark, tx.at_us, staging.FILES_MOST)


def _saved_record(judged: Judged, sent: StagedRecord, record: int) -> SavedRecord:
    becomes: dict[str, Any] = msgspec.to_builtins(judged.row)
    about = (sent.line, judged.row.key, judged.state, dict(sent.cells), becomes, judged.reasons)
    return SavedRecord(record, *about, raw_data=sent.raw_data)


def _with_connector(command: IngestFile, connector: Connector | None) -> IngestFile:
    """The command completed with the connector's settings. Raises `Refusal` if a setting is missing, or the connector
    is switched off."""
    if connector is None:
        if command.entity_type is None:
            raise Refusal("feed_entity_missing")
        return msgspec.structs.replace(command, take=command.take or "valid")
    if not connector.is_active:
        raise Refusal("connector_off", {"connector": connector.id})
    if connector.push_counts:
        raise Refusal("feed_gives_counts", {"connector": connector.id})
    return msgspec.structs.replace(
        command,
        entity_type=connector.entity_type,
        mapping=command.mapping or mapping_of(connector),
        take=command.take or connector.take,
    )

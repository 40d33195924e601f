"""Project shelf events in the hub: gaps and compliance by store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.analytics.shelf.events import (
    AnswerUndone,
    BayMeasured,
    FacingCleared,
    FacingFlagged,
    FindingAnswered,
    GapClosed,
    GapFound,
)
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import BUSINESS_DATE, EPOCH, SEQ, Column, Index, Table, moment, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row

_BAY = Column("bay", "text", "Bay.", "event.bay")

FINDING = Table(
    "shelf_finding",
    "Shelf findings of cameras; the closing columns are null while a finding is open.",
    *place(),
    EPOCH,
    SEQ,
    Column(
        *("kind", "text", "gap, low or wrong."),
        lambda fact: fact.event.kind if isinstance(fact.event, FacingFlagged) else "gap",
    ),
    _BAY,
    Column("edition", "bigint", "Version of the bay's planogram.", "event.edition"),
    Column("facing", "text", "First facing of the group.", "event.group"),
    Column("facings", "bigint", "Number of facings in the group.", lambda fact: len(fact.event.facings)),
    Column("sku", "text", "Product planned for this position.", "event.sku"),
    Column(
        *("business_date", "date", "Business day it was found."),
        "row.business_date",
    ),
    Column("first_at", "timestamptz", "Time of the first camera check that saw it.", "event.first_us"),
    Column("found_at", "timestamptz", "Time it was confirmed.", "row.at_us"),
    Column("confidence", "bigint", "Confidence in percent.", "event.confidence"),
    Column("on_hand", "bigint", "On-hand quantity in the ledger, in thousandths.", "event.on_hand"),
    Column("closed_at", "timestamptz", "Time of the first camera check that saw products again.", null=True),
    Column("empty_s", "bigint", "Seconds it was empty; null: not a gap.", null=True),
    Column(
        *("seen_s", "bigint", "Seconds a gap was visible in opening hours with no one in front; null: not a gap."),
        null=True,
    ),
    Column("how", "text", "restocked, answered or replanned.", null=True),
    Column("answer", "text", "Feedback of a person: right, wrong, filled or not_there.", null=True),
    Column(
        *("behind", "boolean", "Whether products were visible further back in the shelf when the gap was found."),
        lambda fact: isinstance(fact.event, GapFound) and fact.event.behind,
        default="false",
    ),
    indexes=(Index("shelf_finding_by_day", "tenant, business_date, store"),),
)
"""A finding is identified by its row in the store's journal."""
COMPLIANCE = Table(
    "shelf_compliance",
    "Planogram compliance by bay and hour.",
    *place(),
    EPOCH,
    SEQ,
    _BAY,
    BUSINESS_DATE,
    Column("looks", "bigint", "Number of camera checks.", "event.looks"),
    Column("right_count", "bigint", "Facings as planned, summed over all checks.", "event.right"),
    Column("seen_count", "bigint", "Visible facings, summed over all checks.", "event.seen"),
    Column("planned_count", "bigint", "Facings in the planogram, summed over all checks.", "event.planned"),
    Column(
        *("group_right_count", "bigint", "Product groups as planned, summed over all checks."),
        "event.group_right",
        default="0",
    ),
    Column("group_seen_count", "bigint", "Visible groups, summed over all checks.", "event.group_seen", default="0"),
    indexes=(Index("shelf_compliance_by_day", "tenant, business_date, store"),),
)

_CLOSE = """
    UPDATE shelf_finding SET closed_at = $5, empty_s = $6, how = $7, seen_s = $8
    WHERE tenant = $1 AND store = $2 AND device = $3 AND seq = $4 AND epoch = (
        SELECT max(epoch) FROM shelf_finding AS newest
        WHERE newest.tenant = $1 AND newest.store = $2 AND newest.device = $3 AND newest.seq = $4)
"""
_ANSWER = """
    UPDATE shelf_finding SET answer = $5
    WHERE tenant = $1 AND store = $2 AND device = $3 AND seq = $4 AND epoch = (
        SELECT max(epoch) FROM shelf_finding AS newest
        WHERE newest.tenant = $1 AND newest.store = $2 AND newest.device = $3 AND newest.seq = $4)
"""
_DAYS = (Filter("store", "store"), Filter("from", "business_date", ">="), Filter("to", "business_date", "<="))


class ShelfTables(TableProjector):
    """Hub projector (see `sync.hub.projection_runner.Projector`)."""

    name = "shelf"
    version = 1
    keeps_orphans = True
    tables = (FINDING, COMPLIANCE)
    reads = (
        FINDING.read(
            *("shelf/findings", *_DAYS, Filter("kind", "kind"), Filter("sku", "sku")),
            fields=(
                *("store", "device", "epoch", "seq", "bay", "kind", "edition", "facing", "facings", "sku"),
                *("business_date", "first_at", "found_at", "confidence", "on_hand", "closed_at", "empty_s", "seen_s"),
                *("how", "answer", "behind"),
            ),
        ),
        COMPLIANCE.read("shelf/compliance", *_DAYS, Filter("bay", "bay")),
    )

    @property
    def handlers(self) -> Mapping[str, Project]:
        findings = together(
            self._project, GapFound, FacingFlagged, GapClosed, FacingCleared, FindingAnswered, AnswerUndone
        )
        return findings | together(self._project_compliance, BayMeasured)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        facts = self.facts(key, rows)
        await FINDING.copy(connection, (fact for fact in facts if isinstance(fact.event, GapFound | FacingFlagged)))
        of = (key.tenant, key.store, key.device)
        for fact in facts:
            match fact.event:
                case GapClosed() as event:
                    over = (event.found_seq, moment(event.filled_us), event.empty_s, event.how, event.seen_s)
                    await connection.execute(_CLOSE, *of, *over)
                case FacingCleared() as event:
                    cleared = (event.found_seq, moment(event.filled_us), None, event.how, None)
                    await connection.execute(_CLOSE, *of, *cleared)
                case FindingAnswered() as event:
                    await connection.execute(_ANSWER, *of, event.found_seq, event.answer)
                case AnswerUndone() as event:
                    await connection.execute(_ANSWER, *of, event.found_seq, None)

    async def _project_compliance(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        await COMPLIANCE.copy(connection, self.facts(key, rows))

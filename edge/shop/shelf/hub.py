"""How the hub turns facts about shelves into gaps and compliance by store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from edge.shop.shelf.events import (
    BayMeasured,
    FacingCleared,
    FacingFlagged,
    FindingAnswered,
    GapClosed,
    GapFound,
)
from sync.hub.api.reads import Field, Filter, Read
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table_projector import TableProjector, moment, together
from sync.wire import Row

FINDING = (
    *("tenant", "store", "device", "epoch", "seq", "kind", "bay", "edition", "facing", "facings", "sku"),
    *("business_date", "first_at", "found_at", "confidence", "on_hand"),
)
COMPLIANCE = (
    *("tenant", "store", "device", "epoch", "seq", "bay", "business_date"),
    *("looks", "right_count", "seen_count", "planned_count"),
)
_CLOSE = """
    UPDATE shelf_finding SET closed_at = $5, empty_s = $6, how = $7
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
_PLACE = (
    Field("store", "text", "The store."),
    Field("device", "text", "Its appliance."),
    Field("epoch", "integer", "The epoch of its journal: a box that was restored begins one, and counts on."),
    Field("seq", "integer", "The row of the store's journal."),
    Field("bay", "text", "The bay."),
)
_DAYS = (Filter("store", "store"), Filter("from", "business_date", ">="), Filter("to", "business_date", "<="))
READS = (
    Read(
        name="shelf/findings",
        source="shelf_finding",
        summary="What cameras found on shelves; what says how it ended is null while it is so.",
        fields=(
            *_PLACE,
            Field("kind", "text", "gap, low or wrong."),
            Field("edition", "integer", "The version of the bay's planogram."),
            Field("facing", "text", "The first facing of the group."),
            Field("facings", "integer", "How many facings the group has."),
            Field("sku", "text", "What belongs there."),
            Field("business_date", "date", "The business day on which it was found, as the store counts it."),
            Field("first_at", "time", "The first look that saw it."),
            Field("found_at", "time", "When it was a fact."),
            Field("confidence", "integer", "Percent."),
            Field("on_hand", "integer", "What the store's ledger said was on hand, in thousandths."),
            Field("closed_at", "time", "The first look that saw goods again."),
            Field("empty_s", "integer", "How long it was empty, in seconds; null for what is no gap."),
            Field("how", "text", "restocked, answered or replanned."),
            Field("answer", "text", "What a person said: right, wrong, filled or not_there."),
        ),
        key=("store", "device", "epoch", "seq"),
        filters=(*_DAYS, Filter("kind", "kind"), Filter("sku", "sku")),
    ),
    Read(
        name="shelf/compliance",
        source="shelf_compliance",
        summary="How bays were kept, by hour: of the facings planned, how many were seen, and as planned.",
        fields=(
            *_PLACE,
            Field("business_date", "date", "The business day, as the store counts it."),
            Field("looks", "integer", "Looks."),
            Field("right_count", "integer", "Facings as planned, summed over looks."),
            Field("seen_count", "integer", "Facings that could be seen."),
            Field("planned_count", "integer", "Facings of the planogram."),
        ),
        key=("store", "device", "epoch", "seq"),
        filters=(*_DAYS, Filter("bay", "bay")),
    ),
)
"""What head office's programs may read (see `sync.hub.api`)."""


class ShelfTables(TableProjector):
    """A projector of the hub (see `sync.hub.projection_runner.Projector`)."""

    name = "shelf"
    version = 1
    tables = ("shelf_compliance", "shelf_finding")
    keeps_orphans = True

    @property
    def handlers(self) -> Mapping[str, Project]:
        findings = together(self._project, GapFound, FacingFlagged, GapClosed, FacingCleared, FindingAnswered)
        return findings | together(self._project_compliance, BayMeasured)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        happened = self.read(rows)
        found = [_found(key, row, event) for row, event in happened if isinstance(event, GapFound | FacingFlagged)]
        await connection.copy_records_to_table("shelf_finding", records=found, columns=FINDING)
        place = (key.tenant, key.store, key.device)
        for _, event in happened:
            match event:
                case GapClosed():
                    over = (event.found_seq, moment(event.filled_us), event.empty_s, event.how)
                    await connection.execute(_CLOSE, *place, *over)
                case FacingCleared():
                    await connection.execute(_CLOSE, *place, event.found_seq, moment(event.filled_us), None, event.how)
                case FindingAnswered():
                    await connection.execute(_ANSWER, *place, event.found_seq, event.answer)

    async def _project_compliance(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        made = []
        for row, event in self.read(rows):
            assert isinstance(event, BayMeasured)
            where = (key.tenant, key.store, key.device, row.epoch, row.seq, event.bay)
            sums = (event.looks, event.right, event.seen, event.planned)
            made.append((*where, date.fromisoformat(row.business_date), *sums))
        await connection.copy_records_to_table("shelf_compliance", records=made, columns=COMPLIANCE)


def _found(key: Key, row: Row, event: GapFound | FacingFlagged) -> tuple[Any, ...]:
    kind = event.kind if isinstance(event, FacingFlagged) else "gap"
    where = (key.tenant, key.store, key.device, row.epoch, row.seq, kind, event.bay, event.edition, event.group)
    when = (date.fromisoformat(row.business_date), moment(event.first_us), moment(row.at_us))
    return (*where, len(event.facings), event.sku, *when, event.confidence, event.on_hand)

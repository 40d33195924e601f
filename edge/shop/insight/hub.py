"""How the hub turns what people say of odd days into rows of Postgres. A store's sums by day it has from its papers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from edge.shop.insight.events import AnomalyJudged
from sync.hub.api.reads import Field, Filter, Read
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table_projector import TableProjector, moment, together
from sync.wire import Row

COLUMNS = (
    *("tenant", "store", "device", "epoch", "seq", "business_date", "at", "actor"),
    *("kind", "key", "of_day", "is_right"),
)
READS = (
    Read(
        name="insight/anomalies",
        source="anomaly_judged",
        summary="What people said of days that were out of the ordinary.",
        fields=(
            Field("store", "text", "The store."),
            Field("device", "text", "Its appliance."),
            Field("epoch", "integer", "The epoch of its journal: a box that was restored begins one, and counts on."),
            Field("seq", "integer", "The row of the store's journal."),
            Field("business_date", "date", "The business day on which it was said."),
            Field("at", "time", "When."),
            Field("actor", "text", "Who said it."),
            Field("kind", "text", "What was odd: sales, refunds, voids, waste, drawer ..."),
            Field("key", "text", "Of which register, product or person; empty for the whole store."),
            Field("of_day", "date", "The day that was odd."),
            Field("is_right", "boolean", "Whether something was wrong; else it had its reason."),
        ),
        key=("store", "device", "epoch", "seq"),
        filters=(
            Filter("store", "store"),
            Filter("kind", "kind"),
            Filter("from", "of_day", ">="),
            Filter("to", "of_day", "<="),
        ),
    ),
)
"""What head office's programs may read (see `sync.hub.api`)."""


class AnomalyTables(TableProjector):
    """A projector of the hub (see `sync.hub.projection_runner.Projector`)."""

    name = "insight"
    version = 1
    tables = ("anomaly_judged",)
    keeps_orphans = True

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, AnomalyJudged)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        records = [_row(key, row, event) for row, event in self.read(rows)]
        await connection.copy_records_to_table("anomaly_judged", records=records, columns=COLUMNS)


def _row(key: Key, row: Row, event: AnomalyJudged) -> tuple[Any, ...]:
    when = (date.fromisoformat(row.business_date), moment(row.at_us), row.actor)
    where = (key.tenant, key.store, key.device, row.epoch, row.seq, *when)
    return (*where, event.kind, event.key, date.fromisoformat(event.day), event.is_right)

"""How the hub turns what people say of odd days into rows of Postgres. A store's sums by day it has from its papers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.shop.insight.events import AnomalyJudged
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import AT, EPOCH, SEQ, Column, Index, Table, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row

JUDGED = Table(
    "anomaly_judged",
    "What people said of days that were out of the ordinary.",
    *place(),
    EPOCH,
    SEQ,
    Column("business_date", "date", "The business day on which it was said.", "row.business_date"),
    AT,
    Column("actor", "text", "Who said it.", "row.actor"),
    Column("kind", "text", "What was odd: sales, refunds, voids, waste, drawer ...", "event.kind"),
    Column("key", "text", "Of which register, product or person; empty for the whole store.", "event.key"),
    Column("of_day", "date", "The day that was odd.", "event.day"),
    Column("is_right", "boolean", "Whether something was wrong; else it had its reason.", "event.is_right"),
    indexes=(Index("anomaly_judged_by_day", "tenant, of_day, store"),),
)


class AnomalyTables(TableProjector):
    """A projector of the hub (see `sync.hub.projection_runner.Projector`)."""

    name = "insight"
    version = 1
    keeps_orphans = True
    tables = (JUDGED,)
    reads = (
        JUDGED.read(
            "insight/anomalies",
            Filter("store", "store"),
            Filter("kind", "kind"),
            Filter("from", "of_day", ">="),
            Filter("to", "of_day", "<="),
        ),
    )

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, AnomalyJudged)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        await JUDGED.copy(connection, self.facts(key, rows))

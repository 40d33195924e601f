"""Project reports and verdicts on anomalies in the hub. Stores' daily sums come from their receipts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from edge.analytics.insight.events import AnomalyJudged, ReportMade
from sync.hub.api.reads import Field, Filter, Read
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import AT, BUSINESS_DATE, EPOCH, SEQ, Column, Fact, Index, Table, place
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


def _body(fact: Fact) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(fact.event.body) if isinstance(fact.event, ReportMade) else {}
    return found


REPORT = Table(
    "period_report",
    "Reports of days, weeks and months as each store made them: they stay, whatever comes to their days later.",
    *place(),
    EPOCH,
    SEQ,
    BUSINESS_DATE,
    AT,
    Column("kind", "text", "daily, weekly or monthly.", "event.kind"),
    Column("first_day", "date", "The first day that it is of.", "event.first"),
    Column("last_day", "date", "The last one.", "event.last"),
    Column("total_minor", "bigint", "The turnover, as the Z papers say it.", lambda fact: _body(fact)["total_minor"]),
    Column(*("before_minor", "bigint", "That of the period before."), lambda fact: _body(fact).get("before_minor", 0)),
    Column("report", "jsonb", "All of it.", _body),
    indexes=(Index("period_report_by_day", "tenant, kind, first_day, store"),),
)


class AnomalyTables(TableProjector):
    """Hub projector (see `sync.hub.projection_runner.Projector`)."""

    name = "insight"
    version = 1
    keeps_orphans = True
    tables = (JUDGED, REPORT)
    reads = (
        REPORT.read(
            "insight/reports",
            Filter("store", "store"),
            Filter("kind", "kind"),
            Filter("from", "first_day", ">="),
            Filter("to", "first_day", "<="),
        ),
        Read(
            name="insight/kpis",
            source="store_kpi",
            summary="The key figures of all stores, as their reports of days, weeks and months have them.",
            fields=(
                Field("store", "text", "The store."),
                Field("kind", "text", "daily, weekly or monthly."),
                Field("first_day", "date", "The first day that it is of."),
                Field("last_day", "date", "The last one."),
                Field("name", "text", "Which figure: margin, waste, turns ..."),
                Field("unit", "text", "minor, count, permille or tenths."),
                Field("value", "integer", "The figure; null without data."),
                Field("numerator", "integer", "What it is of."),
                Field("denominator", "integer", "By what that is divided."),
                Field("before", "integer", "The figure of the period before; null without data."),
            ),
            key=("store", "kind", "first_day", "name"),
            filters=(
                Filter("store", "store"),
                Filter("kind", "kind"),
                Filter("name", "name"),
                Filter("from", "first_day", ">="),
                Filter("to", "first_day", "<="),
            ),
        ),
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
        return together(self._project, AnomalyJudged, ReportMade)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        facts = self.facts(key, rows)
        await JUDGED.copy(connection, [fact for fact in facts if isinstance(fact.event, AnomalyJudged)])
        await REPORT.copy(connection, [fact for fact in facts if isinstance(fact.event, ReportMade)])

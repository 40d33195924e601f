"""Project reports and verdicts on anomalies in the hub. Stores' daily sums come from their receipts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
    "People's feedback on anomalies.",
    *place(),
    EPOCH,
    SEQ,
    Column("business_date", "date", "Business day of the feedback.", "row.business_date"),
    AT,
    Column("actor", "text", "User who gave the feedback.", "row.actor"),
    Column("kind", "text", "Metric with the anomaly: sales, refunds, voids, waste, drawer ...", "event.kind"),
    Column("key", "text", "Register, product or person; empty: the whole store.", "event.key"),
    Column("of_day", "date", "Day of the anomaly.", "event.day"),
    Column("is_right", "boolean", "Whether something was wrong; false: there was a good reason.", "event.is_right"),
    indexes=(Index("anomaly_judged_by_day", "tenant, of_day, store"),),
)


def _body(fact: Fact) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(fact.event.body) if isinstance(fact.event, ReportMade) else {}
    return found


REPORT = Table(
    "period_report",
    "Daily, weekly and monthly reports; later changes to their days don't alter them.",
    *place(),
    EPOCH,
    SEQ,
    BUSINESS_DATE,
    AT,
    Column("kind", "text", "daily, weekly or monthly.", "event.kind"),
    Column("first_day", "date", "First day of the period.", "event.first"),
    Column("last_day", "date", "Last day of the period.", "event.last"),
    Column("total_minor", "bigint", "Revenue according to the Z reports.", lambda fact: _body(fact)["total_minor"]),
    Column(
        *("before_minor", "bigint", "Revenue of the previous period."), lambda fact: _body(fact).get("before_minor", 0)
    ),
    Column("report", "jsonb", "The whole report.", _body),
    indexes=(Index("period_report_by_day", "tenant, kind, first_day, store"),),
)
KPI = Table(
    "report_kpi",
    "KPIs of daily, weekly and monthly reports, one row each.",
    *place(),
    EPOCH,
    SEQ,
    Column("name", "text", "KPI: margin, waste, turns ...", "item.name", key=True),
    Column("kind", "text", "daily, weekly or monthly.", "event.kind"),
    Column("first_day", "date", "First day of the period.", "event.first"),
    Column("last_day", "date", "Last day of the period.", "event.last"),
    Column("unit", "text", "minor, count, permille or tenths.", "item.unit"),
    Column("value", "bigint", "Value; null: no data.", "item.value", null=True),
    Column("numerator", "bigint", "Numerator.", "item.numerator", null=True),
    Column("denominator", "bigint", "Denominator.", "item.denominator", null=True),
    Column("before", "bigint", "Value in the previous period; null: no data.", "item.before", null=True),
    indexes=(Index("report_kpi_by_day", "tenant, kind, first_day, name, store"),),
)
"""Pages compare one figure of all stores, which would otherwise unpack each store's whole report."""


class _Kpi(msgspec.Struct, frozen=True):
    name: str
    unit: str
    value: int | None = None
    numerator: int | None = None
    denominator: int | None = None
    before: int | None = None


class _Kpis(msgspec.Struct, frozen=True):
    kpis: tuple[_Kpi, ...] = ()


def _kpis_of(fact: Fact) -> Iterator[Fact]:
    """One fact per KPI of a report; of two with the same name, the last."""
    found = msgspec.json.decode(fact.event.body, type=_Kpis).kpis
    return fact.each({kpi.name: kpi for kpi in found}.values())


class AnomalyTables(TableProjector):
    """Hub projector (see `sync.hub.projection_runner.Projector`)."""

    name = "insight"
    version = 2
    keeps_orphans = True
    tables = (JUDGED, REPORT, KPI)
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
            summary="KPIs of all stores, from their daily, weekly and monthly reports.",
            fields=(
                Field("store", "text", "The store."),
                Field("kind", "text", "daily, weekly or monthly."),
                Field("first_day", "date", "First day of the period."),
                Field("last_day", "date", "Last day of the period."),
                Field("name", "text", "KPI: margin, waste, turns ..."),
                Field("unit", "text", "minor, count, permille or tenths."),
                Field("value", "integer", "Value; null: no data."),
                Field("numerator", "integer", "Numerator."),
                Field("denominator", "integer", "Denominator."),
                Field("before", "integer", "Value in the previous period; null: no data."),
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
        made = [fact for fact in facts if isinstance(fact.event, ReportMade)]
        await REPORT.copy(connection, made)
        await KPI.copy(connection, (kpi for fact in made for kpi in _kpis_of(fact)))

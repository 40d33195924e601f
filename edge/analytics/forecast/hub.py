"""Project forecast events in the hub: the accuracy of each store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.analytics.forecast.events import ForecastTrained, ModelPromoted, ModelRetired
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import AT, BUSINESS_DATE, EPOCH, SEQ, Column, Fact, Index, Table, Value, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row

_WHAT: dict[type, str] = {ForecastTrained: "trained", ModelPromoted: "promoted", ModelRetired: "retired"}


def _training_value(field: str) -> Value:
    return lambda fact: getattr(fact.event, field) if isinstance(fact.event, ForecastTrained) else None


def _figure(name: str) -> Value:
    def figure(fact: Fact) -> int | None:
        return fact.event.figures.get(name) if isinstance(fact.event, ForecastTrained) else None

    return figure


VERSION = Table(
    "forecast_version",
    "What became of the versions of each store's forecasts, and how right they were when they were tried.",
    *place(),
    EPOCH,
    SEQ,
    BUSINESS_DATE,
    AT,
    Column("version", "text", "Which version.", "event.model_version"),
    Column("what", "text", "trained, promoted or retired.", lambda fact: _WHAT[type(fact.event)]),
    Column(
        *("through", "date", "The last day that it knows; null where it was not trained.", _training_value("through")),
        null=True,
    ),
    Column("days", "bigint", "Days of business that it was made from.", _training_value("days"), null=True),
    Column("series", "bigint", "Products, categories and the store.", _training_value("series"), null=True),
    Column("wape", "bigint", "Of the store's turnover by day, in thousandths.", _figure("wape_store"), null=True),
    Column(
        *("bias", "bigint", "The same with its sign: above 0 where too much was expected.", _figure("bias_store")),
        null=True,
    ),
    Column(
        *("beside_naive", "bigint", "Errors of products beside those of seasonal naive, in thousandths."),
        _figure("beside_naive"),
        null=True,
    ),
    Column(
        *("coverage", "bigint", "How often a steady product's demand lay within its interval, in thousandths."),
        _figure("coverage"),
        null=True,
    ),
    indexes=(Index("forecast_version_by_day", "tenant, business_date, store"),),
)


class ForecastTables(TableProjector):
    """Hub projector (see `sync.hub.projection_runner.Projector`)."""

    name = "forecast"
    version = 1
    keeps_orphans = True
    tables = (VERSION,)
    reads = (
        VERSION.read(
            "forecasts/versions",
            Filter("store", "store"),
            Filter("what", "what"),
            Filter("from", "business_date", ">="),
            Filter("to", "business_date", "<="),
        ),
    )

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, ForecastTrained, ModelPromoted, ModelRetired)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        await VERSION.copy(connection, self.facts(key, rows))

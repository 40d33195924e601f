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
    "Versions of each store's forecast models, with their accuracy in tests.",
    *place(),
    EPOCH,
    SEQ,
    BUSINESS_DATE,
    AT,
    Column("version", "text", "Model version.", "event.model_version"),
    Column("what", "text", "trained, promoted or retired.", lambda fact: _WHAT[type(fact.event)]),
    Column(
        *("through", "date", "Last day in the training data; null: not trained.", _training_value("through")),
        null=True,
    ),
    Column("days", "bigint", "Number of business days it was trained on.", _training_value("days"), null=True),
    Column(
        "series",
        "bigint",
        "Number of series: products, categories and the store.",
        _training_value("series"),
        null=True,
    ),
    Column("wape", "bigint", "WAPE of the store's daily revenue, in thousandths.", _figure("wape_store"), null=True),
    Column(
        *("bias", "bigint", "Forecast bias in thousandths; positive: forecasts were too high.", _figure("bias_store")),
        null=True,
    ),
    Column(
        *("beside_naive", "bigint", "Product errors relative to a seasonal naive forecast, in thousandths."),
        _figure("beside_naive"),
        null=True,
    ),
    Column(
        *("coverage", "bigint", "How often a steady product's demand was within its interval, in thousandths."),
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

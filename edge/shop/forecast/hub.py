"""How the hub turns what became of forecasts into rows of Postgres: how right each store's are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from edge.shop.forecast.events import ForecastTrained, ModelPromoted, ModelRetired
from sync.hub.api.reads import Field, Filter, Read
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table_projector import TableProjector, moment, together
from sync.wire import Row

COLUMNS = (
    *("tenant", "store", "device", "epoch", "seq", "business_date", "at", "version", "what"),
    *("through", "days", "series", "wape", "bias", "beside_naive", "coverage"),
)
READS = (
    Read(
        name="forecasts/versions",
        source="forecast_version",
        summary="What became of the versions of each store's forecasts, and how right they were when they were tried.",
        fields=(
            Field("store", "text", "The store."),
            Field("device", "text", "Its appliance."),
            Field("epoch", "integer", "The epoch of its journal: a box that was restored begins one, and counts on."),
            Field("seq", "integer", "The row of the store's journal."),
            Field("business_date", "date", "The business day, as the store counts it."),
            Field("at", "time", "When."),
            Field("version", "text", "Which version."),
            Field("what", "text", "trained, promoted or retired."),
            Field("through", "date", "The last day that it knows; null where it was not trained."),
            Field("days", "integer", "Days of business that it was made from."),
            Field("series", "integer", "Products, categories and the store."),
            Field("wape", "integer", "Of the store's turnover by day, in thousandths."),
            Field("bias", "integer", "The same with its sign: above 0 where too much was expected."),
            Field("beside_naive", "integer", "Errors of products beside those of seasonal naive, in thousandths."),
            Field(
                "coverage", "integer", "How often a steady product's demand lay within its interval, in thousandths."
            ),
        ),
        key=("store", "device", "epoch", "seq"),
        filters=(
            Filter("store", "store"),
            Filter("what", "what"),
            Filter("from", "business_date", ">="),
            Filter("to", "business_date", "<="),
        ),
    ),
)
"""What head office's programs may read (see `sync.hub.api`)."""


class ForecastTables(TableProjector):
    """A projector of the hub (see `sync.hub.projection_runner.Projector`)."""

    name = "forecast"
    version = 1
    tables = ("forecast_version",)
    keeps_orphans = True

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, ForecastTrained, ModelPromoted, ModelRetired)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        records = [_row(key, row, event) for row, event in self.read(rows)]
        await connection.copy_records_to_table("forecast_version", records=records, columns=COLUMNS)


def _row(key: Key, row: Row, event: ForecastTrained | ModelPromoted | ModelRetired) -> tuple[Any, ...]:
    when = (date.fromisoformat(row.business_date), moment(row.at_us))
    where = (key.tenant, key.store, key.device, row.epoch, row.seq, *when, event.model_version)
    if not isinstance(event, ForecastTrained):
        return (*where, "promoted" if isinstance(event, ModelPromoted) else "retired", *(None,) * 7)
    figures = event.figures
    through = date.fromisoformat(event.through)
    said = (figures.get(name) for name in ("wape_store", "bias_store", "beside_naive", "coverage"))
    return (*where, "trained", through, event.days, event.series, *said)

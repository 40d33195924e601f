"""Head office's table of recommendations: each store's trainings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.ordering.recommend.events import RecommendationsTrained
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import Column, Table, place
from sync.hub.table_projector import TableProjector
from sync.wire import Row

TRAINING = Table(
    "recommend_training",
    "How often each store counted what goes together, and what came of it.",
    *place(),
    Column("version", "text", "Which model.", "event.model_version", key=True),
    Column("through", "text", "The last day that was learnt from.", "event.through"),
    Column("outcome", "text", "deployed, kept or not_enough.", "event.outcome"),
    Column("baskets", "bigint", "Baskets that were learnt from.", "event.baskets"),
    Column("recall10", "bigint", "Hidden products among the first ten, in thousandths.", "event.recall10"),
    Column("sells10", "bigint", "The same of what sells.", "event.sells10"),
    Column("auc", "bigint", "Hidden products above drawn ones, in thousandths.", "event.auc"),
    Column("broken", "bigint", "Lists in which something stood that may never be suggested.", "event.broken"),
    Column("trained", "timestamptz", "When.", "row.at_us"),
)
_TRAINED = TRAINING.insert_once()


class RecommendTables(TableProjector):
    """Projects recommendation events to Postgres (see `sync.hub.projection_runner.Projector`)."""

    name = "recommend"
    version = 1
    tables = (TRAINING,)
    reads = (TRAINING.read("recommend/trainings", Filter("store", "store"), Filter("outcome", "outcome")),)

    @property
    def handlers(self) -> Mapping[str, Project]:
        return {RecommendationsTrained.__name__: self._trained}

    async def _trained(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        await connection.executemany(_TRAINED, [TRAINING.record(fact) for fact in self.facts(key, rows)])

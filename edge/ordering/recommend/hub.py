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
    "Training runs of each store's recommendation model, with results.",
    *place(),
    Column("version", "text", "Model version.", "event.model_version", key=True),
    Column("through", "text", "Last day in the training data.", "event.through"),
    Column("outcome", "text", "deployed, kept or not_enough.", "event.outcome"),
    Column("baskets", "bigint", "Number of baskets in the training data.", "event.baskets"),
    Column("recall10", "bigint", "Recall of held-out products in the top ten, in thousandths.", "event.recall10"),
    Column("sells10", "bigint", "Recall of the best sellers, in thousandths.", "event.sells10"),
    Column("auc", "bigint", "AUC: held-out products ranked above random ones, in thousandths.", "event.auc"),
    Column("broken", "bigint", "Lists that contained a forbidden product.", "event.broken"),
    Column("trained", "timestamptz", "Time of the training run.", "row.at_us"),
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
        return {RecommendationsTrained.__name__: self._insert_training}

    async def _insert_training(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        await connection.executemany(_TRAINED, [TRAINING.record(fact) for fact in self.facts(key, rows)])

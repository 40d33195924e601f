"""Sync and model metrics, read on each scrape."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from edge.runtime.model_metrics import families
from edge.runtime.models_state import ModelsState
from edge.runtime.sync_state import SyncState


class SyncMetrics(Collector):
    """Metrics of how much of the journal the hub has."""

    def __init__(self, sync: SyncState) -> None:
        self._sync = sync

    def collect(self) -> Iterator[Metric]:
        sync = self._sync
        yield _gauge("edge_sync_through", "Last journal row received by the hub", sync.through)
        yield _gauge("edge_sync_lag_rows", "Journal rows the hub hasn't received yet", max(0, sync.head - sync.through))
        text = "Rows the hub had acknowledged but no longer has"
        yield _gauge("edge_sync_set_back_rows", text, sync.set_back)


class ModelMetrics(Collector):
    """Model metrics."""

    def __init__(self, models: ModelsState) -> None:
        self._models = models

    def collect(self) -> Iterator[Metric]:
        yield from families(self._models.figures())


def _gauge(name: str, documentation: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, documentation, value=value)

"""Model metrics for Prometheus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric

from models.runtime.stats import BUCKETS_S, Figures


def families(figures: Iterable[Figures]) -> Iterator[Metric]:
    """Yield queue, memory and latency by model (and kind). Work divided by busy seconds is its speed, such as tokens
    per second."""
    label = ["model"]
    waiting = GaugeMetricFamily("edge_model_waiting", "Requests waiting for a model", labels=label)
    running = GaugeMetricFamily("edge_model_running", "Requests being processed by a model", labels=label)
    memory = GaugeMetricFamily("edge_model_memory_bytes", "Memory of a model's worker", labels=label)
    restarts = CounterMetricFamily("edge_model_restarts", "Workers that stopped unexpectedly", labels=label)
    busy = CounterMetricFamily("edge_model_busy_seconds", "Processing time of a model", labels=label)
    work = CounterMetricFamily("edge_model_work", "Work done by a model, in its unit", labels=["model", "unit"])
    requests = CounterMetricFamily("edge_model_requests", "Requests by outcome", labels=["model", "outcome"])
    latency = HistogramMetricFamily("edge_model_seconds", "Time from request to response", labels=["model", "kind"])
    for one in figures:
        name = [one.model]
        waiting.add_metric(name, one.waiting)
        running.add_metric(name, one.running)
        memory.add_metric(name, one.memory_mb * 2**20)
        restarts.add_metric(name, one.restarts)
        busy.add_metric(name, one.busy_s)
        work.add_metric([one.model, one.unit], one.work)
        for outcome, count in one.ended.items():
            requests.add_metric([one.model, outcome], count)
        bounds = [*map(str, BUCKETS_S), "+Inf"]
        latency.add_metric(
            [one.model, one.kind], list(zip(bounds, accumulate(one.latency), strict=True)), one.latency_s
        )
    yield from (waiting, running, memory, restarts, busy, work, requests, latency)

"""Prometheus metrics of settlements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from edge.accounting.settlements.queries import differing_batches, read_disputes
from edge.core.registry import Gauge
from edge.core.storage.database import Connection


def _differing(db: Connection, registers: Sequence[str]) -> Mapping[str, float]:
    counts: dict[str, float] = {}
    for one in differing_batches(db):
        counts[one.provider] = counts.get(one.provider, 0) + 1
    return counts


def _disputes(db: Connection, registers: Sequence[str]) -> Mapping[str, float]:
    states = [one.state for one in read_disputes(db) if one.is_open]
    return {state: float(states.count(state)) for state in ("opened", "answered")}


GAUGES = (
    Gauge("edge_settlement_batches_differ", "Settlement batches with unresolved differences", "provider", _differing),
    Gauge("edge_card_disputes", "Open card disputes", "state", _disputes),
)

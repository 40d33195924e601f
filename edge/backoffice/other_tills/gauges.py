"""Prometheus gauge of other tills' unreadable webhooks."""

from __future__ import annotations

from collections.abc import Sequence

from edge.backoffice.other_tills.queries import read_till_states
from edge.core.registry import Gauge
from edge.core.storage.database import Connection


def _dead(db: Connection, registers: Sequence[str]) -> dict[str, float]:
    return {one.till.id: float(one.dead) for one in read_till_states(db)}


GAUGES = (Gauge("edge_dead_letters", "Webhooks from another till that couldn't be processed", "till", _dead),)

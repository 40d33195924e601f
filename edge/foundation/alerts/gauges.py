"""Alert metrics for Prometheus."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from edge.core.registry import Gauge, Severity
from edge.core.storage.database import Connection

_OPEN = "SELECT severity, count(*) FROM alert WHERE state <> 'resolved' GROUP BY severity"


def _open(db: Connection, registers: Sequence[str]) -> dict[str, float]:
    counted: dict[str, float] = dict(db.execute(_OPEN).fetchall())
    return {severity: counted.get(severity, 0) for severity in get_args(Severity)}


GAUGES = (Gauge("edge_alerts_open", "Open alerts", "severity", _open),)

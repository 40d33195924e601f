"""Printing metrics for Prometheus."""

from __future__ import annotations

from collections.abc import Sequence

from edge.core.registry import Gauge
from edge.core.storage.database import Connection
from edge.foundation.printing.queries import count_waiting


def _waiting(db: Connection, registers: Sequence[str]) -> dict[str, float]:
    return {register: count_waiting(db, register) for register in registers}


GAUGES = (Gauge("edge_print_jobs_waiting", "Print jobs waiting for a printer", "register", _waiting),)

"""Age of connectors' data, for `edge check` and Prometheus."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from edge.backoffice.feeds.queries import ConnectorState, read_connector_states
from edge.backoffice.feeds.schedule import age_h, is_stale
from edge.core.registry import CheckResult, Gauge
from edge.core.storage.database import Connection


def fresh(db: Connection) -> Iterator[CheckResult]:
    """Whether automatically fetched data is up to date."""
    now_us = time.time_ns() // 1000
    for one in _active_connectors(db):
        told = f"{one.connector.id}: Data is {age_h(one.good_us, now_us):.1f} hours old"
        if is_stale(one.connector, one.good_us, now_us):
            advice = "See the error on the Feeds page, then choose Fetch now."
            yield CheckResult("feeds", True, f"{told}.", advice, warn=True)
        else:
            yield CheckResult("feeds", True, f"{one.connector.id}: Data is up to date.")


def _ages(db: Connection, registers: Sequence[str]) -> dict[str, float]:
    now_us = time.time_ns() // 1000
    return {one.connector.id: round(age_h(one.good_us, now_us), 3) for one in _active_connectors(db)}


def _active_connectors(db: Connection) -> list[ConnectorState]:
    return [one for one in read_connector_states(db) if one.connector.is_active and one.good_us]


GAUGES = (Gauge("edge_feed_age_hours", "Hours since the last successful query of a connector", "connector", _ages),)

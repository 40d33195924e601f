"""Alerts of feeds."""

from __future__ import annotations

from collections.abc import Iterator

from edge.backoffice.feeds.queries import read_connector_states, read_feed_jobs
from edge.backoffice.feeds.schedule import is_stale
from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection


def _failed_connectors(db: Connection, _now_us: int, _today: str) -> Iterator[Condition]:
    """Connectors that couldn't be contacted, or whose newest run failed."""
    for one in read_connector_states(db):
        if not one.connector.is_active:
            continue
        newest = read_feed_jobs(db, connector=one.connector.id, limit=1)
        if one.why or (newest and newest[0].status == "failed"):
            yield Condition(one.connector.id, {"connector": one.connector.id})


def _stale(db: Connection, now_us: int, _today: str) -> Iterator[Condition]:
    """Connectors without news for too long; reported once, until there is news."""
    for one in read_connector_states(db):
        if is_stale(one.connector, one.good_us, now_us):
            yield Condition(one.connector.id, {"connector": one.connector.id, "hours": one.connector.stale_h})


def _to_approve(db: Connection, _now_us: int, _today: str) -> Iterator[Condition]:
    """Connectors whose first catalogue awaits approval."""
    for one in read_connector_states(db):
        if one.to_approve and one.connector.is_active:
            yield Condition(one.connector.id, {"connector": one.connector.id})


WATCHES = (
    Watch("feed_failed", "medium", _failed_connectors, every_s=300),
    Watch("feed_stale", "medium", _stale, every_s=300),
    Watch("feed_to_approve", "medium", _to_approve, every_s=300),
)

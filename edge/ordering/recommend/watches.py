"""Alerts about recommendations: a failed training."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection
from edge.ordering.recommend.handlers import JOB

_NEWEST = "SELECT id, state, message FROM job WHERE kind = ? ORDER BY id DESC LIMIT 1"
REASONS = ("no_memory", "unreadable", "died")
"""Reasons for failure; each has a text in section `recommend_failed`."""


def _failed_job(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    newest = db.execute(_NEWEST, (JOB,)).fetchone()
    if newest and newest[1] == "failed":
        reason = newest[2].rpartition(".")[2]
        yield Condition(JOB, {"job": newest[0], "recommend_failed": reason if reason in REASONS else "other"})


WATCHES = (Watch("recommend_failed", "low", _failed_job, every_s=3600),)

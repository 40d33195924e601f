"""Alerts of support."""

from __future__ import annotations

from collections.abc import Iterator

from edge.backoffice.support.queries import open_cases
from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection


def _pending_requests(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Requests of head office waiting for a decision."""
    if waiting := sum(case.state == "asked" and case.until_us > now_us for case in open_cases(db)):
        yield Condition("", {"count": waiting})


WATCHES: tuple[Watch, ...] = (Watch("support_asked", "medium", _pending_requests),)

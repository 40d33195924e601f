"""Alerts about customers."""

from __future__ import annotations

from collections.abc import Iterable

from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection
from edge.people.customers.customer import ANSWER_WITHIN_US
from edge.people.customers.privacy_requests import asked_before

_TEN_DAYS_US, _THREE_DAYS_US = 10 * 86_400_000_000, 3 * 86_400_000_000


def _unanswered_requests(db: Connection, now_us: int, business_date: str) -> Iterable[Condition]:
    """Raised ten days before the legal deadline, more severe from three days before."""
    late = asked_before(db, now_us - ANSWER_WITHIN_US + _THREE_DAYS_US)
    waiting = asked_before(db, now_us - ANSWER_WITHIN_US + _TEN_DAYS_US)
    if waiting:
        yield Condition(values={"count": waiting}, severity="high" if late else "medium")


WATCHES = (Watch("rights_unanswered", "high", _unanswered_requests, every_s=3600),)

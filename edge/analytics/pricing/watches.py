"""Alerts of pricing: suggestions to approve, failed training, and prices above competitors'."""

from __future__ import annotations

from collections.abc import Iterator

from edge.analytics.pricing.queries import count_proposed, dearer_than
from edge.analytics.pricing.settings import PriceBounds
from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection
from edge.foundation.settings.queries import LiveSettings

_NEWEST = "SELECT id, state, message FROM job WHERE kind = 'prices' ORDER BY id DESC LIMIT 1"
REASONS = ("no_memory", "unreadable", "died")
"""Reasons there is no model; each has a text in section `prices_failed`."""


def _waiting_prices(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    if waiting := count_proposed(db):
        yield Condition("", {"count": waiting})


def _failed_job(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    newest = db.execute(_NEWEST).fetchone()
    if newest and newest[1] == "failed":
        reason = newest[2].rpartition(".")[2]
        yield Condition("prices", {"job": newest[0], "prices_failed": reason if reason in REASONS else "other"})


def dearer_watch(bounds: LiveSettings[PriceBounds]) -> Watch:
    """The watch for prices above competitors', with these limits."""

    def dearer(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
        percent = bounds.at(db).dearer_percent
        if found := dearer_than(db, now_us, percent):
            yield Condition("", {"count": len(found), "percent": percent})

    return Watch("dearer_than_rivals", "low", dearer, every_s=3600, mended_at="/manager/rivals")


WATCHES = (
    Watch("prices_proposed", "low", _waiting_prices, every_s=3600),
    Watch("model_failed", "medium", _failed_job, every_s=900),
)

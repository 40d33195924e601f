"""Alerts about webhooks."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection
from edge.foundation.webhooks.webhook_state import read_webhooks


def _resting(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Report webhooks that are paused until a user resumes them."""
    for hook in read_webhooks(db):
        if hook.resting:
            yield Condition(hook.id, {"url": hook.url.split("?")[0][:80]})


WATCHES: tuple[Watch, ...] = (Watch("webhook_resting", "medium", _resting),)

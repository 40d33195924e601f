"""Alerts of software updates."""

from __future__ import annotations

from collections.abc import Iterator

from edge.backoffice.software.queries import software_updates
from edge.backoffice.software.rules import ASKED_BACK
from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection


def _failed_update(db: Connection, _now_us: int, _business_date: str) -> Iterator[Condition]:
    """The newest update was rolled back by the box, or is stuck."""
    for update in software_updates(db)[:1]:
        if update.step in ("went_back", "stuck") and update.reason != ASKED_BACK:
            yield Condition("", {"release": update.release})


WATCHES: tuple[Watch, ...] = (Watch("software_failed", "high", _failed_update),)

"""Circuit breakers stored across restarts, so that an unresponsive service isn't tried five more times after a
restart."""

from __future__ import annotations

from collections.abc import Sequence

from edge.core.storage.database import Connection
from edge.runtime.outgoing.breaker import SavedBreaker

_PUT = "INSERT INTO notify_breaker (destination, failures, wait_ms, until_us) VALUES (?, ?, ?, ?)"


def load(db: Connection, now_us: int) -> list[SavedBreaker]:
    """The stored breakers, each with the time left at `now_us`."""
    rows = db.execute("SELECT destination, failures, wait_ms, until_us FROM notify_breaker").fetchall()
    return [
        SavedBreaker(name, failures, wait_ms / 1e3, max(0, until_us - now_us) / 1e6)
        for name, failures, wait_ms, until_us in rows
    ]


def keep(db: Connection, breakers: Sequence[SavedBreaker], now_us: int) -> None:
    """Replace the stored breakers with these; on the writer's connection."""
    db.execute("DELETE FROM notify_breaker")
    for one in breakers:
        until_us = now_us + int(one.left_s * 1e6)
        db.execute(_PUT, (one.destination, one.failures, int(one.wait_s * 1e3), until_us))

"""Reads of access."""

from __future__ import annotations

from edge.core.database import Connection


def pin_hash(db: Connection) -> str | None:
    """The set-up PIN's hash, or None while no PIN is set."""
    found = db.execute("SELECT hash FROM access_pin").fetchone()
    return found[0] if found else None

"""Assignments of their ids to ours, as users made them."""

from __future__ import annotations

from typing import Literal

from edge.core.storage.database import Connection

Whose = Literal["=customers", "=suppliers"]
"""Manual matches not of a competitor; no competitor can have such a name."""
_MATCH = "SELECT sku FROM feed_match WHERE competitor = ? AND theirs = ?"
_KEEP = "INSERT OR REPLACE INTO feed_match (competitor, theirs, sku) VALUES (?, ?, ?)"


def our_id(db: Connection, whose: Whose, theirs: str) -> str:
    """Our id of one of theirs; theirs if unassigned."""
    found = db.execute(_MATCH, (whose, theirs)).fetchone()
    return str(found[0]) if found else theirs


def keep_said(db: Connection, whose: Whose, theirs: str, ours: str) -> None:
    """Remember an assignment."""
    db.execute(_KEEP, (whose, theirs, ours))

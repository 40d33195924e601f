"""Users' assignments of other systems' ids to ours."""

from __future__ import annotations

from typing import Literal

from edge.core.storage.database import Connection

Whose = Literal["=customers", "=suppliers"]
"""Manual matches that aren't for a competitor. No competitor can have such a name."""
_MATCH = "SELECT sku FROM feed_match WHERE competitor = ? AND theirs = ?"
_KEEP = "INSERT OR REPLACE INTO feed_match (competitor, theirs, sku) VALUES (?, ?, ?)"


def our_id(db: Connection, whose: Whose, theirs: str) -> str:
    """Our id for another system's id; the same id if it's unassigned."""
    found = db.execute(_MATCH, (whose, theirs)).fetchone()
    return str(found[0]) if found else theirs


def keep_said(db: Connection, whose: Whose, theirs: str, ours: str) -> None:
    """Remember the assignment of another system's id to ours."""
    db.execute(_KEEP, (whose, theirs, ours))

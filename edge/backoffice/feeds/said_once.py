"""Who of theirs is whom here, as somebody said once: known from then on."""

from __future__ import annotations

from typing import Literal

from edge.core.storage.database import Connection

Whose = Literal["=customers", "=suppliers"]
"""Among what was matched by hand: as no rival is called."""
_MATCH = "SELECT sku FROM feed_match WHERE competitor = ? AND theirs = ?"
_KEEP = "INSERT OR REPLACE INTO feed_match (competitor, theirs, sku) VALUES (?, ?, ?)"


def said_to_be(db: Connection, whose: Whose, theirs: str) -> str:
    """Our id of one of theirs; theirs, where nobody said."""
    found = db.execute(_MATCH, (whose, theirs)).fetchone()
    return str(found[0]) if found else theirs


def keep_said(db: Connection, whose: Whose, theirs: str, ours: str) -> None:
    """Keep it for what comes next."""
    db.execute(_KEEP, (whose, theirs, ours))

"""Queries on directives."""

from __future__ import annotations

from edge.core.storage.database import Connection

_NEWEST = """
    SELECT max(coalesce((SELECT max(number) FROM directive), 0), coalesce((SELECT max(number) FROM directive_open), 0))
"""
_KNOWN = "SELECT 1 FROM directive WHERE number = ?1 UNION ALL SELECT 1 FROM directive_open WHERE number = ?1"


def last_received(db: Connection) -> int:
    """The number after which directives are requested: the newest accepted one, or the last that arrived while all are
    requested again."""
    again = db.execute("SELECT through FROM directive_again").fetchone()
    return int(again[0]) if again else newest_taken(db)


def newest_taken(db: Connection) -> int:
    """The number of the newest accepted directive."""
    return int(db.execute(_NEWEST).fetchone()[0])


def newest_ended(db: Connection) -> int:
    """The highest number of a completed directive."""
    return int(db.execute("SELECT coalesce(max(number), 0) FROM directive").fetchone()[0])


def is_taken(db: Connection, number: int) -> bool:
    """Whether a directive was accepted."""
    return db.execute(_KNOWN, (number,)).fetchone() is not None

"""Reads of directives."""

from __future__ import annotations

from edge.core.database import Connection

_TAKEN = """
    SELECT max(coalesce((SELECT max(number) FROM directive), 0), coalesce((SELECT max(number) FROM directive_open), 0))
"""


def taken_through(db: Connection) -> int:
    """The number of the newest directive that was taken; the next one wanted is one more."""
    return int(db.execute(_TAKEN).fetchone()[0])

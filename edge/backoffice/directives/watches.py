"""Alerts of directives."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection

SHOWN_US = 7 * 24 * 3600 * 1_000_000
"""How long ended directives are reported, in microseconds."""
_GIVEN_UP = """
    SELECT number, kind FROM directive AS one WHERE outcome IN ('failed', 'refused') AND at_us >= ?
    AND NOT EXISTS (SELECT 1 FROM directive AS later WHERE later.kind = one.kind AND later.number > one.number
                    AND later.outcome = 'applied')
    ORDER BY number
"""


def _failed_directives(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Directives that failed, unless a later one of the same kind succeeded."""
    for number, kind in db.execute(_GIVEN_UP, (now_us - SHOWN_US,)).fetchall():
        yield Condition(str(number), {"number": number, "of_kind": kind})


WATCHES: tuple[Watch, ...] = (Watch("directive_given_up", "high", _failed_directives),)

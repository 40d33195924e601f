"""Alerts of the accounting export."""

from __future__ import annotations

from collections.abc import Iterator

from edge.backoffice.books_out.queries import read_books_target_states
from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection


def _failing(db: Connection, _now_us: int, _today: str) -> Iterator[Condition]:
    """Systems that deny access, reject documents, or have a bill whose posting was reversed in the shop."""
    for one in read_books_target_states(db):
        if one.target.is_active and (one.why or one.refused or one.taken_back):
            yield Condition(one.target.id, {"target": one.target.id})


WATCHES = (Watch("books_out_failed", "medium", _failing, every_s=300),)

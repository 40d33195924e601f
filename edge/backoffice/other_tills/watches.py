"""Alerts of other tills."""

from __future__ import annotations

from collections.abc import Iterator

from edge.backoffice.other_tills.checks import unmapped_long
from edge.backoffice.other_tills.queries import read_pos_days, read_till_states
from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection

OFF_MINOR = 100
"""Maximum difference, in minor units, that counts as rounding."""
DAYS = 7


def _failing(db: Connection, _now_us: int, _today: str) -> Iterator[Condition]:
    for one in read_till_states(db):
        if one.till.is_active and (one.progress.why or one.dead):
            yield Condition(one.till.id, {"till": one.till.id})


def _waiting(db: Connection, _now_us: int, _today: str) -> Iterator[Condition]:
    for one in read_till_states(db):
        if one.till.is_active and one.waiting:
            yield Condition(one.till.id, {"till": one.till.id, "count": one.waiting})


def _differing(db: Connection, _now_us: int, _today: str) -> Iterator[Condition]:
    for one in read_till_states(db):
        for day in read_pos_days(db, one.till.id, DAYS):
            left = [
                row for row in day.differences if row.code != "amount_differs" or abs(row.theirs - row.ours) > OFF_MINOR
            ]
            if left:
                values: dict[str, str | int] = {"till": one.till.id, "day": day.day, "count": len(left)}
                yield Condition(f"{one.till.id} {day.location} {day.day}", values)


def _unmapped_items(db: Connection, now_us: int, _today: str) -> Iterator[Condition]:
    for pos, item, days in unmapped_long(db, now_us):
        yield Condition(f"{pos} {item}", {"till": pos, "item": item, "days": days})


WATCHES = (
    Watch("other_till_failed", "medium", _failing, every_s=300),
    Watch("other_till_waits", "low", _waiting, every_s=300),
    Watch("pos_unmapped", "medium", _unmapped_items, every_s=3600),
    Watch("pos_difference", "medium", _differing, every_s=300),
)

"""Alerts about trials: how a trial ended, shown for a week."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection
from edge.lib.units.dates import after

TOLD_DAYS = 7
_ENDED = "SELECT number, subject, shortfall_minor, seq FROM trial WHERE why = ? AND ended_date > ?"


def _watch_end(why: str) -> Callable[[Connection, int, str], Iterator[Condition]]:
    def read(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
        for number, subject, shortfall_minor, seq in db.execute(_ENDED, (why, after(business_date, -TOLD_DAYS))):
            values: dict[str, str | int] = {"number": number, "of": subject, "shortfall_minor": shortfall_minor}
            yield Condition(f"trial/{number}", values, cause_seq=seq)

    return read


WATCHES = (
    Watch("trial_hurt", "medium", _watch_end("hurt"), every_s=300),
    Watch("trial_changed", "medium", _watch_end("changed"), every_s=300),
    Watch("trial_gone", "low", _watch_end("gone"), every_s=300),
    Watch("trial_finished", "low", _watch_end("finished"), every_s=300),
)

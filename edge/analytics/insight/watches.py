"""Alerts of key figures: an anomalous day, until a user judges it."""

from __future__ import annotations

from collections.abc import Iterator

from edge.analytics.insight.anomalies import read_anomalies
from edge.analytics.insight.rules import DaySpan
from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection
from edge.lib.units.dates import after

DAYS = 3
MOST = 5


def _anomalies(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """The most anomalous of the last days. Today isn't over and would always be anomalous."""
    span = DaySpan(after(business_date, -DAYS), after(business_date, -1))
    unjudged = [one for one in read_anomalies(db, span) if one.calls]
    for one in unjudged[:MOST]:
        values: dict[str, str | int] = {"odd": one.kind, "of": one.key, "day": one.day}
        yield Condition(f"{one.kind}/{one.key}/{one.day}", values)


WATCHES: tuple[Watch, ...] = (Watch("anomaly", "low", _anomalies, every_s=3600, rests_on=("figures",)),)

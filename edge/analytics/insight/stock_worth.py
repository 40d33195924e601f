"""Stock value on the days of a period, and the part of a period that has passed."""

from __future__ import annotations

import msgspec

from edge.analytics.insight.queries import at_place
from edge.analytics.insight.rules import DaySpan
from edge.core.storage.database import Connection
from edge.lib.units.dates import after

TODAY = "SELECT business_date FROM journal ORDER BY seq DESC LIMIT 1"
"""The current business day; later days are in the future."""
_VALUE = "SELECT total(minor) FROM figure_day WHERE kind = ? AND business_date <= ? AND ?3 IN ('', key)"
_VALUES = """
    SELECT business_date, minor FROM figure_day
    WHERE kind = ? AND business_date BETWEEN ? AND ? AND ?4 IN ('', key) ORDER BY 1
"""


def passed_of(db: Connection, span: DaySpan) -> DaySpan:
    """The part of a period up to today."""
    row = db.execute(TODAY).fetchone()
    today = row[0] if row else span.last
    return msgspec.structs.replace(span, last=min(span.last, max(span.first, today)))


def average_worth(db: Connection, span: DaySpan, place: str) -> int:
    """The mean stock value at the end of each day in a period, from the first day with stock, including days without
    movements.
    """
    kind = at_place("stock", place)
    worth = int(db.execute(_VALUE, (kind, after(span.first, -1), place)).fetchone()[0])
    moved = dict[str, int]()
    for day, minor in db.execute(_VALUES, (kind, span.first, span.last, place)):
        moved[day] = moved.get(day, 0) + minor
    first = span.first if worth else min(moved, default="")
    total = days = 0
    last = passed_of(db, span).last
    while first and first <= last:
        worth += moved.get(first, 0)
        total, days, first = total + worth, days + 1, after(first, 1)
    return total // days if days else 0


def stock_values(db: Connection, span: DaySpan, place: str) -> dict[str, int]:
    """The stock value at the end of each day with movements; without any, that of the first day unless it is 0."""
    kind = at_place("stock", place)
    worth = int(db.execute(_VALUE, (kind, span.first, place)).fetchone()[0])
    moved = db.execute(_VALUES, (kind, span.first, span.last, place)).fetchall()
    values = dict[str, int]()
    for day, minor in moved:
        worth = worth if day == span.first else worth + minor
        values[day] = worth
    return values if values or not worth else {span.first: worth}

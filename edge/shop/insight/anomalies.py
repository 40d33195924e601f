"""Days that are out of the ordinary: of sales, refunds, voids, changed prices, waste and drawers."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date
from math import sqrt
from statistics import median

import msgspec

from edge.core.storage.database import Connection
from edge.shop.forecast.demand_days import open_days
from edge.shop.insight.rules import LEAST_DAYS, ODD, DaySpan, after, oddness

LOOK_BACK_DAYS = 84
SHOWN = 50
KINDS: dict[str, tuple[str, str, bool]] = {
    "sales": ("all", "minor", True),
    "register": ("register", "minor", True),
    "refunds": ("refunds", "minor", False),
    "voids": ("voids", "count", False),
    "override": ("override", "count", False),
    "cleared": ("cleared", "count", False),
    "waste": ("waste_person", "minor", False),
    "drawer": ("drawer", "minor", False),
    "product": ("product", "quantity", True),
}
"""By kind of anomaly: the figures, the number that is looked at, and whether only like weekdays are compared."""
PRODUCTS = 60
"""Products that are looked at: those of which most was taken."""
SMALL = 0.002
"""Of what is taken a day: money that is off by so little is off in every shop."""
UNITS = {"count": 1, "quantity": 1000}
"""One of them. What comes one by one comes unevenly: by its root (Poisson)."""
_ROWS = """
    SELECT key, business_date, {column} FROM figure_day
    WHERE kind = ? AND business_date BETWEEN ? AND ? {more} ORDER BY key, business_date
"""
_TOP = """
    AND key IN (SELECT key FROM figure_day WHERE kind = 'product' AND business_date BETWEEN ?2 AND ?3
                GROUP BY key ORDER BY sum(minor) DESC LIMIT 60)
"""
_JUDGED = "SELECT kind, key, business_date, is_right FROM anomaly_judged WHERE business_date BETWEEN ? AND ?"


class Anomaly(msgspec.Struct, frozen=True):
    """A day of something (`key`) that came to `value`, where `usual` is the middle of `days` like it. `oddness` in
    tenths. `judged`: what somebody said, whether it was wrong indeed."""

    kind: str
    key: str
    day: str
    unit: str
    value: int
    usual: int
    oddness: int
    days: int
    judged: bool | None = None


def read_anomalies(db: Connection, span: DaySpan, limit: int = SHOWN) -> list[Anomaly]:
    """The odd days of a period, the oddest first; each is compared with what went before it alone."""
    judged = {tuple(row[:3]): bool(row[3]) for row in db.execute(_JUDGED, (span.first, span.last))}
    found = [
        msgspec.structs.replace(one, judged=judged.get((one.kind, one.key, one.day)))
        for kind in KINDS
        for one in _of_kind(db, kind, span)
    ]
    return sorted(found, key=lambda one: (-abs(one.oddness), one.day, one.kind, one.key))[:limit]


def _of_kind(db: Connection, kind: str, span: DaySpan) -> Iterator[Anomaly]:
    source, column, like_weekdays = KINDS[kind]
    since = after(span.first, -LOOK_BACK_DAYS if not like_weekdays else -LOOK_BACK_DAYS * 2)
    query = _ROWS.format(column=column, more=_TOP if kind == "product" else "")
    by_key: dict[str, dict[str, int]] = {}
    for key, day, value in db.execute(query, (source, since, span.last)):
        by_key.setdefault(key, {})[day] = value
    opened = open_days(db, since, span.last, sold=True)
    floor = SMALL * median(takings) if (takings := _takings(db, since, span.last)) else 0.0
    for key, values in by_key.items():
        yield from _odd(kind, key, values, opened, span, floor)


def _takings(db: Connection, first: str, last: str) -> list[int]:
    query = "SELECT minor FROM figure_day WHERE kind = 'all' AND business_date BETWEEN ? AND ?"
    return [minor for (minor,) in db.execute(query, (first, last))]


def _odd(
    kind: str, key: str, values: dict[str, int], opened: list[str], span: DaySpan, floor: float
) -> Iterator[Anomaly]:
    _, unit, like_weekdays = KINDS[kind]
    first = min(values)
    weekdays = {day: date.fromisoformat(day).weekday() for day in opened}
    since = bisect_left(opened, first)
    for at in range(max(since, bisect_left(opened, span.first)), bisect_right(opened, span.last)):
        day = opened[at]
        before = opened[max(since, bisect_left(opened, after(day, -LOOK_BACK_DAYS * 2))) : at]
        alike = [one for one in before if weekdays[one] == weekdays[day]] if like_weekdays else before
        others = [float(values.get(one, 0)) for one in (alike if len(alike) >= LEAST_DAYS else before)]
        value = values.get(day, 0)
        least = (
            floor
            if unit == "minor"
            else UNITS[unit] * sqrt(max(1.0, sum(others) / len(others) / UNITS[unit]))
            if others
            else 0.0
        )
        odd = oddness(value, others, least)
        if odd is not None and abs(odd) > ODD and not (unit == "count" and value < 3):
            usual = sorted(others)[len(others) // 2]
            if kind == "product" and not usual:
                continue  # what is bought now and then is bought now and then
            yield Anomaly(kind, key, day, unit, value, round(usual), round(10 * odd), len(others))

"""Detect anomalous days: sales, refunds, voids, price overrides and waste, by hour, register and product; also drawers
and stock counts.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date
from math import sqrt
from statistics import median
from zoneinfo import ZoneInfo

import msgspec

from edge.analytics.forecast.history.demand_days import open_days
from edge.analytics.insight.queries import hour_of
from edge.analytics.insight.rules import LEAST_DAYS, ODD, DaySpan, oddness
from edge.core.storage.database import Connection
from edge.lib.units.dates import after

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
    "hour": ("quarter", "minor", True),
    "variance": ("", "minor", False),
    "refunds_register": ("refunds_register", "minor", False),
    "refunds_product": ("refunds_product", "quantity", False),
    "refunds_hour": ("refunds_quarter", "minor", False),
    "voids_register": ("voids_register", "count", False),
    "voids_product": ("voids_product", "quantity", False),
    "voids_hour": ("voids_quarter", "count", False),
    "override_product": ("override_product", "count", False),
    "override_hour": ("override_quarter", "count", False),
    "waste_product": ("waste_product", "quantity", False),
    "waste_hour": ("waste_quarter", "minor", False),
}
"""The figures, the number examined, and whether only the same weekdays are compared, by kind of anomaly.

For `variance`, rows are movements, and days are days with a count.
"""
HOURLY = frozenset({kind for kind, (source, *_) in KINDS.items() if source.endswith("quarter")})
OF_PRODUCTS = frozenset({kind for kind in KINDS if kind.endswith("product")})
OF_REGISTERS = frozenset({"refunds_register", "voids_register"})
BY_THE_SCORE = HOURLY | OF_PRODUCTS | OF_REGISTERS
"""Kinds with so many series that some are anomalous by chance every week; they're listed but raise no alert."""
PRODUCTS = 60
"""Number of products examined, those with the highest revenue."""
SMALL = 0.002
"""Share of daily revenue below which a cash difference is normal."""
UNITS = {"count": 1, "quantity": 1000}
"""One piece in each kind of unit, needed because counts vary by their square root (Poisson)."""
_ROWS = """
    SELECT key, business_date, {column} FROM figure_day
    WHERE kind = ? AND business_date BETWEEN ? AND ? {more} ORDER BY key, business_date
"""
_TOP = """
    AND key IN (SELECT key FROM figure_day WHERE kind = 'product' AND business_date BETWEEN ?2 AND ?3
                GROUP BY key ORDER BY sum(minor) DESC LIMIT 60)
"""
_COUNTED = """
    SELECT business_date, -sum(cost_minor) FROM figure_move
    WHERE business_date BETWEEN ? AND ? AND reason = 'counted' AND costed GROUP BY 1
"""
_JUDGED = "SELECT kind, key, business_date, is_right FROM anomaly_judged WHERE business_date BETWEEN ? AND ?"


class Anomaly(msgspec.Struct, frozen=True):
    """An anomalous day of `key`: its `value`, and the `usual` median of `days` similar days.

    `oddness`: in tenths. `judged`: a user's verdict on whether something was wrong; `rows`: the values of similar days.
    """

    kind: str
    key: str
    day: str
    unit: str
    value: int
    usual: int
    oddness: int
    days: int
    judged: bool | None = None
    rows: dict[str, int] = {}

    @property
    def calls(self) -> bool:
        """Whether it needs a user's check that hasn't happened yet."""
        return self.judged is None and self.kind not in BY_THE_SCORE


def read_anomalies(db: Connection, span: DaySpan, limit: int = SHOWN, zone: str = "") -> list[Anomaly]:
    """The anomalous days of a period, most anomalous first, numerous kinds last; each is compared with earlier days
    only. Hours need the shop's `zone`.
    """
    judged = {tuple(row[:3]): bool(row[3]) for row in db.execute(_JUDGED, (span.first, span.last))}
    found = [
        msgspec.structs.replace(one, judged=judged.get((one.kind, one.key, one.day)))
        for kind in KINDS
        for one in _of_kind(db, kind, span, zone)
    ]
    return sorted(found, key=lambda one: (one.kind in BY_THE_SCORE, -abs(one.oddness), one.day, one.kind, one.key))[
        :limit
    ]


def _of_kind(db: Connection, kind: str, span: DaySpan, zone: str) -> Iterator[Anomaly]:
    like_weekdays = KINDS[kind][2]
    since = after(span.first, -LOOK_BACK_DAYS if not like_weekdays else -LOOK_BACK_DAYS * 2)
    by_key = _values(db, kind, since, span.last, zone)
    if kind in OF_REGISTERS and len(by_key) < 2:
        return  # a single register is the whole shop, which is checked already
    opened = sorted(by_key.get("", {})) if kind == "variance" else open_days(db, since, span.last, sold=True)
    takings = _takings(db, since, span.last)
    floor = SMALL * median(minor for minor, _ in takings) if takings else 0.0
    basket = sum(minor for minor, _ in takings) / max(1, sum(count for _, count in takings))
    for key, values in by_key.items():
        yield from _odd(kind, key, values, opened, span, max(floor, basket if kind in HOURLY else 0.0))


def _values(db: Connection, kind: str, first: str, last: str, zone: str) -> dict[str, dict[str, int]]:
    """The values to examine, by key and day."""
    if kind == "variance":
        return {"": found} if (found := dict(db.execute(_COUNTED, (first, last)).fetchall())) else {}
    if kind in HOURLY and not zone:
        return {}
    source, column, _ = KINDS[kind]
    query = _ROWS.format(column=column, more=_TOP if kind == "product" else "")
    clock, by_key = ZoneInfo(zone or "UTC"), dict[str, dict[str, int]]()
    for row_key, day, value in db.execute(query, (source, first, last)):
        key = f"{hour_of(row_key, clock):02}" if kind in HOURLY else row_key
        days = by_key.setdefault(key, {})
        days[day] = days.get(day, 0) + value
    return by_key


def _takings(db: Connection, first: str, last: str) -> list[tuple[int, int]]:
    """Each day's revenue and number of receipts."""
    query = "SELECT minor, count FROM figure_day WHERE kind = 'all' AND business_date BETWEEN ? AND ?"
    return [(minor, count) for minor, count in db.execute(query, (first, last))]


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
        beside = {one: values.get(one, 0) for one in (alike if len(alike) >= LEAST_DAYS else before)}
        others = [float(one) for one in beside.values()]
        value = values.get(day, 0)
        least = _least(kind, unit, others, floor)
        odd = oddness(value, others, least)
        if odd is not None and abs(odd) > ODD and not (unit == "count" and value < 3):
            usual = median(others)
            if kind == "product" and not usual:
                continue  # a product that rarely sells is never anomalous
            yield Anomaly(kind, key, day, unit, value, round(usual), round(10 * odd), len(others), rows=beside)


def _least(kind: str, unit: str, others: list[float], floor: float) -> float:
    """The deviation of a day that chance alone explains: for money `floor`, more in busy hours; for counts the square
    root of their mean. 0.0 without other days.
    """
    if not others:
        return 0.0
    mean = sum(others) / len(others)
    if unit == "minor":
        return sqrt(max(mean, floor) * floor) if kind in HOURLY else floor
    return UNITS[unit] * sqrt(max(1.0, mean / UNITS[unit]))

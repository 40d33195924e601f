"""Reads of figures: by what they may be told apart, and the key figures of a period, each with what it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from edge.core.storage.database import Connection
from edge.shop.catalog.categories.queries import places_of, read_categories
from edge.shop.catalog.queries import read_products
from edge.shop.forecast.accuracy import live_accuracy
from edge.shop.forecast.demand_days import days_without_goods
from edge.shop.forecast.queries import champion
from edge.shop.insight.project import WASTE
from edge.shop.insight.rules import DaySpan
from edge.shop.reports.queries import QUARTER_US

By = Literal["day", "hour", "category", "product", "register", "person", "tender", "promotion"]
GROUPS_SHOWN = 500
YEAR_DAYS = 365
_SUMS = (
    "count(*), total(count), total(quantity), total(minor), total(net_minor), total(cost_minor), total(costed_minor)"
)
_OF_KIND = f"SELECT {_SUMS} FROM figure_day WHERE kind = ? AND business_date BETWEEN ? AND ?"
_BY_KEY = f"SELECT key, {_SUMS} FROM figure_day WHERE kind = ? AND business_date BETWEEN ? AND ? GROUP BY key"
_BY_DAY = (
    f"SELECT business_date, {_SUMS} FROM figure_day WHERE kind = 'all' AND business_date BETWEEN ? AND ? GROUP BY 1"
)
_VALUE = "SELECT total(minor) FROM figure_day WHERE kind = 'stock' AND business_date <= ?"
_VALUES = (
    "SELECT business_date, minor FROM figure_day WHERE kind = 'stock' AND business_date BETWEEN ? AND ? ORDER BY 1"
)
_WASTE = """
    SELECT sku, reason, -sum(quantity), -sum(cost_minor), min(costed), count(*) FROM figure_move
    WHERE business_date BETWEEN ? AND ? AND reason <> 'sale' AND quantity < 0 GROUP BY sku, reason
"""


class FigureSums(msgspec.Struct, frozen=True):
    """What rows of figures come to; `rows` of them."""

    rows: int = 0
    count: int = 0
    quantity: int = 0
    minor: int = 0
    net_minor: int = 0
    cost_minor: int = 0
    costed_minor: int = 0

    def plus(self, other: FigureSums) -> FigureSums:
        ours, theirs = (msgspec.structs.astuple(one) for one in (self, other))
        return FigureSums(*(a + b for a, b in zip(ours, theirs, strict=True)))


class FigureGroup(msgspec.Struct, frozen=True):
    """A group's sums: `names` where it has some by language, else its key says who or what it is."""

    key: str
    names: dict[str, str]
    sums: FigureSums


class Kpi(msgspec.Struct, frozen=True):
    """A key figure: `value` in `unit` (`minor`, `count`, `permille`, `tenths`: of a day, or times), None without data.

    It is `numerator` / `denominator`, and rests on so many `rows`; `before`: in the period before.
    """

    name: str
    unit: str
    value: int | None
    numerator: int
    denominator: int
    rows: int
    before: int | None = None


def read_sums(db: Connection, kind: str, span: DaySpan) -> FigureSums:
    """What all rows of a kind come to in a period."""
    return _sums(db.execute(_OF_KIND, (kind, span.first, span.last)).fetchone())


def read_days(db: Connection, span: DaySpan) -> dict[str, FigureSums]:
    """What each day of business came to, that had any."""
    return {day: _sums(rest) for day, *rest in db.execute(_BY_DAY, (span.first, span.last))}


def read_groups(db: Connection, by: By, span: DaySpan, zone: str = "UTC") -> list[FigureGroup]:
    """A period's sums told apart; the largest first, days and hours in their order. At most GROUPS_SHOWN."""
    if by == "day":
        return [FigureGroup(day, {}, sums) for day, sums in sorted(read_days(db, span).items())]
    if by == "hour":
        return _hours(db, span, ZoneInfo(zone))
    kind = "product" if by == "category" else by
    found = {key: _sums(rest) for key, *rest in db.execute(_BY_KEY, (kind, span.first, span.last))}
    names: dict[str, dict[str, str]] = {}
    if by == "category":
        found, names = _categories(db, found)
    elif by == "product":
        known = read_products(db, list(found))
        names = {sku: product.names or {} for sku, (_, product, _) in known.items()}
    rows = [FigureGroup(key, names.get(key, {}), sums) for key, sums in found.items()]
    return sorted(rows, key=lambda group: (-group.sums.minor, group.key))[:GROUPS_SHOWN]


def _hours(db: Connection, span: DaySpan, zone: ZoneInfo) -> list[FigureGroup]:
    found: dict[int, FigureSums] = {}
    for key, *rest in db.execute(_BY_KEY, ("quarter", span.first, span.last)):
        hour = datetime.fromtimestamp(int(key) * QUARTER_US / 1e6, tz=zone).hour
        found[hour] = found.get(hour, FigureSums()).plus(_sums(rest))
    return [FigureGroup(f"{hour:02}", {}, sums) for hour, sums in sorted(found.items())]


def _categories(
    db: Connection, found: dict[str, FigureSums]
) -> tuple[dict[str, FigureSums], dict[str, dict[str, str]]]:
    places = places_of(db, found)
    sums: dict[str, FigureSums] = {}
    for sku, of_sku in found.items():
        own = places[sku].categories[0] if sku in places and places[sku].categories else ""
        sums[own] = sums.get(own, FigureSums()).plus(of_sku)
    return sums, {category.id: category.names for category in read_categories(db)}


class Wasted(msgspec.Struct, frozen=True):
    """What of a product was wasted for one reason: thousandths, and what it cost (None: nobody knows)."""

    sku: str
    names: dict[str, str]
    reason: str
    quantity: int
    cost_minor: int | None
    moves: int


def read_waste(db: Connection, span: DaySpan, limit: int = GROUPS_SHOWN) -> list[Wasted]:
    """What was wasted in a period, the dearest first."""
    rows = [row for row in db.execute(_WASTE, (span.first, span.last)) if row[1].startswith(WASTE)]
    rows.sort(key=lambda row: (-row[3], row[0], row[1]))
    known = read_products(db, [row[0] for row in rows[:limit]])
    return [
        Wasted(
            *(sku, (known[sku][1].names if sku in known else None) or {"en": sku}, reason, quantity),
            *(cost if costed else None, moves),
        )
        for sku, reason, quantity, cost, costed, moves in rows[:limit]
    ]


def read_kpis(db: Connection, span: DaySpan) -> list[Kpi]:
    """The key figures of a period, each beside the same of the period before."""
    now, before = _kpis(db, span), {kpi.name: kpi.value for kpi in _kpis(db, span.before)}
    return [msgspec.structs.replace(kpi, before=before[kpi.name]) for kpi in now]


def _kpis(db: Connection, span: DaySpan) -> list[Kpi]:
    all_, sales, voids, refunds = (read_sums(db, kind, span) for kind in ("all", "sales", "voids", "refunds"))
    receipts = sales.count - voids.count
    cost, costed = all_.cost_minor, all_.costed_minor
    values = _stock_values(db, span)
    average = sum(values) // len(values) if values else 0
    stocked = 1 if values else 0
    waste = read_waste(db, span)
    wasted = sum(one.cost_minor or 0 for one in waste)
    out, gaps, watched, levels = days_without_goods(db, span.first, span.last)
    drawer = read_sums(db, "drawer", span)
    found = [
        Kpi("sales", "minor", all_.minor if all_.rows else None, all_.minor, 1, all_.rows),
        Kpi("net", "minor", all_.net_minor if all_.rows else None, all_.net_minor, 1, all_.rows),
        Kpi("receipts", "count", receipts if all_.rows else None, receipts, 1, sales.rows),
        _ratio("basket", "minor", sales.minor + voids.minor, receipts, sales.rows),
        _ratio("margin", "permille", costed - cost, costed, all_.rows),
        _ratio("costed", "permille", costed, all_.net_minor, all_.rows),
        Kpi("cost", "minor", cost if costed else None, cost, 1, all_.rows),
        Kpi("stock_value", "minor", values[-1] if values else None, values[-1] if values else 0, 1, len(values)),
        _ratio("turns", "tenths", cost * YEAR_DAYS, average * span.days, len(values) * stocked),
        _ratio("cover", "tenths", (values[-1] if values else 0) * span.days, cost, len(values)),
        _ratio("stock_out", "permille", round(out), round(watched), gaps + levels),
        _ratio("waste", "permille", wasted, cost, len(waste)),
        _ratio("refunded", "permille", -refunds.minor, sales.minor, refunds.rows),
        Kpi("drawer", "minor", drawer.minor if drawer.rows else None, drawer.minor, 1, drawer.count),
    ]
    model = champion(db)
    live = live_accuracy(db, model.version, span.first, span.last) if model else None
    error = live.wape if live else None
    return [*found, Kpi("forecast_error", "permille", error, error or 0, 1000, live.count if live else 0)]


def _ratio(name: str, unit: str, numerator: int, denominator: int, rows: int) -> Kpi:
    times = {"permille": 1000, "tenths": 10}.get(unit, 1)
    value = round(times * numerator / denominator) if denominator > 0 else None
    return Kpi(name, unit, value, numerator, denominator, rows)


def _stock_values(db: Connection, span: DaySpan) -> list[int]:
    """What the stock was worth at the end of each day on which it moved; empty where it never did."""
    worth = int(db.execute(_VALUE, (span.first,)).fetchone()[0])
    moved = db.execute(_VALUES, (span.first, span.last)).fetchall()
    values = []
    for day, minor in moved:
        worth = worth if day == span.first else worth + minor
        values.append(worth)
    return values if values or not worth else [worth]


def _sums(row: Iterable[float]) -> FigureSums:
    return FigureSums(*(int(value) for value in row))

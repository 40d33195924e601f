"""Daily usage of each product, and the date on which it will run out."""

from __future__ import annotations

from datetime import date
from math import ceil

import msgspec

from edge.analytics.forecast.history.demand_days import busiest_products, days_out, open_days, read_demand_days
from edge.analytics.insight.paper_effects import Costs, worth_of
from edge.analytics.insight.rules import DaySpan
from edge.core.messages import IsoDate, Number
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import read_products
from edge.goods.stock.queries import read_stock
from edge.lib.units.dates import after

HALF_DAYS = 28
LEAST_DAYS = 14
LEAD_DAYS, COVER_DAYS = 2, 7
WEEKS = 8
LIMIT = 200
_MOVED = """
    SELECT business_date, -total(quantity) FILTER (WHERE reason = 'used'),
           total(quantity) FILTER (WHERE reason IN ('counted', 'corrected'))
    FROM figure_move WHERE sku = ? AND business_date BETWEEN ? AND ? AND reason IN ('used', 'counted', 'corrected')
    GROUP BY 1
"""


class UsageDay(msgspec.Struct, frozen=True):
    """A product's usage on a day, in thousandths."""

    day: str
    sold: int
    returned: int
    wasted: int
    received: int
    used: int = 0
    adjusted: int = 0


class ProductUsage(msgspec.Struct, frozen=True):
    """A product's usage by day.

    `mean`: usage per day on which the shop was open and the product in stock. `cost_minor`: the cost of the goods that
    left stock. `box`: units per box.
    """

    sku: str
    days: list[UsageDay]
    open_days: int
    mean: int | None
    cost_minor: int | None
    days_in_stock: int = 0
    box: int = 1


class UsePrediction(msgspec.Struct, frozen=True):
    """When a product will run out; values are None if there is too little data.

    `use`: usage per day in thousandths. `order`: the quantity needed until the delivery after next, in whole boxes.
    """

    sku: str
    names: dict[str, str]
    available: int
    use: int | None
    days_left: int | None
    stock_out_on: str | None
    order: int | None


def read_usage(db: Connection, sku: str, span: DaySpan) -> ProductUsage | None:
    """A product's days; None for an unknown product."""
    if (product := read_products(db, [sku]).get(sku)) is None:
        return None
    moved = {
        day: (int(used), int(adjusted)) for day, used, adjusted in db.execute(_MOVED, (sku, span.first, span.last))
    }
    known = {row[0]: row for row in read_demand_days(db, sku, span.first, span.last)}
    days = []
    for day in sorted({*known, *moved}):
        _, sold, returned, wasted, received, _ = known.get(day, (day, 0, 0, 0, 0, 0))
        days.append(UsageDay(day, sold, returned, wasted, received, *moved.get(day, (0, 0))))
    gone = sum(day.sold - day.returned + day.wasted + day.used for day in days)
    opened = open_days(db, span.first, span.last)
    out = days_out(db, sku, span.first, span.last)
    there = len([day for day in opened if day not in out])
    mean = round(gone / there) if there else None
    return ProductUsage(sku, days, len(opened), mean, worth_of(Costs(db).of(sku), gone), there, product[1].box or 1)


def read_predictions(db: Connection, today: IsoDate, sku: str = "", limit: Number = LIMIT) -> list[UsePrediction]:
    """Predict when products run out, soonest first: for best sellers, or the given product."""
    since = after(today, -WEEKS * 7)
    wanted = [sku] if sku else busiest_products(db, since, today, min(limit, LIMIT))
    opened = open_days(db, since, after(today, -1))
    known = read_products(db, wanted)
    found = [_predict(db, sku, known[sku][1].names or {}, known[sku][1].box or 1, today, opened) for sku in known]
    return sorted(found, key=lambda one: (one.days_left is None, one.days_left or 0, one.sku))


def _predict(db: Connection, sku: str, names: dict[str, str], box: int, today: str, opened: list[str]) -> UsePrediction:
    available = read_stock(db, sku)
    rows = read_demand_days(db, sku, opened[0] if opened else today, after(today, -1))
    first = rows[0][0] if rows else today
    days = [day for day in opened if day >= first]
    if len(days) < LEAST_DAYS:
        return UsePrediction(sku, names, available, None, None, None, None)
    used = {day: sold - returned + wasted + used for day, sold, returned, wasted, _, used in rows}
    use, factors = weighted_use(used, days, today)
    left, ahead = float(available), 0
    while left > 0 and ahead < 365:
        day = after(today, ahead)
        left -= use * factors[date.fromisoformat(day).weekday()]
        ahead += 1
    gone = ahead if left <= 0 else None
    missing = use * (LEAD_DAYS + COVER_DAYS) - available
    order = ceil(max(0.0, missing) / (box * 1000)) * box * 1000
    return UsePrediction(
        sku, names, available, round(use), gone, after(today, gone) if gone is not None else None, order
    )


def weighted_use(used: dict[str, int], days: list[str], today: str) -> tuple[float, list[float]]:
    """Usage per calendar day, with more weight on recent days, and the relative level of each weekday."""
    now = date.fromisoformat(today)
    weights = {day: 0.5 ** ((now - date.fromisoformat(day)).days / HALF_DAYS) for day in days}
    by_weekday, weight_of = [0.0] * 7, [0.0] * 7
    for day in days:
        weekday = date.fromisoformat(day).weekday()
        by_weekday[weekday] += weights[day] * max(0, used.get(day, 0))
        weight_of[weekday] += weights[day]
    means = [total / weight if weight else 0.0 for total, weight in zip(by_weekday, weight_of, strict=True)]
    use = sum(means) / 7
    return use, [mean / use if use else 0.0 for mean in means]

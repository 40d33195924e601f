"""Demand at other prices: weekly sales from the ledger, and the model learnt from them (`response.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np

from edge.analytics.whatif.comparison import ROWS_MOST, Response, WasAndWould
from edge.analytics.whatif.response import Learnt, Weeks, expect_units, learn
from edge.analytics.whatif.scenario import Scenario
from edge.core.storage.database import Connection
from edge.lib.units.dates import after

WEEKS = 104
PRODUCTS = 2_000
"""Number of products from which effects are estimated, those with the highest revenue."""
LEAST_CHANGE = 0.01
THOUSANDTHS = 1_000
_BUSY = """
    SELECT key FROM figure_day WHERE kind = 'product' AND business_date > ? AND business_date <= ?
    GROUP BY key HAVING sum(minor) > 0 ORDER BY sum(minor) DESC, key LIMIT ?
"""
_DAYS = """
    SELECT key, business_date, quantity, minor FROM figure_day
    WHERE kind = 'product' AND business_date > ? AND business_date <= ?
"""
_OPEN = "SELECT business_date FROM figure_day WHERE kind = 'all' AND business_date > ? AND business_date <= ?"


def responses(
    db: Connection, scenario: Scenario, products: Mapping[str, WasAndWould], names: Mapping[str, dict[str, str]]
) -> tuple[Response, ...]:
    """The estimated demand for products with changed prices, highest revenue first."""
    changed = {sku: pair for sku, pair in products.items() if _ratio(pair) is not None}
    if not changed:
        return ()
    learnt = learn(read_weeks(db, _newest_day(db, scenario.last)))
    weeks = ((date.fromisoformat(scenario.last) - date.fromisoformat(scenario.first)).days + 1) / 7
    ranked = sorted(changed, key=lambda sku: (-changed[sku].was.total, sku))
    return tuple(_response(sku, names[sku], changed[sku], learnt, weeks) for sku in ranked[:ROWS_MOST])


def _newest_day(db: Connection, last: str) -> str:
    """The last complete day. Customers' responses are also learnt from weeks after the period."""
    (newest,) = db.execute("SELECT max(business_date) FROM figure_day WHERE kind = 'all'").fetchone()
    return max(last, after(newest, -1)) if newest else last


def read_weeks(db: Connection, last: str) -> Weeks:
    """Two years of weeks, the last ending with this business day."""
    since = after(last, -7 * WEEKS)
    first = date.fromisoformat(since)

    def week_of(day: str) -> int:
        return ((date.fromisoformat(day) - first).days - 1) // 7

    skus = [sku for (sku,) in db.execute(_BUSY, (since, last, PRODUCTS))]
    rows = {sku: row for row, sku in enumerate(skus)}
    sold, paid = np.zeros((len(skus), WEEKS)), np.zeros((len(skus), WEEKS))
    opened = {week_of(day) for (day,) in db.execute(_OPEN, (since, last))}
    for sku, day, quantity, minor in db.execute(_DAYS, (since, last)):
        row = rows.get(sku)
        if row is not None:
            sold[row, week_of(day)] += quantity / THOUSANDTHS
            paid[row, week_of(day)] += minor
    with np.errstate(all="ignore"):
        each = np.where((sold > 0) & (paid > 0), paid / sold, np.nan)
    closed = [week for week in range(WEEKS) if week not in opened]
    sold = np.maximum(sold, 0)
    sold[:, closed] = np.nan
    return Weeks(skus, sold, each)


def _ratio(pair: WasAndWould) -> float | None:
    """The ratio of the hypothetical to the actual price; None if they differ by less than `LEAST_CHANGE`, or nothing
    was sold.
    """
    if pair.quantity <= 0 or pair.was.total <= 0 or pair.would.total <= 0:
        return None
    ratio = pair.would.total / pair.was.total
    return ratio if abs(ratio - 1) >= LEAST_CHANGE else None


def _response(sku: str, names: dict[str, str], pair: WasAndWould, learnt: Learnt | None, weeks: float) -> Response:
    was, would, units = pair.was.total, pair.would.total, pair.quantity / THOUSANDTHS
    found = expect_units(learnt, sku, was / units, units, would / was, weeks) if learnt else None
    if learnt is None or found is None:
        return Response(sku, names, 0, pair.quantity, minor=was, would_minor=would)
    low, high = found.low / units, found.high / units
    return Response(
        *(sku, names, learnt.slopes[sku].weeks, pair.quantity),
        *(round(pair.quantity * low), round(pair.quantity * high), was, would),
        *(round(would * low), round(would * high)),
    )

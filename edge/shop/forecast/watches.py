"""What of forecasts wants a person: goods about to run out, and forecasts that have become wrong."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection
from edge.shop.catalog.queries import read_products
from edge.shop.forecast import rules
from edge.shop.forecast.queries import drift, inventory_risk

WATCHED = 200
"""Products that are looked at: those of which most was sold in the last four weeks."""
SHOWN = 20
_BUSY = """
    SELECT d.sku FROM demand_day d JOIN demand_level l ON l.sku = d.sku JOIN product p ON p.sku = d.sku
    WHERE d.business_date >= ? AND p.retired_us IS NULL GROUP BY d.sku ORDER BY sum(d.minor) DESC, d.sku LIMIT ?
"""


class SkuRisk(msgspec.Struct, frozen=True):
    """A product at risk, by name."""

    sku: str
    names: dict[str, str]
    level: str
    days: int
    probability: float
    recommended: int


def at_risk(db: Connection, business_date: str, limit: int = SHOWN) -> list[SkuRisk]:
    """The products that sell most and are about to run out, the worst first."""
    found = []
    skus = [sku for (sku,) in db.execute(_BUSY, (rules.after(business_date, -28), WATCHED))]
    for sku in skus:
        report = inventory_risk(db, sku)
        if report is not None and report.risk_level in ("critical", "high") and report.sure:
            found.append((sku, report))
    order = {"critical": 0, "high": 1}
    found.sort(key=lambda one: (order[one[1].risk_level], one[1].days_until_critical, -one[1].stockout_probability))
    shown = found[:limit]
    known = read_products(db, [sku for sku, _ in shown])
    return [
        SkuRisk(
            *(sku, (known[sku][1].names if sku in known else None) or {"en": sku}, report.risk_level),
            *(report.days_until_critical, report.stockout_probability, report.recommended_reorder_qty),
        )
        for sku, report in shown
    ]


def _stockout(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    for one in at_risk(db, business_date):
        name = next(iter(one.names.values()), one.sku)
        values: dict[str, str | int] = {"name": name, "days": one.days, "sku": one.sku}
        yield Condition(one.sku, values, severity="high" if one.level == "critical" else "medium")


def _drift(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    if off := drift(db, business_date):
        values: dict[str, str | int] = {"wape": round(off.wape / 10), "tried": round(off.tried / 10)}
        yield Condition("store", values | {"bias": round(off.bias / 10)})


WATCHES: tuple[Watch, ...] = (
    Watch("stockout_risk", "medium", _stockout, every_s=900),
    Watch("forecast_drift", "medium", _drift, every_s=3600),
)

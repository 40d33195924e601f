"""Queries on waste: product, reason, location, person and time; share of revenue, and trend."""

from __future__ import annotations

from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from edge.analytics.insight.project import WASTE
from edge.analytics.insight.queries import GROUPS_SHOWN, FigureGroup, read_by_key, read_hours, read_sums
from edge.analytics.insight.rules import DaySpan, share
from edge.core.storage.database import Connection
from edge.counter.reports.queries import QUARTER_US
from edge.goods.catalog.queries import json_text, read_products
from edge.goods.stock.queries import ExpiringGoods, expiring
from edge.lib.i18n import ENGLISH

DEAREST = 10
_WASTE = """
    SELECT sku, reason, -sum(quantity), -sum(cost_minor), min(costed), sum(moves), coalesce(nullif(cause, ''), reason)
    FROM figure_move
    WHERE business_date BETWEEN ? AND ? AND reason <> 'sale' AND quantity < 0 AND ?3 IN ('', location)
    GROUP BY sku, reason, cause
"""
_GONE = """
    SELECT sku, -sum(quantity) FROM figure_move
    WHERE business_date BETWEEN ? AND ? AND ?4 IN ('', location)
        AND sku IN (SELECT value FROM json_each(?3))
        AND reason NOT IN ('received', 'counted', 'transferred', 'boxed', 'corrected', 'sent', 'returned') GROUP BY sku
"""
_BY_DAY = """
    SELECT business_date, sum(minor) FROM figure_day
    WHERE kind = 'waste_person' AND business_date BETWEEN ? AND ? GROUP BY 1
"""
_BY_WHOM = f"""
    SELECT m.business_date, m.sku, coalesce(nullif(m.cause, ''), m.reason), m.location, m.actor, m.at_us / {QUARTER_US},
        count(*), -sum(m.delta), coalesce(-f.cost_minor * 1.0 * sum(m.delta) / nullif(f.quantity, 0), 0), m.reason
    FROM stock_movement m LEFT JOIN figure_move f
        ON f.business_date = m.business_date AND f.sku = m.sku AND f.reason = m.reason AND f.location = m.location
            AND f.cause = m.cause
    WHERE m.business_date BETWEEN ? AND ? AND m.delta < 0 AND m.reason <> 'sale'
    GROUP BY 1, 2, m.reason, m.cause, 4, 5, 6
"""


class WastedBy(NamedTuple):
    """Waste of a product by one person in a quarter-hour, for one reason.

    `quarter`: quarter-hours since 1970. `quantity`: in thousandths. `cost_minor`: its share of the day's cost.
    """

    day: str
    sku: str
    reason: str
    place: str
    person: str
    quarter: int
    moves: int
    quantity: int
    cost_minor: int


class Wasted(msgspec.Struct, frozen=True):
    """Waste of a product for one reason: thousandths, and cost (None: unknown).

    `share`: share of all goods sold, used and wasted, in tenths of a percent.
    """

    sku: str
    names: dict[str, str]
    reason: str
    quantity: int
    cost_minor: int | None
    moves: int
    share: int | None = None


def read_waste(db: Connection, span: DaySpan, limit: int | None = GROUPS_SHOWN, place: str = "") -> list[Wasted]:
    """A period's waste, most expensive first, up to `limit` (None: all); at a location if given."""
    rows = [row for row in db.execute(_WASTE, (span.first, span.last, place)) if row[1].startswith(WASTE)]
    rows.sort(key=lambda row: (-row[3], row[0], row[6]))
    known = read_products(db, [row[0] for row in rows[:limit]])
    gone = dict(db.execute(_GONE, (span.first, span.last, json_text({row[0] for row in rows[:limit]}), place)))
    return [
        Wasted(
            *(sku, (known[sku][1].names if sku in known else None) or {ENGLISH: sku}, why, quantity),
            *(cost if costed else None, moves, share(quantity, gone.get(sku, 0))),
        )
        for sku, _, quantity, cost, costed, moves, why in rows[:limit]
    ]


def read_waste_by(db: Connection, span: DaySpan) -> list[WastedBy]:
    """A period's waste, one entry per product, cause, location, person and quarter-hour, for combined breakdowns."""
    rows = db.execute(_BY_WHOM, (span.first, span.last))
    return [WastedBy._make((*row[:8], round(row[8]))) for row in rows if row[9].startswith(WASTE)]


class WasteReport(msgspec.Struct, frozen=True):
    """A period's waste: `cost_minor` in total and for the previous period; `of_net`: share of net revenue, in tenths of
    a percent; `uncosted`: entries without known cost; the most expensive products, by cause, location, person (id),
    hour and day; and upcoming expiry dates."""

    cost_minor: int
    before_minor: int
    of_net: int | None
    uncosted: int
    dearest: list[Wasted]
    causes: list[FigureGroup]
    places: list[FigureGroup]
    persons: list[FigureGroup]
    hours: list[FigureGroup]
    days: dict[str, int]
    expiring: list[ExpiringGoods]


def read_waste_report(db: Connection, span: DaySpan, today: str, zone: str = "UTC") -> WasteReport:
    """A period's waste report; see `WasteReport`."""
    waste = read_waste(db, span, None)
    cost, before = (read_sums(db, "waste_person", one).minor for one in (span, span.before))
    return WasteReport(
        cost,
        before,
        share(cost, read_sums(db, "all", span).net_minor),
        sum(one.moves for one in waste if one.cost_minor is None),
        [one for one in waste if one.cost_minor][:DEAREST],
        _groups(db, "waste_cause", span),
        _groups(db, "waste_place", span),
        _groups(db, "waste_person", span),
        read_hours(db, span, ZoneInfo(zone), "waste_quarter"),
        dict(db.execute(_BY_DAY, (span.first, span.last)).fetchall()),
        expiring(db, today)[:DEAREST],
    )


def _groups(db: Connection, kind: str, span: DaySpan) -> list[FigureGroup]:
    found = [FigureGroup(key, {}, sums) for key, sums in read_by_key(db, kind, span).items()]
    return sorted(found, key=lambda group: (-group.sums.minor, group.key))[:GROUPS_SHOWN]

"""Queries on daily demand: open days, a product's days, out-of-stock days."""

from __future__ import annotations

from edge.core.storage.database import Connection
from edge.lib.units.dates import after

_OPEN_DAYS = """
    SELECT business_date FROM demand_open
    WHERE business_date BETWEEN ? AND ? AND (papers > 0 OR NOT ?) ORDER BY 1
"""
_DEMAND_DAYS = """
    SELECT business_date, sold + elsewhere, returned, wasted, received, used FROM demand_day
    WHERE sku = ? AND business_date BETWEEN ? AND ? ORDER BY 1
"""
_BUSIEST = """
    SELECT sku FROM demand_day WHERE business_date BETWEEN ? AND ?
    GROUP BY sku ORDER BY sum(minor) DESC, sum(used + elsewhere) DESC, sku LIMIT ?
"""
_GAPS = """
    SELECT total(max(0, julianday(min(coalesce(until_date, ?2), ?2)) - julianday(max(first_date, ?1)))), count(*)
    FROM demand_gap WHERE first_date <= ?2 AND coalesce(until_date, '9999') >= ?1
"""
_OUT = """
    SELECT first_date, until_date FROM demand_gap
    WHERE sku = ? AND first_date <= ? AND coalesce(until_date, '9999') >= ?
"""
_WATCHED = """
    SELECT total(max(0, julianday(?2) - julianday(max(since, ?1)) + 1)), count(*) FROM demand_level WHERE since <= ?2
"""

_OUT_BY_PRODUCT = """
    WITH out AS (
        SELECT sku, total(max(0, julianday(min(coalesce(until_date, ?2), ?2)) - julianday(max(first_date, ?1)))) AS days
        FROM demand_gap WHERE first_date <= ?2 AND coalesce(until_date, '9999') >= ?1 GROUP BY sku)
    SELECT l.sku, coalesce(out.days, 0), max(0, julianday(?2) - julianday(max(l.since, ?1)) + 1)
    FROM demand_level l LEFT JOIN out USING (sku) WHERE l.since <= ?2 ORDER BY 2 DESC, l.sku
"""


def open_days(db: Connection, first: str, last: str, sold: bool = False) -> list[str]:
    """The days of a period on which the shop was open, in order; `sold`: only days with its own receipts."""
    rows = db.execute(_OPEN_DAYS, (first, last, sold))
    return [day for (day,) in rows]


def read_demand_days(db: Connection, sku: str, first: str, last: str) -> list[tuple[str, int, int, int, int, int]]:
    """A product's days in a period: sold (including third-party tills), returned, wasted, received and used, in
    thousandths."""
    return list(db.execute(_DEMAND_DAYS, (sku, first, last)))


def days_out(db: Connection, sku: str, first: str, last: str) -> set[str]:
    """The full days on which a product was out of stock."""
    found = set[str]()
    for begun, ended in db.execute(_OUT, (sku, last, first)):
        day, until = max(first, after(begun, 1)), min(last, after(ended, -1) if ended else last)
        while day <= until:
            found.add(day)
            day = after(day, 1)
    return found


def busiest_products(db: Connection, first: str, last: str, limit: int) -> list[str]:
    """The products with the most revenue in a period."""
    return [sku for (sku,) in db.execute(_BUSIEST, (first, last, limit))]


def products_without_goods(db: Connection, first: str, last: str) -> list[tuple[str, int, int]]:
    """Days out of stock and days observed by product, longest out of stock first."""
    return [(sku, round(out), round(watched)) for sku, out, watched in db.execute(_OUT_BY_PRODUCT, (first, last))]


def days_without_goods(db: Connection, first: str, last: str) -> tuple[float, int, float, int]:
    """Days out of stock and number of gaps, and days observed and number of products, in a period."""
    return (*db.execute(_GAPS, (first, last)).fetchone(), *db.execute(_WATCHED, (first, last)).fetchone())

"""Imported days of demand and totals from another system, for figures that depend on them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from typing import NamedTuple

from edge.analytics.forecast.events import PastGrouping
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import json_text

# On days without papers of the shop, sales can only come from an import.
_IMPORTED = "o.papers = 0 AND (d.sold <> 0 OR d.returned <> 0)"
_DAYS = f"""
    SELECT o.business_date FROM demand_open o WHERE o.business_date <= ? AND EXISTS (
        SELECT 1 FROM demand_day d WHERE d.business_date = o.business_date AND {_IMPORTED}) ORDER BY 1
"""
_FIRST = """
    SELECT j.value, (SELECT min(business_date) FROM demand_day WHERE sku = j.value) FROM json_each(?) j
"""
_SUMS = f"""
    SELECT %s, sum(d.sold - d.returned), sum(d.minor) FROM demand_day d JOIN demand_open o USING (business_date)
    WHERE d.business_date BETWEEN ?1 AND ?2 AND {_IMPORTED} GROUP BY 1
"""


# Of each day, the newest import that has such parts; days with papers of the shop have its own figures.
_TOTALS = """
    SELECT t.business_date, t.key, t.minor, t.receipts FROM past_total t
    WHERE t.grouped = ?1 AND t.business_date BETWEEN ?2 AND ?3
      AND t.import_us = (SELECT max(import_us) FROM past_total
                         WHERE grouped = t.grouped AND business_date = t.business_date)
      AND NOT EXISTS (SELECT 1 FROM demand_open WHERE business_date = t.business_date AND papers > 0)
"""
_ANY = f"""
    SELECT EXISTS (SELECT 1 FROM past_total WHERE grouped = 'day' AND business_date BETWEEN ?1 AND ?2) OR EXISTS (
        SELECT 1 FROM demand_open o WHERE o.papers = 0 AND o.business_date BETWEEN ?1 AND ?2 AND EXISTS (
            SELECT 1 FROM demand_day d WHERE d.business_date = o.business_date AND {_IMPORTED}))
"""
# Products' sales of a day say more than its total.
_WITHOUT_GOODS = f"""
      AND NOT EXISTS (SELECT 1 FROM demand_day d JOIN demand_open o USING (business_date)
                      WHERE d.business_date = t.business_date AND {_IMPORTED})
"""


class ImportedSum(NamedTuple):
    """Sales on imported days, net of returns: thousandths of units, minor units, and receipts (0: unknown)."""

    quantity: int
    minor: int
    receipts: int = 0


def count_imported_days(db: Connection, days: Mapping[str, int], last: str) -> dict[str, int]:
    """The number of imported days among the `days` behind each item's forecast.

    A product's days begin with its first. For the store and categories, imported days with only totals count too.
    """
    imported = [day for (day,) in db.execute(_DAYS, (last,))]
    groups = sorted([*imported, *(day for day, *_ in read_totals(db, "day", "", last))])
    if not groups:
        return dict.fromkeys(days, 0)
    first = dict(db.execute(_FIRST, (json_text(days),)).fetchall())
    found = {}
    for item, rests in days.items():
        some = groups if first[item] is None else imported
        found[item] = min(rests, len(some) - bisect_left(some, first[item] or ""))
    return found


def has_imported_days(db: Connection, first: str, last: str) -> bool:
    """Whether any sales in a period were imported."""
    (found,) = db.execute(_ANY, (first, last)).fetchone()
    return bool(found)


def imported_by_day(db: Connection, first: str, last: str) -> dict[str, ImportedSum]:
    """Imported sales in a period by day: the sum of its products, or the day's total if no products are known."""
    totals = {day: ImportedSum(0, minor, receipts) for day, _, minor, receipts in read_totals(db, "day", first, last)}
    return totals | _read(db, "d.business_date", first, last)


def imported_by_key(db: Connection, grouped: PastGrouping, first: str, last: str) -> dict[str, ImportedSum]:
    """Imported totals in a period by hour, tender or category (by name).

    Categories only include days without product data.
    """
    found: dict[str, ImportedSum] = {}
    for _, key, minor, receipts in read_totals(db, grouped, first, last):
        had = found.get(key, ImportedSum(0, 0))
        found[key] = ImportedSum(0, had.minor + minor, had.receipts + receipts)
    return found


def read_totals(db: Connection, grouped: PastGrouping, first: str, last: str) -> list[tuple[str, str, int, int]]:
    """Imported totals as (day, key, revenue in minor units, receipts), without days that have the shop's own receipts.

    Totals of days and categories are also left out if product sales of that day were imported.
    """
    sql = _TOTALS + (_WITHOUT_GOODS if grouped in ("day", "category") else "")
    return list(db.execute(f"{sql} ORDER BY 1, 2", (grouped, first, last)))


def imported_by_product(db: Connection, first: str, last: str) -> dict[str, ImportedSum]:
    """Imported sales in a period, by SKU."""
    return _read(db, "d.sku", first, last)


def _read(db: Connection, by: str, first: str, last: str) -> dict[str, ImportedSum]:
    return {key: ImportedSum(*sums) for key, *sums in db.execute(_SUMS % by, (first, last))}

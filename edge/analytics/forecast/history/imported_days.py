"""Days of demand imported from another system, and their totals, for figures that depend on them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from typing import NamedTuple

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


class ImportedSum(NamedTuple):
    """Sales on imported days, net of returns: thousandths of units, and minor units."""

    quantity: int
    minor: int


def count_imported_days(db: Connection, days: Mapping[str, int], last: str) -> dict[str, int]:
    """How many of the `days` behind each item's forecast were imported; a product's days begin with its first."""
    imported = [day for (day,) in db.execute(_DAYS, (last,))]
    if not imported:
        return dict.fromkeys(days, 0)
    first = dict(db.execute(_FIRST, (json_text(days),)).fetchall())
    return {item: min(rests, len(imported) - bisect_left(imported, first[item] or "")) for item, rests in days.items()}


def imported_by_day(db: Connection, first: str, last: str) -> dict[str, ImportedSum]:
    """Imported sales in a period, by day."""
    return _read(db, "d.business_date", first, last)


def imported_by_product(db: Connection, first: str, last: str) -> dict[str, ImportedSum]:
    """Imported sales in a period, by SKU."""
    return _read(db, "d.sku", first, last)


def _read(db: Connection, by: str, first: str, last: str) -> dict[str, ImportedSum]:
    return {key: ImportedSum(*sums) for key, *sums in db.execute(_SUMS % by, (first, last))}

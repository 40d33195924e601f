"""Queries on figures: a period's sums and their breakdowns."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from edge.analytics.forecast.history.imported_days import (
    ImportedSum,
    imported_by_day,
    imported_by_key,
    imported_by_product,
)
from edge.analytics.insight.rules import DaySpan
from edge.core.messages import IsoDate, Number
from edge.core.storage.database import Connection
from edge.counter.reports.queries import QUARTER_US
from edge.goods.catalog.categories.queries import places_of, read_categories
from edge.goods.catalog.queries import json_text, read_products
from edge.goods.promotions.queries import read_promotion
from edge.goods.stock.lists.listings import read_locations
from edge.lib.i18n import ENGLISH
from edge.lib.units.dates import after

By = Literal["day", "hour", "category", "product", "register", "place", "person", "tender", "promotion"]
GROUPS_SHOWN = 500
YEAR_DAYS = 364
"""A year in whole weeks, so that each day is compared with the same weekday."""
_SUMS = (
    "count(*), total(count), total(quantity), total(minor), total(net_minor), total(cost_minor), total(costed_minor)"
)
_OF_KIND = f"""
    SELECT {_SUMS} FROM figure_day WHERE kind = ? AND business_date BETWEEN ? AND ? AND ?4 IN ('', key)
"""
_BY_KEY = f"SELECT key, {_SUMS} FROM figure_day WHERE kind = ? AND business_date BETWEEN ? AND ? GROUP BY key"
_BY_DAY = f"""
    SELECT business_date, {_SUMS} FROM figure_day
    WHERE kind = ? AND business_date BETWEEN ? AND ? AND ?4 IN ('', key) GROUP BY 1
"""


_ROWS = f"""
    SELECT CASE WHEN ?4 THEN business_date ELSE '' END, key, {_SUMS}
    FROM figure_day WHERE kind = ?1 AND business_date BETWEEN ?2 AND ?3
      AND (?5 = '[]' OR key IN (SELECT value FROM json_each(?5)))
    GROUP BY 1, 2 ORDER BY 1, 2
"""


class FigureSums(msgspec.Struct, frozen=True):
    """The sums of `rows` rows of daily figures."""

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
    """A group's sums.

    `names`: by language; if empty, the key identifies the group. `imported_minor`: revenue imported from another
    system.
    """

    key: str
    names: dict[str, str]
    sums: FigureSums
    imported_minor: int = 0


def read_sums(db: Connection, kind: str, span: DaySpan, place: str = "") -> FigureSums:
    """The total of a kind of figure in a period; for one location if given."""
    return _sums(db.execute(_OF_KIND, (at_place(kind, place), span.first, span.last, place)).fetchone())


def read_days(db: Connection, span: DaySpan, place: str = "", kind: str = "all") -> dict[str, FigureSums]:
    """The sums of each business day that has any; for one location if given."""
    rows = db.execute(_BY_DAY, (at_place(kind, place), span.first, span.last, place))
    return {day: _sums(rest) for day, *rest in rows}


def at_place(kind: str, place: str) -> str:
    """The kind of figure keyed by location if a location is given, otherwise `kind` itself."""
    return {"all": "place"}.get(kind, f"place_{kind}") if place else kind


def read_groups(
    db: Connection, by: By, span: DaySpan, zone: str = "UTC", with_imported: bool = False
) -> list[FigureGroup]:
    """Break down a period's sums, largest group first, days and hours in order; at most GROUPS_SHOWN groups.
    `with_imported`: days, hours, categories, products and tenders include sales imported from another system.
    """
    imported = _imported_sums(db, by, span) if with_imported else {}
    if by == "day":
        days = _with_imported(read_days(db, span), imported)
        return [FigureGroup(day, {}, sums, _minor(imported, day)) for day, sums in sorted(days.items())]
    if by == "hour":
        hours = _with_imported({one.key: one.sums for one in read_hours(db, span, ZoneInfo(zone))}, imported)
        return [FigureGroup(hour, {}, sums, _minor(imported, hour)) for hour, sums in sorted(hours.items())]
    kind = "product" if by == "category" else by
    found = _with_imported(read_by_key(db, kind, span), imported)
    names: dict[str, dict[str, str]] = {}
    if by == "category":
        found, names, owners = _categories(db, found)
        parts = [(owners[sku], part) for sku, part in imported.items()]
        totals = _named_totals(db, span, names) if with_imported else {}
        found = _with_imported(found, totals)
        imported = {}
        for id, part in (*parts, *totals.items()):
            had = imported.get(id, ImportedSum(0, 0))
            imported[id] = ImportedSum(had.quantity + part.quantity, had.minor + part.minor)
    elif by == "product":
        known = read_products(db, list(found))
        names = {sku: product.names or {} for sku, (_, product, _) in known.items()}
    elif by == "promotion":
        names = {key: one.promotion.names for key in found if (one := read_promotion(db, key)) is not None}
    elif by == "place":
        names = {place.id: place.names for place in read_locations(db)}
    rows = [FigureGroup(key, names.get(key, {}), sums, _minor(imported, key)) for key, sums in found.items()]
    return sorted(rows, key=lambda group: (-group.sums.minor, group.key))[:GROUPS_SHOWN]


class FigureRow(msgspec.Struct, frozen=True):
    """A figure for one key, on one day or ("") over all requested days."""

    day: str
    key: str
    sums: FigureSums


def read_figure_rows(
    db: Connection, kind: str, span: DaySpan, by_day: bool = False, keys: Iterable[str] = ()
) -> list[FigureRow]:
    """A period's sums of a kind (see `project.py`), by key and optionally by day, limited to these `keys`."""
    rows = db.execute(_ROWS, (kind, span.first, span.last, by_day, json_text(keys)))
    return [FigureRow(day, key, _sums(rest)) for day, key, *rest in rows]


def best_products(db: Connection, first: IsoDate, last: IsoDate, limit: Number = 10) -> list[FigureGroup]:
    """The best-selling products of a period by revenue, with imported sales."""
    return read_groups(db, "product", DaySpan(first, last), with_imported=True)[: min(limit, GROUPS_SHOWN)]


def read_by_key(db: Connection, kind: str, span: DaySpan) -> dict[str, FigureSums]:
    """A period's sums of a kind, by key."""
    return {key: _sums(rest) for key, *rest in db.execute(_BY_KEY, (kind, span.first, span.last))}


def read_by_category(db: Connection, span: DaySpan) -> dict[str, FigureSums]:
    """A period's sums by category; "": products without a category."""
    return _categories(db, read_by_key(db, "product", span))[0]


def read_hours(db: Connection, span: DaySpan, zone: ZoneInfo, kind: str = "quarter") -> list[FigureGroup]:
    found: dict[int, FigureSums] = {}
    for key, *rest in db.execute(_BY_KEY, (kind, span.first, span.last)):
        hour = hour_of(key, zone)
        found[hour] = found.get(hour, FigureSums()).plus(_sums(rest))
    return [FigureGroup(f"{hour:02}", {}, sums) for hour, sums in sorted(found.items())]


def hour_of(quarter: str, zone: ZoneInfo) -> int:
    """The hour of the day that a quarter-hour belongs to."""
    return datetime.fromtimestamp(int(quarter) * QUARTER_US / 1e6, tz=zone).hour


def year_before(span: DaySpan) -> DaySpan:
    """The same weekdays 52 weeks earlier."""
    return DaySpan(after(span.first, -YEAR_DAYS), after(span.last, -YEAR_DAYS))


def read_year_before(db: Connection, span: DaySpan) -> FigureGroup | None:
    """Revenue on the same weekdays 52 weeks earlier, recorded here or imported; None if unknown."""
    earlier = year_before(span)
    days = read_groups(db, "day", earlier, with_imported=True)
    if not days:
        return None
    sums = FigureSums()
    for one in days:
        sums = sums.plus(one.sums)
    return FigureGroup(earlier.first, {}, sums, sum(one.imported_minor for one in days))


def _imported_sums(db: Connection, by: By, span: DaySpan) -> dict[str, ImportedSum]:
    if by == "day":
        return imported_by_day(db, span.first, span.last)
    if by in ("hour", "tender"):
        return imported_by_key(db, by, span.first, span.last)
    return imported_by_product(db, span.first, span.last) if by in ("product", "category") else {}


def _named_totals(db: Connection, span: DaySpan, names: dict[str, dict[str, str]]) -> dict[str, ImportedSum]:
    """Imported totals by the shop's category with the same name.

    Other categories keep their imported name, which is added to `names`.
    """
    known = {name.casefold(): id for id, all_names in names.items() for name in all_names.values()}
    found: dict[str, ImportedSum] = {}
    for name, one in imported_by_key(db, "category", span.first, span.last).items():
        id = known.get(name.casefold(), f"imported:{name}")
        if id not in names:
            names[id] = {ENGLISH: name}
        had = found.get(id, ImportedSum(0, 0))
        found[id] = ImportedSum(0, had.minor + one.minor, had.receipts + one.receipts)
    return found


def _with_imported(found: dict[str, FigureSums], imported: dict[str, ImportedSum]) -> dict[str, FigureSums]:
    more = {key: FigureSums(1, one.receipts, one.quantity, one.minor) for key, one in imported.items()}
    return found | {key: found.get(key, FigureSums()).plus(sums) for key, sums in more.items()}


def _minor(imported: dict[str, ImportedSum], key: str) -> int:
    return imported[key].minor if key in imported else 0


def _categories(
    db: Connection, found: dict[str, FigureSums]
) -> tuple[dict[str, FigureSums], dict[str, dict[str, str]], dict[str, str]]:
    """Sums by category, category names, and each product's category."""
    places = places_of(db, found)
    sums: dict[str, FigureSums] = {}
    owners: dict[str, str] = {}
    for sku, of_sku in found.items():
        owners[sku] = own = places[sku].categories[0] if sku in places and places[sku].categories else ""
        sums[own] = sums.get(own, FigureSums()).plus(of_sku)
    return sums, {category.id: category.names for category in read_categories(db)}, owners


def _sums(row: Iterable[float]) -> FigureSums:
    return FigureSums(*(int(value) for value in row))

"""Popularity: recent sales per product as a single number.

A sale counts 1, and half as much a half-life later. The stored value is `heat`: log2 of the sum over all sales of 2 **
(time / half-life). Later sales only add to it, so stored values don't change as time passes. The ratio of two products'
recent sales is 2 ** (heat - heat). On days imported from another system, each unit counts as a sale. Imported days are
stored separately, because a later import may correct or remove them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from math import ceil, log2
from typing import Protocol

from edge.core.batch import RowBatch
from edge.core.messages import Event, RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import json_text

HALF_LIFE_US = 28 * 24 * 3600 * 1_000_000
IMPORTED_DAYS = 364
"""Age in days above which imported days don't count: a sale that old would weigh 1/8192 of a sale today."""
NOTHING = 1e-6
"""Popularity below this, after sales were reversed, is treated as a rounding error."""
SALE = "sale"
"""The reason of movements that are sales; see `edge.counter.till`."""


class MovedGoods(Protocol):
    """Stock change of a product."""

    @property
    def sku(self) -> str: ...
    @property
    def delta(self) -> int: ...


class GoodsMoved(Protocol):
    """Goods moved together for one reason."""

    @property
    def reason(self) -> str: ...
    @property
    def moves(self) -> Sequence[MovedGoods]: ...


class DayImported(Protocol):
    """Quantity of a product sold on a day, in thousandths."""

    sku: str
    day: str
    sold: int


class DaysImported(Protocol):
    """Days were imported from another system; if a product's day has several values, the last one applies."""

    @property
    def rows(self) -> Sequence[DayImported]: ...


class DaysTakenBack(Protocol):
    """Imported days of products were removed."""

    @property
    def rows(self) -> Sequence[tuple[str, str]]: ...


Days = Mapping[tuple[str, str], int]
"""Units sold by day and product."""
_DROP = "DELETE FROM search_sold WHERE id = ?"
_IMPORTED = """
    SELECT i.business_date, i.sku, i.units FROM json_each(?) j
    JOIN search_imported i ON i.business_date = j.value ->> 0 AND i.sku = j.value ->> 1
"""
_FORGET = "DELETE FROM search_imported WHERE business_date = ? AND sku = ?"
_REMEMBER = "INSERT INTO search_imported (business_date, sku, units) VALUES (?, ?, ?)"
_SKU_HEATS = """
    SELECT p.sku, p.id, s.heat FROM json_each(?) j JOIN product p ON p.sku = j.value
    LEFT JOIN search_sold s ON s.id = p.id
"""
_KEEP = "INSERT INTO search_sold (id, heat) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET heat = excluded.heat"


def add_sale(heat: float | None, at: float) -> float:
    """The heat after another sale, at time `at` in half-lives since 1970.

    >>> add_sale(None, 7.0), add_sale(7.0, 7.0), round(2 ** (add_sale(7.0, 8.0) - 8.0), 3)
    (7.0, 8.0, 1.5)
    """
    if heat is None:
        return at
    high, low = max(heat, at), min(heat, at)
    return high + log2(1 + 2.0 ** max(low - high, -60.0))


class _Sold(RowBatch):
    """The times of each product's sales, in order."""

    def __init__(self, db: Connection) -> None:
        super().__init__(db)
        self.sales: dict[str, list[float]] = {}

    def flush(self) -> None:
        rows = []
        for sku, id, heat in self.db.execute(_SKU_HEATS, (json_text(self.sales),)).fetchall() if self.sales else ():
            for at in self.sales[sku]:
                heat = add_sale(heat, at)
            rows.append((id, heat))
        self.db.executemany(_KEEP, sorted(rows))
        self.sales.clear()


def _add_sales(batch: _Sold, fact: RecordedEvent, event: GoodsMoved) -> None:
    if event.reason != SALE:
        return
    at = fact.at_us / HALF_LIFE_US
    for sku in {move.sku for move in event.moves if move.delta < 0}:
        batch.sales.setdefault(sku, []).append(at)


def take_sales(heat: float | None, sales: float) -> float | None:
    """The heat after removing sales, given as their own heat; None if nothing is left.

    >>> take_sales(add_sale(7.0, 8.0), 8.0), take_sales(7.0, 7.0)
    (7.0, None)
    """
    left = 0.0 if heat is None else 1 - 2.0 ** min(sales - heat, 0.0)
    return heat + log2(left) if heat is not None and left > NOTHING else None


def _add_imported(batch: _Sold, fact: RecordedEvent, event: DaysImported) -> None:
    since = date.fromisoformat(fact.business_date).toordinal() - IMPORTED_DAYS
    days = {
        (row.day, row.sku): ceil(row.sold / 1000) if date.fromisoformat(row.day).toordinal() >= since else 0
        for row in event.rows
    }
    _set_imported(batch, days)


def _take_back_imported(batch: _Sold, fact: RecordedEvent, event: DaysTakenBack) -> None:
    _set_imported(batch, {(day, sku): 0 for sku, day in event.rows})


def _set_imported(batch: _Sold, days: Days) -> None:
    """Set days to the values of an import, replacing values of an earlier import."""
    batch.flush()
    db = batch.db
    before = {(day, sku): units for day, sku, units in db.execute(_IMPORTED, (json_text(days),))}
    changed = {key for key in days if days[key] != before.get(key, 0)}
    db.executemany(_FORGET, sorted(changed & before.keys()))
    db.executemany(_REMEMBER, [(*key, days[key]) for key in sorted(changed) if days[key] > 0])
    rows = db.execute(_SKU_HEATS, (json_text(sorted({sku for _, sku in changed})),)).fetchall()
    ids, heats = {sku: id for sku, id, _ in rows}, {sku: heat for sku, _, heat in rows}
    for day, sku in sorted(changed & {key for key in changed if key[1] in ids}):
        if days[day, sku] > 0:
            heats[sku] = add_sale(heats[sku], _heat_of(day, days[day, sku]))
        if (day, sku) in before:
            heats[sku] = take_sales(heats[sku], _heat_of(day, before[day, sku]))
    db.executemany(_KEEP, [(ids[sku], heat) for sku, heat in heats.items() if heat is not None])
    db.executemany(_DROP, [(ids[sku],) for sku, heat in heats.items() if heat is None])


def _heat_of(day: str, units: int) -> float:
    days = date.fromisoformat(day).toordinal() - date(1970, 1, 1).toordinal() + 0.5
    return days * 24 * 3600 * 1_000_000 / HALF_LIFE_US + log2(units)


def popularity_projector(moved: type[Event], imported: type[Event], taken_back: type[Event]) -> Projector:
    """Create the popularity projector for the events of stock movements (`GoodsMoved`) and of days imported from
    another system (`DaysImported`, `DaysTakenBack`).
    """
    return Projector(
        name="search_sold",
        version=2,
        tables=("search_sold", "search_imported"),
        on={moved: _add_sales, imported: _add_imported, taken_back: _take_back_imported},
        strict=False,
        batch=_Sold,
    )

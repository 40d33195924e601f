"""Stock on hand, reserved stock and its value at the end of past business days."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import groupby, islice
from operator import itemgetter

import msgspec

from edge.core.batch import RowBatch
from edge.core.messages import Number, RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import json_text
from edge.goods.stock import rules
from edge.goods.stock.events import StockMoved
from edge.goods.stock.moving import costs
from edge.goods.stock.queries import PAGE_LIMIT, Text

_ADD = """
    INSERT INTO stock_day (sku, location, business_date, on_hand) SELECT ?1, ?2, ?3, ?4 + coalesce((
        SELECT on_hand FROM stock_day WHERE sku = ?1 AND location = ?2 AND business_date < ?3
        ORDER BY business_date DESC LIMIT 1), 0)
    WHERE TRUE ON CONFLICT (sku, location, business_date) DO UPDATE SET on_hand = on_hand + ?4
"""
_SET = """
    INSERT INTO stock_day (sku, location, business_date, on_hand) VALUES (?, ?, ?, ?)
    ON CONFLICT (sku, location, business_date) DO UPDATE SET on_hand = excluded.on_hand
"""
_NEWEST = """
    SELECT d.sku, d.location, max(d.business_date), d.on_hand
    FROM json_each(?) j JOIN stock_day d ON d.sku = j.value GROUP BY d.sku, d.location
"""
_ADD_LATER = "UPDATE stock_day SET on_hand = on_hand + ?4 WHERE sku = ?1 AND location = ?2 AND business_date > ?3"


class _Days(RowBatch):
    """The changes of one business day, by product and location. Each product's newest day is read once."""

    def __init__(self, db: Connection) -> None:
        super().__init__(db)
        self.day = ""
        self.changes: dict[tuple[str, str], int] = {}
        self._newest: dict[str, dict[str, tuple[str, int]]] = self.remember({})

    def flush(self) -> None:
        """Add the changes to their day and to later days, which exist if a clock ran ahead for a while."""
        day, newest = self.day, self._newest
        if missing := {sku for sku, _ in self.changes if sku not in newest}:
            newest.update((sku, {}) for sku in missing)
            for sku, place, newest_day, on_hand in self.db.execute(_NEWEST, (json_text(missing),)).fetchall():
                newest[sku][place] = (newest_day, on_hand)
        current, earlier = list[tuple[str, str, str, int]](), list[tuple[str, str, str, int]]()
        for (sku, place), delta in sorted(self.changes.items()):
            newest_day, on_hand = newest[sku].get(place, (day, 0))
            newest[sku][place] = (max(newest_day, day), on_hand + delta)
            if newest_day > day:
                earlier.append((sku, place, day, delta))
            else:
                current.append((sku, place, day, on_hand + delta))
        self.db.executemany(_SET, current)
        self.db.executemany(_ADD, earlier)
        self.db.executemany(_ADD_LATER, earlier)
        self.changes.clear()


def _add_moves(batch: _Days, fact: RecordedEvent, event: StockMoved) -> None:
    if fact.business_date != batch.day:
        batch.flush()
        batch.day = fact.business_date
    for move in event.moves:
        key = (move.sku, move.location)
        batch.changes[key] = batch.changes.get(key, 0) + move.delta


projector = Projector(
    name="stock_days", version=1, tables=("stock_day",), on={StockMoved: _add_moves}, strict=False, batch=_Days
)

_CHANGES = """
    SELECT business_date, 'on_hand', location, on_hand FROM stock_day
    WHERE sku = ?1 AND business_date <= ?2 AND ?3 IN ('', location)
    UNION ALL SELECT business_date, 'reserved', location, reserved FROM stock_promised_day
    WHERE sku = ?1 AND business_date <= ?2 AND ?3 IN ('', location)
    UNION ALL SELECT business_date, 'average', '', average_micro FROM stock_average_day
    WHERE sku = ?1 AND business_date <= ?2
    ORDER BY business_date
"""
_SKUS = "SELECT sku FROM stock WHERE sku > ? ORDER BY sku LIMIT ?"


class DayOfStock(msgspec.Struct, frozen=True):
    """A product's stock at the end of a business day on which it changed: on hand and reserved in thousandths, and
    value in thousandths of a minor unit (None: unknown).
    """

    business_date: str
    on_hand: int
    reserved: int
    value_milli: int | None


class StockThen(msgspec.Struct, frozen=True):
    """A product's stock at a location at the end of a business day; fields as in `DayOfStock`."""

    sku: str
    location: str
    on_hand: int
    reserved: int
    value_milli: int | None


class StockOfDay(msgspec.Struct, frozen=True):
    """A page of the stock at the end of a business day, and the product to continue after ("": last page)."""

    business_date: str
    items: list[StockThen]
    after: str


class _Then(msgspec.Struct):
    """A product's running stock by location while its days are read."""

    on_hand: dict[str, int] = {}
    reserved: dict[str, int] = {}
    average: dict[str, int] = {}

    def value_milli(self, on_hand: int) -> int | None:
        """The value of a quantity at the average of that day."""
        return costs.value_milli(self.average[""], on_hand) if self.average else None


def _days(db: Connection, sku: str, through: str, location: str) -> Iterator[tuple[str, _Then]]:
    """Yield the days on which stock changed, with the stock at the end of each."""
    then = _Then()
    changes = db.execute(_CHANGES, (sku, through or rules.NEVER, location))
    for day, each in groupby(changes, itemgetter(0)):
        for _, what, place, number in each:
            getattr(then, what)[place] = number
        yield day, then


def stock_history(
    db: Connection, sku: Text, from_date: Text = "", to_date: Text = "", location: Text = ""
) -> list[DayOfStock]:
    """A product's stock, in total or at a location, at the end of each business day on which it changed."""

    def days_in_range() -> Iterator[DayOfStock]:
        for day, then in _days(db, sku, to_date, location):
            if day >= from_date:
                on_hand = sum(then.on_hand.values())
                yield DayOfStock(day, on_hand, sum(then.reserved.values()), then.value_milli(on_hand))

    return list(islice(days_in_range(), PAGE_LIMIT))


def stock_then(db: Connection, date: Text, after: Text = "", limit: Number = 100) -> StockOfDay:
    """The stock at the end of a business day by product and location; at most `limit` products after `after`."""
    most = max(1, min(limit, PAGE_LIMIT))
    skus = [sku for (sku,) in db.execute(_SKUS, (after, most)).fetchall()]
    items = [one for sku in skus for one in _at_places(db, sku, date)]
    return StockOfDay(date, items, skus[-1] if len(skus) == most else "")


def every_then(db: Connection, date: str) -> Iterator[StockThen]:
    """Yield the whole stock at the end of a business day."""
    for (sku,) in db.execute("SELECT sku FROM stock ORDER BY sku"):
        yield from _at_places(db, sku, date)


def _at_places(db: Connection, sku: str, date: str) -> Iterator[StockThen]:
    then = next((then for _, then in deque(_days(db, sku, date, ""), maxlen=1)), _Then())
    for place in sorted(then.on_hand | then.reserved):
        on_hand, reserved = then.on_hand.get(place, 0), then.reserved.get(place, 0)
        if on_hand or reserved:
            yield StockThen(sku, place, on_hand, reserved, then.value_milli(on_hand))

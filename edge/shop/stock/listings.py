"""Reads of places and counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.shop.stock import rules
from edge.shop.stock.events import MAIN

COUNTS_LIMIT = 50


class Location(msgspec.Struct, frozen=True):
    """A place that holds stock."""

    id: str
    names: dict[str, str]
    kind: str
    is_active: bool = True


class CountedLine(msgspec.Struct, frozen=True):
    """What was found of a product; `expected` and `difference` are None where the count is blind and still open."""

    sku: str
    lot: str
    quantity: int
    boxes: int
    looks: int
    look_again: bool
    person: str
    at_us: int
    expected: int | None
    difference: int | None


class StockCount(msgspec.Struct, frozen=True):
    """A count; `lines` are empty in a list of counts."""

    number: int
    location: str
    blind: bool
    category: str
    state: str
    started_us: int
    started_by: str
    ended_us: int | None
    counted: int
    lines: tuple[CountedLine, ...] = ()


_COUNTS = """
    SELECT number, location, blind, category, state, started_us, started_by, ended_us,
           (SELECT count(*) FROM stock_count_line l WHERE l.number = c.number)
    FROM stock_count c
"""


def read_locations(db: Connection) -> list[Location]:
    """The places of the shop, `main` first."""
    rows = db.execute("SELECT id, names, kind, retired FROM stock_location ORDER BY id <> 'main', id").fetchall()
    found = [Location(id, msgspec.json.decode(names), kind, not retired) for id, names, kind, retired in rows]
    return found if found and found[0].id == MAIN else [Location(MAIN, {}, "shop_floor"), *found]


def read_selling_places(db: Connection) -> dict[str, str]:
    """The places from which registers sell, of those that do not sell from `main`."""
    return dict(db.execute("SELECT register, location FROM stock_register").fetchall())


def read_counts(db: Connection, limit: Number = 20) -> list[StockCount]:
    """Counts, open ones first, then the newest."""
    rows = db.execute(_COUNTS + " ORDER BY state <> 'open', number DESC LIMIT ?", (min(limit, COUNTS_LIMIT),))
    return [_count(row) for row in rows]


def read_count(db: Connection, count: Number) -> StockCount | None:
    """A count with its lines, the newest first; None: there is none of that number."""
    row = db.execute(_COUNTS + " WHERE number = ?", (count,)).fetchone()
    if row is None:
        return None
    found = _count(row)
    blind = found.blind and found.state == "open"
    lines = db.execute(
        "SELECT sku, lot, quantity, boxes, looks, expected, person, at_us FROM stock_count_line WHERE number = ?"
        " ORDER BY at_us DESC, sku",
        (count,),
    )
    return msgspec.structs.replace(found, lines=tuple(_line(line, blind) for line in lines))


def _count(row: Sequence[Any]) -> StockCount:
    number, location, blind, *rest = row
    return StockCount(number, location, bool(blind), *rest)


def _line(row: tuple[str, str, int, int, int, int, str, int], blind: bool) -> CountedLine:
    sku, lot, quantity, boxes, looks, expected, person, at_us = row
    again = looks < 2 and rules.far_off(expected, quantity)
    told = (None, None) if blind else (expected, quantity - expected)
    return CountedLine(sku, lot, quantity, boxes, looks, again, person, at_us, *told)

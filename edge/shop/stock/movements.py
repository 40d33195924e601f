"""The list of movements: kept behind the journal, as it follows it, and read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from edge.core.messages import Number, RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.lib.units.quantity import THOUSANDTHS
from edge.shop.catalog.queries import json_text
from edge.shop.stock import rules
from edge.shop.stock.events import StockMoved
from edge.shop.stock.queries import PAGE_LIMIT, Text

_BALANCE = "SELECT balance FROM stock_movement WHERE sku = ? ORDER BY seq DESC, n DESC LIMIT 1"
_KEEP = "INSERT INTO stock_movement VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def _moved(db: Connection, fact: RecordedEvent, event: StockMoved) -> None:
    balances: dict[str, int] = {}
    for n, move in enumerate(event.moves):
        if move.sku not in balances:
            last = db.execute(_BALANCE, (move.sku,)).fetchone()
            balances[move.sku] = last[0] if last else 0
        balances[move.sku] += move.delta
        what = (event.reason, event.cause, move.delta, move.boxes, move.box, move.location, move.lot, move.expiry)
        who = (fact.actor, event.note, event.document, event.unit_cost_minor if move.delta > 0 else None)
        when = (fact.business_date, fact.at_us)
        db.execute(_KEEP, (move.sku, fact.seq, n, *when, *what, *who, balances[move.sku]))


projector = Projector(
    name="stock_movements", version=1, tables=("stock_movement",), on={StockMoved: _moved}, strict=False
)


class Movement(msgspec.Struct, frozen=True):
    """Goods that moved; `balance` is what was on hand of the product behind it. `who`: the id of who did it."""

    seq: int
    n: int
    sku: str
    at_us: int
    business_date: str
    type: str
    reason: str
    cause: str
    delta: int
    boxes_change: int
    units_change: int
    location: str
    lot: str
    expiry: str
    who: str
    note: str
    document: str
    unit_cost_minor: int | None
    balance: int


_MOVEMENTS = """
    SELECT seq, n, sku, at_us, business_date, reason, cause, delta, boxes, box, location, lot, expiry, actor, note,
           document, unit_cost_minor, balance
    FROM stock_movement WHERE seq < ? AND {condition} ORDER BY seq DESC, n DESC LIMIT ?
"""


def list_movements(
    db: Connection,
    sku: Text = "",
    from_date: Text = "",
    to_date: Text = "",
    type: Text = "",
    after: Number = 0,
    limit: Number = 100,
    location: Text = "",
) -> list[Movement]:
    """Movements, the newest first: of a product, of business days, of a type (`rules.TYPES`); `after`: older than this
    row of the journal."""
    conditions, values = ["1"], list[object]()
    for condition, value in (
        ("sku = ?", sku),
        ("business_date >= ?", from_date),
        ("business_date <= ?", to_date),
        ("location = ?", location),
    ):
        if value:
            conditions.append(condition)
            values.append(value)
    if type:
        conditions.append("reason IN (SELECT value FROM json_each(?))")
        values.append(json_text(rules.TYPES.get(type.lower(), (type,))))
    sql = _MOVEMENTS.format(condition=" AND ".join(conditions))
    rows = db.execute(sql, (after or 2**63 - 1, *values, max(1, min(limit, PAGE_LIMIT))))
    return [_movement(row) for row in rows]


def _movement(row: Sequence[Any]) -> Movement:
    seq, n, sku, at_us, day, reason, cause, delta, boxes, box, *rest = row
    units = delta - boxes * box * THOUSANDTHS
    return Movement(seq, n, sku, at_us, day, rules.type_of(reason, delta), reason, cause, delta, boxes, units, *rest)

"""What sells: sales lately of each product, as one number.

A sale counts 1, and half as much a half-life later. What is kept is `heat`: log2 of the sum over all sales of
2 ** (when / half-life). Later sales only add to it, so that nothing must be touched while time passes, and
two products' sales lately stand as 2 ** (heat - heat).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log2
from typing import Protocol

from edge.core.messages import Event, RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import json_text

HALF_LIFE_US = 28 * 24 * 3600 * 1_000_000
SALE = "sale"
"""The reason of a movement that is a sale; see `edge.counter.till`."""


class MovedGoods(Protocol):
    """By how much the stock of a product changed."""

    @property
    def sku(self) -> str: ...
    @property
    def delta(self) -> int: ...


class GoodsMoved(Protocol):
    """Goods came, went or changed place together, for one reason."""

    @property
    def reason(self) -> str: ...
    @property
    def moves(self) -> Sequence[MovedGoods]: ...


_HEATS = """
    SELECT p.id, s.heat FROM json_each(?) j JOIN product p ON p.sku = j.value LEFT JOIN search_sold s ON s.id = p.id
"""
_KEEP = "INSERT INTO search_sold (id, heat) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET heat = excluded.heat"


def add_sale(heat: float | None, at: float) -> float:
    """The heat with one sale more, `at` half-lives since 1970.

    >>> add_sale(None, 7.0), add_sale(7.0, 7.0), round(2 ** (add_sale(7.0, 8.0) - 8.0), 3)
    (7.0, 8.0, 1.5)
    """
    if heat is None:
        return at
    high, low = max(heat, at), min(heat, at)
    return high + log2(1 + 2.0 ** max(low - high, -60.0))


def _add_sales(db: Connection, fact: RecordedEvent, event: GoodsMoved) -> None:
    if event.reason != SALE:
        return
    skus = {move.sku for move in event.moves if move.delta < 0}
    at = fact.at_us / HALF_LIFE_US
    heats = db.execute(_HEATS, (json_text(skus),)).fetchall()
    db.executemany(_KEEP, [(id, add_sale(heat, at)) for id, heat in heats])


def popularity_projector(moved: type[Event]) -> Projector:
    """What sells, by the event that says which goods moved (`GoodsMoved`)."""
    return Projector(name="search_sold", version=1, tables=("search_sold",), on={moved: _add_sales}, strict=False)

"""Queries of past baskets for training: goods that customers kept.

The last `HISTORY_DAYS` days: sales, including orders handed over. Voided and fully returned ones are omitted; practice
isn't in the shop's journal. Variants count as their parent product.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

import msgspec
import numpy as np

from edge.core.journal.rows import read_rows_of
from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import places_of
from edge.lib.units.dates import after
from edge.ordering.recommend.learning.pairs import Basket, Ints

HISTORY_DAYS = 400
BASKETS_MOST = 200_000
"""Maximum baskets to read: the newest."""
_SPAN, _ROWS = 20_000, 500
_SALES = """
    SELECT seq, business_date FROM receipt WHERE kind = 'sale' AND business_date >= ? AND business_date < ?
    AND voided_by IS NULL AND (refunded_minor = 0 OR refunded_minor < total_minor) ORDER BY seq DESC LIMIT ?
"""
_PARENTS = "SELECT sku, coalesce(body ->> 'variant_of', sku) FROM product"


class _Line(msgspec.Struct, gc=False):
    sku: str
    kind: str = "goods"
    voided: bool = False


class _Sale(msgspec.Struct, gc=False):
    lines: tuple[_Line, ...]
    customer: str = ""


class BasketHistory(msgspec.Struct, frozen=True):
    """Baskets in order of time, as rows of `skus`.

    `people`: a number for each basket's customer, 0: unknown. `customers`: their ids by number, which are in no file or
    event. `category`: the number of each product's own category, 0 for none; `categories`: their ids by number. `days`:
    each basket's day number.
    """

    skus: list[str]
    baskets: list[Basket]
    people: list[int]
    category: Ints
    categories: list[str]
    days: list[int]
    customers: list[str]


def read_history(db: Connection, today: str, private: Collection[str] = ()) -> BasketHistory:
    """The training data before `today`, without goods of `private` categories."""
    found = db.execute(_SALES, (after(today, -HISTORY_DAYS), today, BASKETS_MOST)).fetchall()
    days = {seq: date.fromisoformat(day).toordinal() for seq, day in found}
    parents = dict(db.execute(_PARENTS).fetchall())
    hidden = {sku for sku, place in places_of(db, parents).items() if not set(place.categories).isdisjoint(private)}
    rows: dict[str, int] = {}
    people: dict[str, int] = {"": 0}
    baskets, whose, when = [], [], []
    for seq, sale in _sales(db, days):
        goods = (parents.get(line.sku) for line in sale.lines if line.kind == "goods" and not line.voided)
        basket = {sku for sku in goods if sku and sku not in hidden}
        if basket:
            places = sorted(rows.setdefault(sku, len(rows)) for sku in sorted(basket))
            baskets.append(np.array(places, dtype=np.int64))
            whose.append(people.setdefault(sale.customer, len(people)))
            when.append(days[seq])
    skus = list(rows)
    stand = places_of(db, skus)
    names: dict[str, int] = {"": 0}
    own = [stand[sku].categories[0] if sku in stand and stand[sku].categories else "" for sku in skus]
    category = np.array([names.setdefault(one, len(names)) for one in own], dtype=np.int64)
    return BasketHistory(skus, baskets, whose, category, list(names), when, list(people))


def _sales(db: Connection, wanted: Collection[int]) -> Any:
    decode = msgspec.json.Decoder(_Sale).decode
    if not wanted:
        return
    seq, last = min(wanted), max(wanted)
    while seq <= last:
        rows, through = read_rows_of(db, ("SaleCompleted",), seq, _SPAN, _ROWS)
        for row in rows:
            if row.seq in wanted:
                yield row.seq, decode(row.body)
        seq = through + 1

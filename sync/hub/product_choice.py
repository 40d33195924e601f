"""Products to choose for a publication: found in all stores at once, with prices and costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any, NamedTuple

import msgspec

FOUND_MOST = 200
"""Maximum products that a search returns; a narrower search finds others."""
ASKED_MOST = 2_000
"""Maximum products per request by SKU; longer files have to be split."""
SEARCH_S = 2.0
STORES_NAMED = 30
"""Maximum stores named per price; further ones are only counted."""
_MICRO = 1_000_000

_SEARCH = """
    SELECT DISTINCT sku FROM product
    WHERE tenant = $1 AND NOT retired AND store = $2 AND ($4 = '' OR category = $4) AND sku <> ALL ($7)
        AND ($3 = '' OR sku ILIKE $3 OR brand ILIKE $3
             OR names::text ILIKE $6
                AND EXISTS (SELECT FROM jsonb_each_text(names) AS said WHERE said.value ILIKE $3))
    ORDER BY sku LIMIT $5
"""
"""Searches one store. It first matches all names of a product at once ($6, as JSON), because extracting each name takes
three times as long.
"""
_STORES = (
    "SELECT store FROM store_of_tenant WHERE tenant = $1 AND ($2::text[] IS NULL OR store = ANY ($2)) ORDER BY store"
)
_PRICES = """
    SELECT sku, price_minor, count(DISTINCT store) AS stores, (array_agg(DISTINCT store))[1:$4] AS named,
           min(names::text) AS names, min(category) AS category,
           min(brand) AS brand
    FROM product
    WHERE tenant = $1 AND NOT retired AND ($2::text[] IS NULL OR store = ANY ($2)) AND sku = ANY ($3)
    GROUP BY sku, price_minor ORDER BY sku, price_minor
"""
_COSTS = """
    SELECT sku, max(average_micro) AS cost FROM stock
    WHERE tenant = $1 AND ($2::text[] IS NULL OR store = ANY ($2)) AND sku = ANY ($3) AND average_micro IS NOT NULL
    GROUP BY sku
"""
_JUMPS = """
    SELECT sku, said.price AS now, min(price_minor) AS was, count(DISTINCT store) AS stores, count(*) OVER () AS every
    FROM product JOIN unnest($3::text[], $4::bigint[]) AS said (sku, price) USING (sku)
    WHERE tenant = $1 AND store = ANY ($2) AND NOT retired AND price_minor > 0
        AND (said.price >= price_minor * $5 OR said.price * $5 <= price_minor)
    GROUP BY sku, said.price ORDER BY sku LIMIT 1
"""
JUMP_FACTOR = 5
"""Factor from which a price change suggests a wrong decimal point.

A wrong point changes a price by ten or a hundred, so by at least five even if the price was also halved.
"""


class PriceAt(msgspec.Struct, frozen=True):
    """A price (null: asked at the till), the number of stores with it, and the first of them."""

    price_minor: int | None
    stores: int
    named: tuple[str, ...]


class ChosenProduct(msgspec.Struct, frozen=True):
    """A product with names by language, prices by store, and the highest average cost without tax (minor units; null:
    unknown)."""

    sku: str
    names: Mapping[str, str]
    category: str
    prices: tuple[PriceAt, ...]
    cost_minor: int | None
    brand: str = ""


class Jump(NamedTuple):
    """The first of `every` prices that change by at least `JUMP_FACTOR`, in `stores` stores (minor units)."""

    sku: str
    now: int
    was: int
    stores: int
    every: int


async def search(
    connection: Any, tenant: str, stores: Sequence[str] | None, words: str, category: str
) -> tuple[list[ChosenProduct], bool]:
    """Return products with these words in SKU, name or brand, and whether there may be more.

    Stores are searched one by one, as a chain's stores mostly sell the same. Products only in stores left after
    `SEARCH_S` can be found by naming the store.
    """
    said = words.strip()
    as_json = msgspec.json.encode(said).decode()[1:-1]
    asked = ilike_pattern(said), category, FOUND_MOST + 1, ilike_pattern(as_json)
    found: list[str] = []
    began, searched = monotonic(), True
    for (store,) in await connection.fetch(_STORES, tenant, stores):
        if searched := len(found) <= FOUND_MOST and monotonic() - began < SEARCH_S:
            found += [sku for (sku,) in await connection.fetch(_SEARCH, tenant, store, *asked, found)]
    skus = sorted(found)[:FOUND_MOST]
    return await products(connection, tenant, stores, skus), not searched or len(found) > FOUND_MOST


def ilike_pattern(words: str) -> str:
    """The ILIKE pattern for words anywhere in a text; "" matches all."""
    escaped = words.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%" if escaped else ""


async def products(
    connection: Any, tenant: str, stores: Sequence[str] | None, skus: Sequence[str]
) -> list[ChosenProduct]:
    """Return these products by SKU, without those that no store sells."""
    costs = dict(await connection.fetch(_COSTS, tenant, stores, skus)) if skus else {}
    rows = await connection.fetch(_PRICES, tenant, stores, skus, STORES_NAMED) if skus else ()
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row["sku"], []).append(row)
    return [
        ChosenProduct(
            sku,
            msgspec.json.decode(of[0]["names"], type=dict[str, str]),
            of[0]["category"] or "",
            tuple(PriceAt(row["price_minor"], row["stores"], tuple(row["named"])) for row in of),
            round(costs[sku] / _MICRO) if sku in costs else None,
            of[0]["brand"] or "",
        )
        for sku, of in found.items()
    ]


async def first_jump(connection: Any, tenant: str, stores: Sequence[str], prices: Mapping[str, int]) -> Jump | None:
    """The first of these new prices (by SKU) whose change in a store suggests a wrong decimal point."""
    if not prices:
        return None
    row = await connection.fetchrow(_JUMPS, tenant, stores, list(prices), list(prices.values()), JUMP_FACTOR)
    return row and Jump(*(row[name] for name in Jump._fields))

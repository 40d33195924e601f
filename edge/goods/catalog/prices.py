"""Prices by list and moment, past and scheduled.

The store price without an end is in `product`. The table `price` has earlier prices, scheduled prices, prices with an
end (`bound`), and other lists.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

import msgspec

from edge.core.messages import Number
from edge.core.storage.database import Connection

STORE = "store"
MEMBER = "member"

HISTORY_LIMIT = 2_000
"""Maximum prices of a product to read; if there are more, only the latest ones."""
_STORE_LIST, _NEWER = "'store'", "AND from_us > p.priced_us"

_BOUND = """
    SELECT price_minor FROM price WHERE product_id = p.id AND list = {list} AND bound = 1
        AND from_us <= ?1 AND until_us > ?1 ORDER BY from_us DESC LIMIT 1
"""
_OPEN = """
    SELECT price_minor FROM price WHERE product_id = p.id AND list = {list} AND bound = 0
        AND from_us <= ?1 {newer} ORDER BY from_us DESC LIMIT 1
"""
_STORE = f"""coalesce(
    ({_BOUND.format(list=_STORE_LIST)}),
    ({_OPEN.format(list=_STORE_LIST, newer=_NEWER)}),
    p.price_minor)
"""
_OTHER = f"coalesce(({_BOUND.format(list='?2')}), ({_OPEN.format(list='?2', newer='')}))"
IN_EFFECT = f"iif(?2 = 'store', {_STORE}, coalesce(min({_OTHER}, {_STORE}), {_OTHER}, {_STORE}))"
"""SQL for the price of product `p` at ?1 (UTC microseconds, or NULL) in list ?2. A list's price is never higher than
the store's. A price with an end takes precedence over one without, and a later price over an earlier one.
"""

_HISTORY = """
    SELECT list, price_minor, from_us, until_us, source, 1 AS past FROM price
    WHERE product_id = (SELECT id FROM product WHERE sku = ?1)
    UNION ALL
    SELECT 'store', price_minor, priced_us, NULL, priced_by, 0 FROM product WHERE sku = ?1 AND price_minor IS NOT NULL
    ORDER BY from_us DESC, past LIMIT ?2
"""

_LISTED = f"SELECT p.sku, {IN_EFFECT} FROM json_each(?3) j JOIN product p ON p.sku = j.value"
_CHANGING = """
    SELECT DISTINCT p.sku FROM price c JOIN product p ON p.id = c.product_id JOIN json_each(?3) j ON j.value = p.sku
    WHERE c.list = 'store' AND (c.from_us BETWEEN ?1 AND ?2 OR (c.bound = 1 AND c.until_us BETWEEN ?1 AND ?2))
"""
_UNSETTLED = """
    SELECT DISTINCT p.sku FROM json_each(?1) j JOIN product p ON p.sku = j.value JOIN price c ON c.product_id = p.id
    WHERE c.from_us > ?2 OR c.until_us > ?2
"""


class PriceEntry(msgspec.Struct, frozen=True):
    """A price: list, start, end (None: until the next price), and source."""

    list: str
    price_minor: int
    from_us: int
    until_us: int | None
    source: str


def price_at(db: Connection, sku: str, at_us: Number, price_list: str = STORE) -> int | None:
    """Price of a product at a moment: the lower of the list's and the store's; None if it has neither."""
    entries = price_history(db, sku, HISTORY_LIMIT)
    found = [price for name in {STORE, price_list} if (price := _in_effect(entries, name, at_us)) is not None]
    return min(found, default=None)


def has_list(db: Connection, price_list: str) -> bool:
    """Whether any product has a past, current or future price in a list other than the store's."""
    found = db.execute("SELECT 1 FROM price WHERE list <> 'store' AND list = ? LIMIT 1", (price_list,))
    return found.fetchone() is not None


def price_history(db: Connection, sku: str, limit: Number = 500) -> list[PriceEntry]:
    """All prices of a product, latest start first; at most 2,000."""
    return [PriceEntry(*row[:-1]) for row in db.execute(_HISTORY, (sku, min(limit, HISTORY_LIMIT)))]


def read_price(db: Connection, sku: str, price_list: str, from_us: int) -> PriceEntry | None:
    """The price in a list that begins at a moment; None if there is none."""
    entries = price_history(db, sku, HISTORY_LIMIT)
    return next((entry for entry in entries if (entry.list, entry.from_us) == (price_list, from_us)), None)


def store_prices(db: Connection, skus: list[str], at_us: Number) -> dict[str, int]:
    """Store prices of products at a moment; products without one are omitted."""
    found = db.execute(_LISTED, (at_us, STORE, json.dumps(skus)))
    return {sku: price for sku, price in found if price is not None}


def prices_ahead(db: Connection, skus: list[str], moments: list[int]) -> tuple[dict[str, int], dict[str, list[int]]]:
    """Store prices at the first of the `moments` (ascending, UTC microseconds), and the prices at every moment of the
    products whose price changes before the last. Products with no price, or a price of 0, are omitted.
    """
    text = json.dumps(skus)
    listed = {sku: price for sku, price in store_prices(db, skus, moments[0]).items() if price}
    changed = dict[str, list[int]]()
    for (sku,) in db.execute(_CHANGING, (moments[0], moments[-1], text)):
        entries = price_history(db, sku, HISTORY_LIMIT)
        prices = [_in_effect(entries, STORE, at_us) or listed.get(sku, 0) for at_us in moments]
        if sku in listed and len({*prices}) > 1:
            changed[sku] = prices
    return listed, changed


def unsettled_prices(db: Connection, skus: Iterable[str], at_us: int) -> set[str]:
    """The products with a price, in any list, that starts or ends after `at_us`."""
    return {sku for (sku,) in db.execute(_UNSETTLED, (json.dumps(list(skus)), at_us))}


def planned_price(db: Connection, sku: str, at_us: int) -> int | None:
    """Scheduled store price without an end that is already in effect at a moment; None if there is none."""
    row = db.execute(
        f"SELECT ({_OPEN.format(list=_STORE_LIST, newer=_NEWER)}) FROM product p WHERE p.sku = ?2", (at_us, sku)
    ).fetchone()
    return row[0] if row else None


def entry_in_effect(entries: list[PriceEntry], price_list: str, at_us: int) -> PriceEntry | None:
    """One list's price at a moment, None if there is none; `entries` are sorted latest first."""
    begun = [entry for entry in entries if entry.list == price_list and entry.from_us <= at_us]
    bound = (entry for entry in begun if entry.until_us is not None and at_us < entry.until_us)
    return next(bound, next((entry for entry in begun if entry.until_us is None), None))


def _in_effect(entries: list[PriceEntry], price_list: str, at_us: int) -> int | None:
    found = entry_in_effect(entries, price_list, at_us)
    return found.price_minor if found else None

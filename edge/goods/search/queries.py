"""Product search: finds products for a typed text, best first."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import msgspec

from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.goods.catalog.listing.filter import Filter
from edge.goods.catalog.listing.queries import Fulfilling, browse, count
from edge.goods.catalog.listing.ranges import attribute_names, having, products_priced_within
from edge.goods.catalog.queries import CatalogProduct, find_by_code, find_by_ids, find_by_sku
from edge.goods.search import index
from edge.goods.search.popularity import IMPORTED_DAYS
from edge.goods.search.query.filters import PRICE, Limit, filters_in
from edge.goods.search.query.terms import QUERY_CHARS
from edge.goods.search.query.text import plain
from edge.lib.units.dates import after
from edge.lib.units.money import exponent

if TYPE_CHECKING:
    from edge.goods.search.retrieval import SearchResult

LIMIT, MATCHES_LIMIT = 20, 50
"""Default and maximum number of products per result."""

CODE_CHARS = 4
"""Minimum number of final digits that can find a code."""


class Found(msgspec.Struct, frozen=True):
    """Products, best first.

    `meant`: the corrected query, if used; `limits`: recognised conditions; `sure`: the first product contains the typed
    words.
    """

    products: list[CatalogProduct]
    meant: str = ""
    limits: tuple[Limit, ...] = ()
    sure: bool = False


class Listed(msgspec.Struct, frozen=True):
    """A page of products; `after`: position of the next page (None: the last).

    `count`: total number, on the first page only. `sure`: the first product contains the typed words, or none were
    typed.
    """

    products: list[CatalogProduct]
    after: int | None
    count: int | None
    meant: str = ""
    sure: bool = True


class Search:
    """Product search for a shop with this currency."""

    def __init__(self, currency: str) -> None:
        self.minor = 10 ** exponent(currency)

    def find(
        self,
        db: Connection,
        text: str,
        limit: Number = LIMIT,
        retired: bool = False,
        at_us: Number | None = None,
        near: bool = True,
    ) -> Found:
        """Find products by name (incomplete or misspelt, any language), code or its last digits, and conditions ("thc
        10-20", "under 50 €").

        At most 50 products; `retired` includes retired products. `at_us`: time of the prices. `near`: also try similar
        spellings if there is no exact match, which takes half of the time.
        """
        text, limit = text[:QUERY_CHARS], min(limit, MATCHES_LIMIT)
        found, limits = self._ids(db, text, retired, None, near)
        coded = _by_code(db, text, limit, retired)
        ids = dict.fromkeys(coded if _is_number(db, text) else (*coded, *found.ids))
        products = [one for one in find_by_ids(db, list(ids)[: 2 * limit], at_us) if retired or one.retired_us is None]
        return Found(products[:limit], found.meant, limits, found.sure or bool(coded))

    def with_word(self, db: Connection, word: str) -> list[CatalogProduct]:
        """Active products with this word, perhaps incomplete, in their texts, best first; codes and conditions are
        ignored.
        """
        from edge.goods.search.retrieval import ids_with_word  # imports rapidfuzz, which would delay the start

        ids = ids_with_word(db, word)
        return [one for one in find_by_ids(db, ids[:MATCHES_LIMIT]) if one.retired_us is None] if ids else []

    def page(self, db: Connection, text: str, wanted: Filter, after: int, limit: Number, at_us: int | None) -> Listed:
        """A page of a filter's products: all, or those matching a text, best first.

        Texts compare at most a few hundred products (`retrieval.RANKED`); `count` refers to those.
        """
        text = text[:QUERY_CHARS].strip()
        if not text:
            page = browse(db, wanted, after, limit, at_us)
            return Listed(page.products, page.after, None if after else count(db, wanted))
        within, retired = Fulfilling(db, wanted), wanted.retired != "no"
        found, _ = self._ids(db, text, retired, within)
        coded = index.fulfilling(_by_code(db, text, MATCHES_LIMIT, retired), within)
        ids = list(dict.fromkeys(coded if coded and _is_number(db, text) else (*coded, *found.ids)))
        behind = after + max(1, limit)
        further = behind if behind < len(ids) else None
        sure = found.sure or bool(coded)
        return Listed(find_by_ids(db, ids[after:behind], at_us), further, len(ids), found.meant, sure)

    def _ids(
        self, db: Connection, text: str, retired: bool, within: index.ProductFilter | None, near: bool = True
    ) -> tuple[SearchResult, tuple[Limit, ...]]:
        """Ids found by words and conditions, and the conditions."""
        from edge.goods.search.retrieval import find_ids  # imports rapidfuzz, which would slow the start

        limits, rest = filters_in(text, lambda name: _attributes(db).get(name))
        if limits:
            found = find_ids(db, rest, retired, _Fulfilling(db, limits, self.minor, within), near)
            if found.ids:
                return found, limits
        return find_ids(db, text, retired, within, near), ()


class _Fulfilling:
    """Products that match all conditions and are in `within`."""

    def __init__(
        self, db: Connection, limits: tuple[Limit, ...], minor: int, within: index.ProductFilter | None
    ) -> None:
        self._db = db
        self._within = within
        self._prices = [
            [None if bound is None else bound * minor // 1000 for bound in (limit.low, limit.high)]
            for limit in limits
            if limit.name == PRICE
        ]
        self._sets = [
            having(db, limit.name, limit.low, limit.high, limit.unit) for limit in limits if limit.name != PRICE
        ]

    def of(self, ids: Collection[int]) -> set[int]:
        good = set(ids).intersection(*self._sets)
        for low, high in self._prices:
            good = products_priced_within(self._db, low, high, good)
        return good if self._within is None else self._within.of(good)

    def all(self) -> set[int]:
        if self._sets:
            return self.of(set.intersection(*self._sets))
        return self.of(set.intersection(*(products_priced_within(self._db, low, high) for low, high in self._prices)))


def _attributes(db: Connection) -> dict[str, str]:
    return {plain(name): attribute for name, attribute in attribute_names(db).items()}


def _is_number(db: Connection, text: str) -> bool:
    """Whether this is a numeric SKU rather than a size."""
    number = text.strip()
    return number.isascii() and number.isdigit() and len(number) >= CODE_CHARS and find_by_sku(db, number) is not None


def _by_code(db: Connection, text: str, limit: int, retired: bool) -> list[int]:
    """Products with this SKU or code, and products with a code that ends in it."""
    code = "".join(text.split()).replace("-", "")
    if not code.isascii() or not code.isprintable():
        return []
    whole = (find_by_sku(db, text.strip()), find_by_code(db, code) if code else None)
    ids = [one.id for one in whole if one]
    if code.isdigit() and len(code) >= CODE_CHARS:
        ids += index.ending(db, code, limit, retired)
    return ids


_BEST = """
    SELECT p.sku FROM search_sold s JOIN product p ON p.id = s.id
    WHERE p.retired_us IS NULL ORDER BY s.heat DESC LIMIT ?
"""


def imported_through(db: Connection, today: str) -> str:
    """The last day of imported sales that still affect the ranking; "" if none do."""
    last = db.execute("SELECT max(business_date) FROM search_imported").fetchone()[0]
    return str(last) if last and last >= after(today, -IMPORTED_DAYS) else ""


def best_sellers(db: Connection, limit: Number) -> list[str]:
    """SKUs of active recent best sellers."""
    return [sku for (sku,) in db.execute(_BEST, (limit,))]

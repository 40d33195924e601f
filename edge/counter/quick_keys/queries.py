"""Queries of quick keys."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.counter.quick_keys.entities import QUICK_KEYS
from edge.counter.quick_keys.layout import PAGES_MOST, PLACES, Key, KeyPage
from edge.goods.catalog.categories.queries import path_of, read_categories
from edge.goods.catalog.product import Product
from edge.goods.catalog.queries import find_by_sku, read_products
from edge.goods.search.queries import best_sellers
from edge.lib.i18n import ENGLISH, in_all_languages

TINTS = ("green", "blue", "orange", "violet", "teal", "brown", "red", "yellow")


class ShownKey(msgspec.Struct, frozen=True):
    """A key as the till shows it, with its current price per `unit` (None: the till asks).

    `gone`: the product is discontinued.
    """

    place: int
    sku: str
    colour: str
    names: dict[str, str]
    price_minor: int | None
    picture: str
    unit: str
    gone: bool


class ShownPage(msgspec.Struct, frozen=True):
    """A page of keys as the till shows it."""

    names: dict[str, str]
    colour: str
    keys: tuple[ShownKey, ...]

    def tint(self, place: int) -> str:
        """The page's colour at this position: its own, or one that differs from its neighbours'."""
        return self.colour or TINTS[place % len(TINTS)]


def read_layout(db: Connection, of_register: str = "") -> tuple[KeyPage, ...]:
    """The layout set for a register, or for "" the shared layout."""
    found = QUICK_KEYS.find(db, of_register)
    return found.pages if found else ()


def register_layout(db: Connection, register: str) -> tuple[KeyPage, ...]:
    """The layout a register shows: its own, or the shared one."""
    return read_layout(db, register) or read_layout(db)


def has_keys(db: Connection, register: str) -> bool:
    """Whether a register's till shows any keys."""
    return bool(db.execute("SELECT 1 FROM quick_keys WHERE of_register IN ('', ?) LIMIT 1", (register,)).fetchone())


def read_keys(db: Connection, register: str, at_us: Number) -> list[ShownPage]:
    """The keys of a register, with current prices."""
    return [
        ShownPage(page.names, page.colour, tuple(_shown_key(db, key, at_us) for key in page.keys))
        for page in register_layout(db, register)
    ]


def proposed_keys(db: Connection) -> list[KeyPage]:
    """Proposed keys for recent best sellers by category.

    The best-selling category is on the first page, and the best product first on each page.
    """
    skus = best_sellers(db, PAGES_MOST * PLACES)
    products = read_products(db, skus)
    by_category: dict[str, list[str]] = {}
    for sku in skus:
        if sku in products:
            by_category.setdefault(_top(db, products[sku][1]), []).append(sku)
    names = {category.id: category.names for category in read_categories(db)}
    others = in_all_languages("quick.others")
    return [
        KeyPage({key: text[:40] for key, text in names.get(id, others).items()}, tuple(_in_order(found[:PLACES])))
        for id, found in list(by_category.items())[:PAGES_MOST]
    ]


def _in_order(skus: Iterable[str]) -> Iterable[Key]:
    return (Key(place, sku) for place, sku in enumerate(skus))


def _top(db: Connection, product: Product) -> str:
    path = path_of(db, product.category) if product.category else ()
    return path[0] if path else ""


def _shown_key(db: Connection, key: Key, at_us: int) -> ShownKey:
    found = find_by_sku(db, key.sku, at_us)
    if found is None:
        return ShownKey(key.place, key.sku, key.colour, {ENGLISH: key.sku}, None, "", "piece", gone=True)
    picture = next(iter(found.pictures or ()), "")
    gone = found.retired_us is not None
    return ShownKey(key.place, key.sku, key.colour, found.names, found.price_minor, picture, found.unit, gone)

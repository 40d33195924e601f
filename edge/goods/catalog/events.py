"""What can have happened to the catalogue."""

from __future__ import annotations

from edge.core.messages import Event
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.fields import VERSION
from edge.goods.catalog.product import Product, Source


class ProductSet(Event, frozen=True, omit_defaults=True):
    """A product is new or changed: `product` is all of it as it is from now on, its codes in normal form.

    `source` spoke; `word` is what it said where that is not `product` itself, because other sources count too or
    because another product has one of the codes. A word that speaks of nothing was taken back. Parts may be of a
    measure.
    """

    version = VERSION

    product: Product
    source: Source = Source()
    word: Product | None = None


class PriceChanged(Event, frozen=True, omit_defaults=True):
    """A product costs something else from now on, in the store's list; its source says so."""

    sku: str
    price_minor: int
    was_minor: int | None
    source: Source = Source()


class PriceSet(Event, frozen=True, omit_defaults=True):
    """From `from_us` on a product costs this in a list; until `until_us`, or until the next such price begins.

    `price_minor` None takes back the price of that list that begins there.
    """

    sku: str
    list: str
    price_minor: int | None
    from_us: int
    until_us: int | None = None
    source: Source = Source()


class ProductRetired(Event, frozen=True, omit_defaults=True):
    """The shop gave a product up; all that is known of it stays."""

    sku: str
    source: Source = Source()


class ProductRestored(Event, frozen=True, omit_defaults=True):
    """A product that was given up is sold again."""

    sku: str
    source: Source = Source()


class CategorySet(Event, frozen=True, omit_defaults=True):
    """A category is new or changed: all of it as it is from now on. It may say how far prices move, how much of it
    one person may have, where it comes among its neighbours, what law keeps from the young."""

    category: Category
    source: Source = Source()


class CategoryRemoved(Event, frozen=True, omit_defaults=True):
    """A category is no more. Nothing used it."""

    category: str
    source: Source = Source()


EVENTS: tuple[type[Event], ...] = (
    ProductSet,
    PriceChanged,
    PriceSet,
    ProductRetired,
    ProductRestored,
    CategorySet,
    CategoryRemoved,
)

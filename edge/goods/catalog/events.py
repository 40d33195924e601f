"""Catalogue events."""

from __future__ import annotations

from edge.core.messages import Event
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.fields import VERSION
from edge.goods.catalog.product import Product, Source


class ProductSet(Event, frozen=True, omit_defaults=True):
    """A product is new or changed: `product` is its complete new state, with normalised codes.

    `source`: the source of the change; `word`: the source's own data, if it differs from `product` because of other
    sources or another product's code. An empty word was withdrawn. A bundle's parts may be given by measure.
    """

    version = VERSION

    product: Product
    source: Source = Source()
    word: Product | None = None


class PriceChanged(Event, frozen=True, omit_defaults=True):
    """A product's store price changed, by its source."""

    sku: str
    price_minor: int
    was_minor: int | None
    source: Source = Source()


class PriceSet(Event, frozen=True, omit_defaults=True):
    """A product's price in a list from `from_us` until `until_us` or the next price.

    `price_minor` None removes the list's price that begins at `from_us`.
    """

    sku: str
    list: str
    price_minor: int | None
    from_us: int
    until_us: int | None = None
    source: Source = Source()


class ProductRetired(Event, frozen=True, omit_defaults=True):
    """A product was retired; its data stays."""

    sku: str
    source: Source = Source()


class ProductRestored(Event, frozen=True, omit_defaults=True):
    """A retired product was restored."""

    sku: str
    source: Source = Source()


class CategorySet(Event, frozen=True, omit_defaults=True):
    """A category is new or changed; the event has its complete data, including price deviation, limit per customer,
    position and restrictions.
    """

    category: Category
    source: Source = Source()


class CategoryRemoved(Event, frozen=True, omit_defaults=True):
    """An unused category was removed."""

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

"""Events of the catalogue."""

from __future__ import annotations

from edge.core.messages import Event
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.fields import VERSION
from edge.goods.catalog.product import Product, Source


class ProductSet(Event, frozen=True, omit_defaults=True):
    """A product is new or changed: `product` is its complete new state, with normalised codes.

    `source` made the change; `word` is what it said if that differs from `product`, because of other sources or a code
    of another product. An empty word was withdrawn. Parts may be measured.
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
    """A product's price in a list from `from_us`, until `until_us` or the next one.

    `price_minor` None removes the price of that list that begins there.
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
    """A category is new or changed: complete, including price deviation, limit per customer, position and
    restrictions."""

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

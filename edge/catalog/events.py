"""What can have happened to the catalogue."""

from __future__ import annotations

from edge.core.shapes import Event, Upcaster
from edge.units.quantity import Unit


class ProductSet(Event, frozen=True):
    """A product is new or changed: all of it as it is from now on.

    `names` by language (ISO 639-1), `codes` in normal form, `price_minor` None while
    nobody knows it, `min_age` in years (0: anyone).
    """

    sku: str
    names: dict[str, str]
    codes: tuple[str, ...]
    price_minor: int | None
    tax_class: str
    unit: Unit
    min_age: int
    source: str = ""


class PriceChanged(Event, frozen=True):
    """A product costs something else from now on."""

    sku: str
    price_minor: int
    was_minor: int | None
    source: str = ""


EVENTS: tuple[type[Event], ...] = (ProductSet, PriceChanged)
UPCASTERS: tuple[Upcaster, ...] = ()

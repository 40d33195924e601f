"""Product data from higher-level capabilities for the catalogue's pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import msgspec

from edge.core.services import Service
from edge.core.storage.database import Connection
from edge.goods.catalog.allergens import Allergens
from edge.goods.catalog.queries import CatalogProduct
from edge.goods.catalog.rating import Rating
from edge.lib.regions.place import Jurisdiction


class ProductStock(msgspec.Struct, frozen=True):
    """Stock of a product in thousandths; `available` excludes reserved stock and quarantine."""

    on_hand: int
    reserved: int
    on_order: int
    available: int
    status: str


class SupplierName(Protocol):
    """The supplier data used by the product page."""

    @property
    def names(self) -> Mapping[str, str]: ...


ON_HAND: Service[Callable[[Connection, Sequence[CatalogProduct]], list[ProductStock]]] = Service("stock of products")
"""Returns the stock of products, in the given order."""
SUPPLIERS: Service[Callable[[Connection], Sequence[SupplierName]]] = Service("suppliers")
INGREDIENTS: Service[Callable[[Connection, Sequence[str], str], dict[str, set[str]]]] = Service("ingredients")
"""Returns all ingredients of products, at every level, on a business day (ISO 8601)."""
ALLERGENS: Service[Callable[[Connection, str, str], Allergens]] = Service("allergens")
"""Returns the allergens of a product and all its components, on a business day."""
RATING: Service[Callable[[Connection, str, Jurisdiction], Rating]] = Service("rating")
"""Returns a product's rating as customers may see it in a jurisdiction."""

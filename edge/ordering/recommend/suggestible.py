"""Queries of the product and basket data that the rules of suggestions need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from edge.core.storage.database import Connection
from edge.counter.kitchen_screens.queries import ran_out
from edge.goods.catalog.allergens import allergens_of
from edge.goods.catalog.categories.queries import limited_categories, places_of
from edge.goods.catalog.least_age import kinds_of, least_ages
from edge.goods.catalog.product import Value
from edge.goods.catalog.queries import (
    CatalogProduct,
    find_by_ids,
    json_text,
    parts_at_all_levels,
    read_products,
)
from edge.goods.stock.queries import available_of
from edge.lib.regions.ages import Regulated
from edge.lib.regions.place import Jurisdiction
from edge.lib.units.quantity import ONE, SERVICE
from edge.ordering.recommend.never import Strength, Suggestible
from edge.ordering.recommend.similar.declared_units import declared_attributes, units_in, with_unit

STRONG = ("thc", "alcohol", "abv")
_RECALLED = "SELECT DISTINCT sku FROM stock_recall WHERE sku IN (SELECT value FROM json_each(?))"
_IDS = "SELECT p.id FROM json_each(?) j JOIN product p ON p.sku = j.value ORDER BY j.key"


class ProductReader:
    """Products of a store at a moment."""

    def __init__(
        self,
        db: Connection,
        place: Jurisdiction,
        at_us: int,
        business_date: str,
        price_list: str = "store",
        apart: Iterable[str] = (),
    ) -> None:
        self._db, self._place, self._at_us = db, place, at_us
        self._date, self._list, self._apart = business_date, price_list, frozenset(apart)
        self._declared = declared_attributes(db)
        limited = limited_categories(db)
        self._limited = {one.id: {name: a for name, a in one.attributes.items() if a.most} for one in limited}

    def products(self, skus: Sequence[str]) -> dict[str, CatalogProduct]:
        """Products from the catalogue, at current prices."""
        ids = [id for (id,) in self._db.execute(_IDS, (json_text(list(skus)),))]
        return {one.sku: one for one in find_by_ids(self._db, ids, self._at_us, self._list)}

    def read(self, skus: Sequence[str]) -> dict[str, Suggestible]:
        """Read products by SKU. Unknown SKUs are omitted."""
        db, known = self._db, self.products(skus)
        products = list(known.values())
        ages, kinds = least_ages(db, products, self._place), self._kinds(products)
        places, left = places_of(db, known), available_of(db, list(known)) | ran_out(db, self._date)
        allergens = allergens_of(db, list(known))
        recalled = {sku for (sku,) in db.execute(_RECALLED, (json_text(list(known)),))}
        return {
            sku: Suggestible(
                sku=sku,
                parent=one.variant_of or sku,
                brand=one.brand,
                categories=places[sku].categories,
                kinds=kinds[sku],
                least_age=ages[sku],
                price_minor=one.price_minor,
                available=left.get(sku),
                retired=one.retired_us is not None,
                recalled=sku in recalled,
                service=one.unit == SERVICE or sku in self._apart,
                strength=strength_of(self._with_units(one, places[sku].categories)),
                allergens=allergens[sku].all_said,
                limits=self._limits(one, places[sku].categories, kinds[sku]),
            )
            for sku, one in known.items()
        }

    def remaining_limits(self, goods: Iterable[tuple[str, int]]) -> dict[str, int]:
        """The rest of each purchase limit with these goods in the basket, given as SKU and thousandths of its unit."""
        left = {f"{id} {name}": a.most or 0 for id, named in self._limited.items() for name, a in named.items()}
        if not left:
            return left
        lines = list(goods)
        known = self.read([sku for sku, _ in lines])
        for sku, quantity in lines:
            for name, share in (known[sku].limits if sku in known else {}).items():
                left[name] -= (share or 0) * quantity // ONE
        return left

    def _kinds(self, products: Sequence[CatalogProduct]) -> dict[str, frozenset[Regulated]]:
        """The regulated kinds of each product and its parts."""
        below = parts_at_all_levels(self._db, [one.sku for one in products if one.parts])
        parts = read_products(self._db, sorted(set().union(*below.values())))
        found = kinds_of(self._db, [*products, *(part for _, part, _ in parts.values())])
        by_part = {sku: found.get(part.category or "", set[Regulated]()) for sku, (_, part, _) in parts.items()}
        return {
            one.sku: frozenset(found.get(one.category, set[Regulated]())).union(
                *(by_part.get(sku, set()) for sku in below.get(one.sku, ()))
            )
            for one in products
        }

    def _with_units(self, product: CatalogProduct, categories: Sequence[str]) -> dict[str, Value]:
        """A product's attributes.

        Numbers without a unit get the unit that its categories declare; the nearest category takes precedence.
        """
        units = units_in(categories, self._declared)
        said = product.attributes or {}
        return {name: with_unit(value, units.get(name, "")) for name, value in said.items()}

    def _limits(
        self, product: CatalogProduct, categories: Iterable[str], kinds: frozenset[Regulated]
    ) -> dict[str, int | None]:
        """A product's share of each purchase limit.

        It's unknown for regulated bundles, because suggestions don't add up their parts.
        """
        if product.parts and "cannabis" in kinds:
            return {"parts": None}
        attributes = product.attributes or {}
        return {
            f"{id} {name}": attribute.share_of(attributes.get(name))
            for id in categories
            for name, attribute in self._limited.get(id, {}).items()
        }


def strength_of(attributes: Mapping[str, Value]) -> Strength | None:
    """A product's strength; None if it isn't given as a number."""
    for name, value in attributes.items():
        if name.casefold() in STRONG:
            high = value.high if value.high is not None else value.low
            return Strength(high, value.unit) if high is not None else None
    return None

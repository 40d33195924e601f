"""Minimum age for a product, used to sell, hand over or display products."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import regulated_kinds
from edge.goods.catalog.product import Product
from edge.goods.catalog.queries import parts_at_all_levels, read_products
from edge.lib.regions.ages import Regulated, age_by_law
from edge.lib.regions.place import Jurisdiction

_ONLY_CANNABIS = re.compile(r"(?<![^\W\d_])thca?(?![^\W\d_])|^dried equivalent$", re.IGNORECASE)
"""Attribute names that only cannabis has, such as "THC".

Longer names that contain "THC" count too ("THC max", "Total THC %").
"""
_UNCLASSIFIED: tuple[Regulated, ...] = ("cannabis",)


def least_age(db: Connection, product: Product, *places: Jurisdiction) -> int:
    """Minimum age in years (0: anyone): the highest of the product's own age, the legal age at each of the `places`
    (store and delivery), and its parts' ages.
    """
    if not (product.parts or product.category or product.attributes):
        return product.min_age or 0  # nothing else sets an age, as for nearly all products
    return least_ages(db, [product], *places)[product.sku]


def least_ages(db: Connection, products: Sequence[Product], *places: Jurisdiction) -> dict[str, int]:
    """The minimum ages of several products, by SKU."""
    plain: dict[str, int] = {}
    for product in products:
        if product.parts or product.category or is_unclassified(product):
            break
        plain[product.sku] = product.min_age or 0
    else:
        return plain
    below = _below(db, products)
    parts = read_products(db, sorted(set().union(*below.values())))
    known = {sku: part for sku, (_, part, _) in parts.items()}
    kinds = kinds_of(db, [*products, *known.values()])
    ages = {product.sku: _own_age(product, kinds, places) for product in (*known.values(), *products)}
    return {
        product.sku: max([ages[product.sku], *(ages[part] for part in below[product.sku] if part in ages)])
        for product in products
    }


def least_age_added(db: Connection, skus: Collection[str], *places: Jurisdiction) -> int:
    """Minimum age for goods added to another product, such as those of a modifier."""
    if not skus:
        return 0
    products = [product for _, product, _ in read_products(db, sorted(set(skus))).values()]
    return max(least_ages(db, products, *places).values(), default=0)


def is_unclassified(product: Product) -> bool:
    """Whether a product has attributes that only cannabis has, but no category to determine its age and purchase limit.

    It counts as cannabis and can't be sold until it has a category.
    """
    return not product.category and any(map(_ONLY_CANNABIS.search, product.attributes or ()))


def unclassified_in(db: Connection, product: Product) -> Product | None:
    """The product or its first part that can't be sold until it has a category; None if there is none."""
    if is_unclassified(product):
        return product
    if not product.parts:
        return None
    parts = read_products(db, sorted(_below(db, [product])[product.sku]))
    return next((part for _, part, _ in parts.values() if is_unclassified(part)), None)


def _below(db: Connection, products: Sequence[Product]) -> dict[str, set[str]]:
    """Parts of each product, including nested recipes."""
    own = {product.sku: {part.sku for part in product.parts or ()} for product in products}
    if not any(own.values()):
        return own
    deep = parts_at_all_levels(db, sorted({sku for skus in own.values() for sku in skus} | own.keys()))
    return {sku: skus.union(deep[sku], *(deep[part] for part in skus)) for sku, skus in own.items()}


def _own_age(product: Product, kinds: Mapping[str, Iterable[Regulated]], places: Iterable[Jurisdiction]) -> int:
    """Minimum age of a product without its parts."""
    own = _UNCLASSIFIED if is_unclassified(product) else kinds.get(product.category or "", ())
    ages = [age_by_law(kind, place) for kind in own for place in places]
    return max(product.min_age or 0, *ages) if ages else product.min_age or 0


def kinds_with_parts(db: Connection, product: Product) -> set[Regulated]:
    """Legal restrictions of a product and its parts."""
    parts = read_products(db, sorted(_below(db, [product])[product.sku]))
    goods = [product, *(part for _, part, _ in parts.values())]
    found = {kind for kinds in kinds_of(db, goods).values() for kind in kinds}
    return found.union(_UNCLASSIFIED) if any(map(is_unclassified, goods)) else found


def takes_law(db: Connection, was: Product, after: Product) -> bool:
    """Whether a change lowers a product's own age or removes a legal restriction of its category.

    A field of `after` that is None is unchanged.
    """
    if after.min_age is not None and after.min_age < (was.min_age or 0):
        return True
    if after.category in (None, was.category):
        return False
    kinds = kinds_of(db, [was, after])
    return bool(kinds.get(was.category or "", set()) - kinds.get(after.category or "", set()))


def kinds_of(db: Connection, products: Iterable[Product]) -> dict[str, set[Regulated]]:
    """Legal restrictions of products by category; unrestricted categories are omitted."""
    return regulated_kinds(db, {product.category for product in products if product.category})

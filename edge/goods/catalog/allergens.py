"""Allergens of a product and its ingredients, used to sell, substitute or display products."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from edge.core.storage.database import Connection
from edge.goods.catalog.allergen_words import allergen_keys
from edge.goods.catalog.product import Value
from edge.goods.catalog.queries import read_products, recipe_edges

NAMES = frozenset({"allergens", "allergen", "allergènes", "allergène", "אלרגנים"})
"""Names of the allergen attribute, in lower case."""
Ingredients = Callable[[Connection, Sequence[str]], Mapping[str, Iterable[str]]]
"""Returns all ingredients of products, at every level."""


class Allergens(msgspec.Struct, frozen=True):
    """`named`: allergens of a product and all its ingredients, without duplicates, as first written.

    `unsaid`: SKUs without allergen data.
    """

    named: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()

    @property
    def keys(self) -> frozenset[str]:
        """Keys for comparison across languages."""
        return allergen_keys(self.named)

    @property
    def all_said(self) -> frozenset[str] | None:
        """The keys if the data is complete; None if there may be other allergens."""
        return None if self.unsaid else self.keys

    def within(self, other: Allergens) -> bool:
        """Whether a person who tolerates `other` tolerates this: both have no allergens, or this one's data is complete
        and adds none.
        """
        if not self.named and not other.named:
            return True
        return bool(self.named) and not self.unsaid and self.keys <= other.keys


def is_allergens(name: str) -> bool:
    """Whether an attribute of this name lists allergens."""
    return name.casefold() in NAMES


def stated_allergens(attributes: Mapping[str, Value] | None) -> tuple[str, ...] | None:
    """Allergens in a product's own attributes, separated by commas or semicolons; None without allergen data."""
    found = [value.text for name, value in (attributes or {}).items() if is_allergens(name)]
    words = (word.strip() for text in found for word in text.replace(";", ",").split(","))
    return tuple(word for word in words if word) if found else None


def own_allergens(sku: str, attributes: Mapping[str, Value] | None) -> Allergens:
    """Allergens of a product without ingredients, from its own attributes."""
    words = stated_allergens(attributes)
    return Allergens(unsaid=(sku,)) if words is None else Allergens(_once(words))


def allergens_of(db: Connection, skus: Sequence[str], ingredients: Ingredients = recipe_edges) -> dict[str, Allergens]:
    """Allergens of each product.

    A product with its own allergen data counts as checked: its ingredients can add allergens, but no data is missing.
    """
    inside = ingredients(db, skus)
    every = sorted({*skus, *inside, *(part for parts in inside.values() for part in parts)})
    words = {sku: stated_allergens(product.attributes) for sku, (_, product, _) in read_products(db, every).items()}
    known: dict[str, Allergens] = {}

    def visit(sku: str, above: frozenset[str]) -> Allergens:
        if sku not in known:
            parts = [visit(part, above | {sku}) for part in inside.get(sku, ()) if part not in above]
            own = words.get(sku)
            lacking = _once(one for part in parts for one in part.unsaid) if parts else (sku,)
            named = _once((*(own or ()), *(word for part in parts for word in part.named)))
            known[sku] = Allergens(named, lacking if own is None else ())
        return known[sku]

    return {sku: visit(sku, frozenset((sku,))) for sku in skus}


def _once(words: Iterable[str]) -> tuple[str, ...]:
    """Remove duplicates regardless of case, keeping the first spelling."""
    found: dict[str, str] = {}
    for word in words:
        found.setdefault(word.casefold(), word)
    return tuple(found.values())

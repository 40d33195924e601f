"""Calculate and propose dried cannabis equivalents for products without one, from category class and weight.

A proposal has no effect until approved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import msgspec

from edge.core.storage.database import Connection
from edge.goods.catalog.categories.category import Attribute
from edge.goods.catalog.categories.queries import limited_categories, parents, path_of
from edge.goods.catalog.product import Product, Value, content_of
from edge.goods.catalog.queries import json_text
from edge.lib.regions.dried_cannabis import CONCENTRATE_PERMILLE, CannabisClass, dried_equivalent
from edge.lib.regions.place import Jurisdiction

PROPOSED_LIMIT = 200
"""Maximum proposals to show."""
DRIED = "dried equivalent"
_CLASSES: Mapping[str, CannabisClass | None] = MappingProxyType(
    {
        "cannabis-flower": "dried",
        "cannabis-extracts": "concentrates",
        "cannabis-oils": "liquids",
        "cannabis-edibles": "solids",
        "cannabis-drinks": "beverages",
        "cannabis-capsules": None,
        "cannabis-topicals": None,
        "cannabis-seeds": "seeds",
    }
)
"""Class by category of the tree `cannabis`, including subcategories; None: the product decides whether it's solid or
liquid.
"""
_MEASURES: Mapping[CannabisClass, str] = MappingProxyType({"seeds": "piece", "liquids": "ml", "beverages": "ml"})
"""Units of a class in addition to grams; a millilitre counts as a gram."""
_STRONG_UNITS = MappingProxyType({"mg/g": 1, "mg/ml": 1, "%": 10})
"""Thousandths of the weight per unit of THC."""
_WITHOUT = """
    SELECT p.body FROM product p WHERE p.retired_us IS NULL AND p.category IN (SELECT value FROM json_each(?1))
    AND coalesce(json_array_length(p.body -> '$.parts'), 0) = 0 AND NOT EXISTS (
        SELECT 1 FROM product_attribute a
        WHERE a.product_id = p.id AND a.name = ?2 AND a.low > 0 AND a.unit IN ('', ?3))
    ORDER BY p.id
"""
_product = msgspec.json.Decoder(Product).decode


class DriedProposal(msgspec.Struct, frozen=True):
    """A proposed equivalent for a product of this cannabis class.

    `proposed`: the equivalent of one unit, in thousandths of a gram. `weight`: thousandths of a gram, or for seeds the
    number of seeds in thousandths.
    """

    sku: str
    names: dict[str, str]
    kind: CannabisClass
    weight: int
    attribute: str
    proposed: int

    @property
    def value(self) -> Value:
        """The proposal as a manager's value."""
        return Value(f"{self.proposed / 1000:g} g", self.proposed, self.proposed, "g")


def dried_proposals(db: Connection, place: Jurisdiction) -> list[DriedProposal]:
    """Proposals of a store at that place; none without known weight or class."""
    found: list[DriedProposal] = []
    tree = parents(db)
    for limited in limited_categories(db):
        attribute = limited.attributes.get(DRIED)
        if attribute is None or attribute.most is None:
            continue
        below = [id for id in tree if limited.id in path_of(db, id)]
        rows = db.execute(_WITHOUT, (json_text(below), DRIED, attribute.unit))
        products = (_product(body) for (body,) in rows)
        for proposal in _proposals(db, products, attribute, place):
            if len(found) == PROPOSED_LIMIT:
                return found
            found.append(proposal)
    return found


def _proposals(
    db: Connection, products: Iterator[Product], attribute: Attribute, place: Jurisdiction
) -> Iterator[DriedProposal]:
    classes: dict[str, CannabisClass | None] = {}
    for product in products:
        category = product.category or ""
        if category not in classes:
            known = [_CLASSES[id] for id in path_of(db, category) if id in _CLASSES]
            classes[category] = known[-1] if known else None
        kind = classes[category]
        if kind is None or not (weight := _weight(product, kind)):
            continue
        kind = _by_strength(product, kind)
        proposed = dried_equivalent(kind, weight, place)
        if proposed is not None and attribute.share_of(Value("", proposed, proposed, attribute.unit)):
            yield DriedProposal(product.sku, product.names or {}, kind, weight, DRIED, proposed)


def _weight(product: Product, kind: CannabisClass) -> int:
    """The weight of one unit, or for seeds their number, in thousandths; 0 if unknown. A range counts as its upper
    bound.
    """
    said = (product.attributes or {}).get("net weight")
    if kind != "seeds" and said is not None and said.unit == "g" and (said.low or 0) > 0:
        return max(said.low or 0, said.high or 0)
    measures = ("piece",) if kind == "seeds" else ("g", _MEASURES.get(kind, ""))
    return next((found for measure in measures if (found := content_of(product, measure))), 0)


def _by_strength(product: Product, kind: CannabisClass) -> CannabisClass:
    """The class "concentrates" for a solid or liquid product above the legal strength; otherwise its own class."""
    if kind not in ("solids", "liquids"):
        return kind
    thc = next((value for name, value in (product.attributes or {}).items() if name.casefold() == "thc"), None)
    if thc is None or thc.unit not in _STRONG_UNITS:
        return kind
    strong = max(thc.low or 0, thc.high or 0) * _STRONG_UNITS[thc.unit]
    return "concentrates" if strong > CONCENTRATE_PERMILLE * 1_000 else kind

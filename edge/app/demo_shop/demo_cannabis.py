"""Goods of the demo's cannabis store, made for this project with invented codes, plus accessories."""

from __future__ import annotations

from typing import NamedTuple

from edge.goods.catalog import codes
from edge.goods.catalog.product import Product, Value
from edge.lib.units.money import parse_minor

CURRENCY = "CAD"
TREE = "cannabis"
"""The shop's category tree, one of the catalogue's presets."""
FIRST_NUMBER = 9_900
LEAST_AGE = 19
OPENS = 9
"""Hour at which Ontario's permitted sales begin (`edge/lib/regions/selling_hours.toml`)."""


class _Goods(NamedTuple):
    """A product. `grams`: dried cannabis equivalent per unit, in thousandths of a gram; 0 for accessories."""

    sku: str
    names: tuple[str, str, str]
    price: str
    category: str
    grams: int


_GOODS = (
    _Goods("flower-35", ("Northern bud 3.5 g", "Fleurs du Nord 3,5 g", "תפרחת הצפון 3.5 ג'"), "29.95", "flower", 3500),
    _Goods("flower-1", ("Northern bud 1 g", "Fleurs du Nord 1 g", "תפרחת הצפון 1 ג'"), "9.95", "flower", 1000),
    _Goods("roll-1", ("Pre-roll 0.5 g", "Préroulé 0,5 g", "גלילה 0.5 ג'"), "6.95", "pre-rolls", 500),
    _Goods("roll-5", ("Pre-rolls 5 x 0.4 g", "Préroulés 5 x 0,4 g", "גלילות 5 x 0.4 ג'"), "22.95", "pre-rolls", 2000),
    _Goods("resin", ("Resin 1 g", "Résine 1 g", "שרף 1 ג'"), "34.95", "concentrates", 4000),
    _Goods("vape", ("Vape cartridge 0.5 g", "Cartouche 0,5 g", "מחסנית אידוי 0.5 ג'"), "27.95", "vapes", 2000),
    _Goods("oil", ("Oil 30 ml", "Huile 30 ml", 'שמן 30 מ"ל'), "39.95", "oils", 430),
    _Goods("gummies", ("Gummies 2 pieces", "Gélifiés 2 pièces", "סוכריות 2 יחידות"), "5.95", "edibles", 600),
    _Goods("chocolate", ("Chocolate 10 g", "Chocolat 10 g", "שוקולד 10 ג'"), "6.45", "edibles", 670),
    _Goods("papers", ("Rolling papers", "Papier à rouler", "ניירות גלגול"), "2.95", "accessories", 0),
    _Goods("grinder", ("Grinder", "Broyeur", "מטחנה"), "14.95", "accessories", 0),
)


def products() -> tuple[Product, ...]:
    """Return all products. The cannabis products are age-restricted."""
    return tuple(_product(number, one) for number, one in enumerate(_GOODS))


def _product(number: int, one: _Goods) -> Product:
    grams = Value(f"{one.grams / 1000:g} g", one.grams, one.grams, "g")
    return Product(
        one.sku,
        dict(zip(("en", "fr", "he"), one.names, strict=True)),
        (codes.in_store(FIRST_NUMBER + number),),
        parse_minor(one.price, CURRENCY),
        "standard",
        "piece",
        LEAST_AGE if one.grams else 0,
        category=f"{TREE}-{one.category}",
        attributes={"dried equivalent": grams} if one.grams else {},
    )

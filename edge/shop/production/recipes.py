"""What a recipe costs and how often it can be served now: of products whose parts leave as they are sold."""

from __future__ import annotations

import msgspec

from edge.core.messages import Refusal
from edge.core.storage.database import Connection
from edge.shop.catalog.queries import CatalogProduct, find_by_sku
from edge.shop.production import rules
from edge.shop.production.products import MadeGoods
from edge.shop.production.queries import Text
from edge.shop.stock.location import MAIN

RECIPES_MOST, THOUSANDTHS = 1_000, 1_000
_ALL = "SELECT sku FROM product WHERE body -> 'parts' IS NOT NULL AND retired_us IS NULL ORDER BY sku LIMIT ?"


class RecipeSeen(msgspec.Struct, frozen=True):
    """A product that is put together as it is sold: what its parts cost now (at least, where `cost.unknown` names some
    without), how many of it they are there for, its price in minor units with taxes, and its class of taxes ("": the
    shop's usual one). `unmeasured`: a part of it is measured and nobody said how much one holds."""

    sku: str
    names: dict[str, str]
    price_minor: int | None
    tax_class: str
    cost: rules.UnitCost
    portions: int
    unmeasured: str = ""


def recipe_costs(db: Connection, today: Text, location: Text = MAIN) -> list[RecipeSeen]:
    """All recipes, with what they cost and how many of each can be served on a business day."""
    find = MadeGoods(db, today, location)
    costs = rules.UnitCosts(find, find.average)
    skus = [sku for (sku,) in db.execute(_ALL, (RECIPES_MOST,)).fetchall()]
    found = ((find_by_sku(db, sku), find(sku)) for sku in skus)
    return [_seen(product, goods, find, costs) for product, goods in found if product and goods]


def _seen(product: CatalogProduct, goods: rules.MakeableProduct, find: MadeGoods, costs: rules.UnitCosts) -> RecipeSeen:
    about = (product.sku, dict(product.names), product.price_minor, product.tax_class or "")
    try:
        parts = rules.parts_of(goods, find)
    except Refusal as refusal:  # a part is retired, unknown, or of no known size
        lacking = str(refusal.refused.values.get("sku", ""))
        return RecipeSeen(*about, rules.UnitCost(0, (lacking,)), 0, lacking)
    portions = min(int(max(0, find.there(sku)) / amount) // THOUSANDTHS for sku, amount in parts.items())
    return RecipeSeen(*about, costs.sum_of(parts), portions)

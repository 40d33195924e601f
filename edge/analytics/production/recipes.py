"""Recipe costs and available portions, for products assembled when sold."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from edge.analytics.production import rules
from edge.analytics.production.products import MadeGoods
from edge.analytics.production.queries import Text
from edge.core.messages import Refusal
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import CatalogProduct, find_by_sku
from edge.goods.stock.location import MAIN
from edge.goods.stock.moving.costs import MICRO

RECIPES_MOST, THOUSANDTHS = 1_000, 1_000
_ALL = "SELECT sku FROM product WHERE body -> 'parts' IS NOT NULL AND retired_us IS NULL ORDER BY sku LIMIT ?"


class RecipeSeen(msgspec.Struct, frozen=True):
    """A product assembled when sold: the current cost of its parts (a minimum if `cost.unknown` isn't empty), available
    portions, gross price in minor units, and tax class ("": the shop's default). `unmeasured`: a measured part without
    a known size.
    """

    sku: str
    names: dict[str, str]
    price_minor: int | None
    tax_class: str
    cost: rules.UnitCost
    portions: int
    unmeasured: str = ""


class DishMargin(msgspec.Struct, frozen=True):
    """A dish's margin relative to its net price, in thousandths.

    `below`: the lowest gross price that would reach the shop's target, in minor units (None: already reached).
    """

    permille: int
    below: int | None = None


def margin_of(recipe: RecipeSeen, net: Callable[[int], int], target_percent: int = 0) -> DishMargin | None:
    """A dish's margin at its current price; `net` removes the tax from a price. None without a price, or if a part's
    cost is unknown."""
    net_minor = net(recipe.price_minor or 0)
    if net_minor <= 0 or recipe.cost.unknown:
        return None
    permille = round((net_minor - recipe.cost.micro / MICRO) * 1000 / net_minor)
    if not target_percent or _leaves(net_minor, recipe.cost.micro, target_percent):
        return DishMargin(permille)
    return DishMargin(permille, _least_price(recipe.cost.micro, net, target_percent))


def _leaves(net_minor: int, cost_micro: int, percent: int) -> bool:
    return net_minor * (100 - percent) * MICRO >= cost_micro * 100


def _least_price(cost_micro: int, net: Callable[[int], int], percent: int) -> int:
    """The lowest price with this margin, by binary search, as the net margin never falls when the price rises."""
    low, high = 0, 1
    while not _leaves(net(high), cost_micro, percent):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if _leaves(net(middle), cost_micro, percent):
            high = middle
        else:
            low = middle
    return high


def recipe_costs(db: Connection, today: Text, location: Text = MAIN) -> list[RecipeSeen]:
    """All recipes with cost and available portions on a business day."""
    find = MadeGoods(db, today, location)
    costs = rules.UnitCosts(find, find.average)
    skus = [sku for (sku,) in db.execute(_ALL, (RECIPES_MOST,)).fetchall()]
    found = ((find_by_sku(db, sku), find(sku)) for sku in skus)
    return [_recipe_view(product, goods, find, costs) for product, goods in found if product and goods]


def _recipe_view(
    product: CatalogProduct, goods: rules.MakeableProduct, find: MadeGoods, costs: rules.UnitCosts
) -> RecipeSeen:
    about = (product.sku, dict(product.names), product.price_minor, product.tax_class or "")
    try:
        parts = rules.parts_of(goods, find)
    except Refusal as refusal:  # a component is retired, unknown or of unknown size
        lacking = str(refusal.refused.values.get("sku", ""))
        return RecipeSeen(*about, rules.UnitCost(0, (lacking,)), 0, lacking)
    portions = min(int(max(0, find.there(sku)) / amount) // THOUSANDTHS for sku, amount in parts.items())
    return RecipeSeen(*about, costs.sum_of(parts), portions)

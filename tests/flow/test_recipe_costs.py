"""What a drink or a menu costs of what its parts cost, and how often it can be served."""

from __future__ import annotations

from pathlib import Path

from edge.shop.catalog.commands import RetireProducts, SetProducts
from edge.shop.catalog.product import BundlePart, Product, Size
from edge.shop.production.recipes import recipe_costs
from edge.shop.stock.commands import RecordMovement
from tests.shop_fixture import SYSTEM, done, open_shop, run

TODAY = "2027-01-15"
DRINK = (BundlePart("gin", 40_000, "ml"), BundlePart("tonic", 1_000))
GOODS = (
    Product("gin", {"en": "Gin"}, unit="piece", size=Size(700_000, "ml")),
    Product("tonic", {"en": "Tonic"}, unit="piece"),
    Product("lime", {"en": "Lime"}, unit="piece"),
    Product(
        "long",
        {"en": "Gin and tonic"},
        price_minor=900,
        parts=(BundlePart("gin", 40_000, "ml"), BundlePart("tonic", 1_000)),
    ),
    Product("menu", {"en": "Menu"}, price_minor=1_800, parts=(*DRINK, BundlePart("lime", 2_000))),
)


def test_a_recipe_costs_what_its_parts_cost(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await done(shop, SetProducts(GOODS), SYSTEM)
            await done(shop, RecordMovement("gin", "in", units=2_000, unit_cost_minor=1_400), SYSTEM)
            await done(shop, RecordMovement("tonic", "in", units=30_000, unit_cost_minor=50), SYSTEM)
            drink, menu = recipe_costs(shop.reader, TODAY)
            # 40 of 700 ml at 14.00, and a tonic: 1.30; two bottles are 35 drinks, of which the tonics are there for 30
            assert (drink.cost.micro, drink.cost.unknown, drink.portions) == (130_000_000, (), 30)
            assert (menu.cost.micro, menu.cost.unknown, menu.portions) == (130_000_000, ("lime",), 0), "at least"
            await done(shop, RecordMovement("lime", "in", units=20_000, unit_cost_minor=20), SYSTEM)
            menu = recipe_costs(shop.reader, TODAY)[1]
            assert (menu.cost.micro, menu.portions) == (170_000_000, 10)
            await done(shop, RetireProducts(("tonic",)), SYSTEM)
            assert [(one.portions, one.unmeasured) for one in recipe_costs(shop.reader, TODAY)] == [(0, "tonic")] * 2

    run(scenario())

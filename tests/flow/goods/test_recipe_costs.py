"""What a drink or a menu costs of what its parts cost, and how often it can be served."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from edge.analytics.production.recipes import DishMargin, RecipeSeen, margin_of, recipe_costs
from edge.analytics.production.rules import UnitCost
from edge.goods.catalog.commands import RetireProducts, SetProducts
from edge.goods.catalog.product import BundlePart, Product, Size
from edge.goods.stock.commands import RecordMovement
from edge.lib.tax.rules import Rate, TaxClass, TaxTable, net_of
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.shop_fixture import CONFIG, SYSTEM, done, open_shop, run

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


VAT = TaxTable(True, "total", (TaxClass("standard", (Rate("VAT", 20_000),)),))
ON_TOP = TaxTable(False, "total", (TaxClass("standard", (Rate("HST", 13_000),)),))


def _dish(price_minor: int | None, cost_minor: int, *unknown: str) -> RecipeSeen:
    return RecipeSeen("long", {}, price_minor, "", UnitCost(cost_minor * 1_000_000, unknown), 5)


def test_a_dish_below_the_target_is_proposed_the_least_price_that_reaches_it() -> None:
    net = partial(net_of, VAT, "standard")
    assert margin_of(_dish(1_080, 300), net) == DishMargin(667), "without a target nothing is below it"
    assert margin_of(_dish(1_200, 300), net, 70) == DishMargin(700), "at it is not below"
    assert margin_of(_dish(1_080, 300), net, 70) == DishMargin(667, 1_200)
    assert margin_of(_dish(1_000, 300), partial(net_of, ON_TOP, "standard"), 75) == DishMargin(700, 1_200)
    assert margin_of(_dish(100, 300), net, 70) == DishMargin(-2_614, 1_200), "it costs more than it brings"
    assert margin_of(_dish(None, 300), net, 70) is None
    assert margin_of(_dish(1_080, 300, "lime"), net, 70) is None, "nobody knows"


@given(st.integers(1, 10**6), st.integers(0, 10**6), st.integers(1, 95), st.sampled_from((VAT, ON_TOP)))
def test_no_lower_price_would_do(price_minor: int, cost_minor: int, percent: int, taxes: TaxTable) -> None:
    net = partial(net_of, taxes, "standard")
    found = margin_of(_dish(price_minor, cost_minor), net, percent)
    if found is None or found.below is None:
        return
    leaves = [net(price) * (100 - percent) >= cost_minor * 100 for price in (found.below - 1, found.below)]
    assert leaves == [False, True] and found.below > price_minor


def test_the_managers_page_names_it_with_the_price(tmp_path: Path) -> None:
    async def scenario() -> None:
        text = CONFIG + "[production]\ntarget_margin_percent = 90\n"
        async with serve(tmp_path, text) as served, calling(served) as caller:
            await done(served.shop, SetProducts(GOODS), SYSTEM)
            await done(served.shop, RecordMovement("gin", "in", units=2_000, unit_cost_minor=1_400), SYSTEM)
            await done(served.shop, RecordMovement("tonic", "in", units=30_000, unit_cost_minor=50), SYSTEM)
            page = (await caller.get("/manager/production")).text
            row = page.split('data-recipe="long"', 1)[1].split("</tr>", 1)[0]
            assert "Below target margin" in row and "15.60" in row, "ten times 1.30, and a fifth for taxes"
            assert "Below target margin" not in page.split('data-recipe="menu"', 1)[1].split("</tr>", 1)[0]

    run(scenario())

"""Recipes in recipes, and what is lost of an ingredient: what leaves the stock, costs, refusals, files."""

from __future__ import annotations

from pathlib import Path

from msgspec import structs

from edge.analytics.production.recipes import recipe_costs
from edge.core.command_bus import CommandBus
from edge.core.messages import Refused
from edge.counter.till.commands import AddLine, Pay
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.least_age import least_age
from edge.goods.catalog.product import BundlePart, Product, Size
from edge.goods.catalog.queries import find_by_sku
from edge.goods.stock.commands import RecordMovement
from edge.goods.stock.queries import read_stock
from edge.lib.regions.place import Jurisdiction
from tests.shop_fixture import SYSTEM, done, open_shop, run

TODAY = "2027-01-15"
ONION = BundlePart("onion", 90_000, "g", loss_permille=100)
SAUCE = Product(
    "sauce",
    {"en": "Sauce"},
    size=Size(500_000, "ml"),
    parts=(ONION, BundlePart("wine", 250_000, "ml"), BundlePart("egg", 2_000)),
)
"""Half a litre of it takes 100 g of onion for 90 that get into it."""
STEAK = Product(
    "steak",
    {"en": "Steak"},
    ("2000000000077",),
    2_400,
    parts=(BundlePart("meat", 250), BundlePart("sauce", 50_000, "ml"), BundlePart("onion", 10_000, "g")),
)
GOODS = (
    Product("onion", {"en": "Onion"}, unit="kg"),
    Product("wine", {"en": "Wine"}, unit="piece", size=Size(750_000, "ml")),
    Product("egg", {"en": "Egg"}, unit="piece"),
    Product("meat", {"en": "Meat"}, unit="kg"),
    SAUCE,
    STEAK,
)

OLD_WINE = structs.replace(GOODS[1], min_age=18)


async def _received(shop: CommandBus) -> None:
    for sku, units, cost in (
        ("onion", 10_000, 100),
        ("wine", 10_000, 900),
        ("egg", 60_000, 30),
        ("meat", 20_000, 2_000),
    ):
        await done(shop, RecordMovement(sku, "in", units=units, unit_cost_minor=cost), SYSTEM)


def test_what_is_sold_takes_the_parts_of_the_recipes_in_it_with_what_is_lost(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await done(shop, SetProducts(GOODS), SYSTEM)
            await _received(shop)
            steak = find_by_sku(shop.reader, "steak")
            assert steak is not None and steak.parts[1].sku == "sauce", "as it was written"
            taken = {(part.sku, part.measure): part.quantity for part in steak.leaves}
            # a tenth of the sauce: 10 g of onion with the loss, and 10 g beside it; 25 ml of wine, a fifth of an egg
            assert taken == {("meat", ""): 250, ("onion", "g"): 20_000, ("wine", "ml"): 25_000, ("egg", ""): 200}
            (recipe, _) = sorted(recipe_costs(shop.reader, TODAY), key=lambda one: one.sku, reverse=True)
            assert recipe.sku == "steak"
            # 500 of meat, 2 of onion, a thirtieth of a bottle at 900, a fifth of an egg at 30
            assert (recipe.cost.micro, recipe.cost.unknown) == ((500 + 2 + 30 + 6) * 1_000_000, ())
            await done(shop, AddLine(code=STEAK.codes[0] if STEAK.codes else "", quantity=2_000))
            await done(shop, Pay("cash", 4_800))
            left = {sku: read_stock(shop.reader, sku) for sku in ("meat", "onion", "egg", "sauce", "steak")}
            assert left == {"meat": 19_500, "onion": 9_960, "egg": 59_600, "sauce": 0, "steak": 0}
            await done(shop, SetProducts((structs.replace(SAUCE, parts=(BundlePart("egg", 5_000),)),)), SYSTEM)
            anew = find_by_sku(shop.reader, "steak")
            assert anew is not None and ("egg", 500) in {(part.sku, part.quantity) for part in anew.leaves}

    run(scenario())


def test_who_may_have_a_dish_is_said_by_all_that_is_in_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await done(shop, SetProducts((*GOODS[:1], OLD_WINE, *GOODS[2:])), SYSTEM)
            steak = find_by_sku(shop.reader, "steak")
            assert steak is not None and least_age(shop.reader, steak, Jurisdiction("FR")) == 18, "wine in its sauce"

    run(scenario())


def test_recipes_that_go_round_or_too_deep_are_refused(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await done(shop, SetProducts(GOODS), SYSTEM)

            async def code(*products: Product) -> str:
                outcome = await shop.do(SetProducts(products), SYSTEM)
                assert isinstance(outcome, Refused), outcome
                return outcome.code

            round_ = structs.replace(SAUCE, parts=(BundlePart("steak", 1_000),))
            assert await code(round_) == "recipe_circle", "by way of what takes it"
            assert await code(structs.replace(SAUCE, parts=(BundlePart("sauce", 1_000),))) == "part_unknown"
            chain = [
                Product(f"menu{n}", {"en": f"Menu {n}"}, parts=(BundlePart(f"menu{n - 1}" if n else "steak", 1_000),))
                for n in range(3)
            ]
            await done(shop, SetProducts(tuple(chain[:2])), SYSTEM)
            assert await code(chain[2]) == "recipe_deep"
            deeper = Product("onion", parts=(BundlePart("egg", 1_000),), unit="piece")
            assert await code(deeper) in ("recipe_deep", "part_size_unknown", "size_poured"), "also from below"
            many = [Product(f"p{n}", {"en": f"P{n}"}) for n in range(40)]
            await done(shop, SetProducts(tuple(many)), SYSTEM)
            halves = [
                Product(f"half{n}", {"en": f"Half {n}"}, parts=tuple(BundlePart(f"p{k}", 1) for k in range(n, n + 20)))
                for n in (0, 20)
            ]
            await done(shop, SetProducts(tuple(halves)), SYSTEM)
            both = Product("both", {"en": "Both"}, parts=(BundlePart("half0", 1_000), BundlePart("half20", 1_000)))
            assert await code(both) == "recipe_long"

    run(scenario())

"""What a shop notices of production: amounts that are exact, and histories that a plain model writes down the same."""

from __future__ import annotations

import random
from collections import Counter
from fractions import Fraction

import pytest

from edge.analytics.production.bom import Bom, BomLine
from edge.analytics.production.rules import (
    MakeableProduct,
    Structures,
    UnitCosts,
    can_make,
    can_make_in_all,
    components,
    explode,
    require_tree,
)
from edge.core.messages import Refusal
from edge.goods.catalog.product import BundlePart, Product, Size
from tests import production_histories
from tests.shop_fixture import run

SHAKE = Bom("shake", "shake", (BomLine("milk", 300_000, "ml"), BomLine("pair", 1_000)), yield_permille=900)
GOODS = {
    "shake": MakeableProduct(Product("shake"), whole=True, bom=SHAKE),
    "milk": MakeableProduct(Product("milk", size=Size(1_000_000, "ml"))),
    "pair": MakeableProduct(Product("pair", parts=(BundlePart("straw", 2_000), BundlePart("milk", 10_000, "ml")))),
    "straw": MakeableProduct(Product("straw"), whole=True),
}


def test_measures_kits_and_yield_are_exact() -> None:
    """300 ml of milk and 10 of the kit's, of which a tenth is lost; two straws a piece."""
    found = components(SHAKE, GOODS.get)
    assert found == {"milk": Fraction(310, 1_000) / Fraction(9, 10), "straw": 2 / Fraction(9, 10)}
    there = {"milk": 2_000, "straw": 9_000}
    assert can_make(GOODS["shake"], GOODS.get, lambda sku: there[sku]) == 4_000
    assert explode({"shake": 4_000}, GOODS.get, lambda sku: there.get(sku, 0)).buy == {}
    assert explode({"shake": 5_000}, GOODS.get, lambda sku: there.get(sku, 0)).buy == {"straw": 3_000}
    assert can_make_in_all(GOODS["shake"], Structures(GOODS.get), lambda sku: there[sku]) == 4_000


@pytest.mark.parametrize("seed", range(40))
def test_what_can_be_made_is_the_most_of_which_nothing_lacks(seed: int) -> None:
    """Against counting upwards from nothing, over made-up goods of three levels that share what they are made of."""
    chance = random.Random(seed)
    goods = {f"bought{n}": MakeableProduct(Product(f"bought{n}"), whole=chance.random() < 0.3) for n in range(3)}
    for level in range(3):
        for place in range(2):
            lines = tuple(BomLine(one, chance.randrange(1, 3_000)) for one in chance.sample(sorted(goods), 2))
            bom = Bom(f"{level}-{place}", f"{level}-{place}", lines, yield_permille=chance.choice((1_000, 970)))
            goods[bom.sku] = MakeableProduct(Product(bom.sku), whole=True, bom=bom)
    there = {sku: chance.randrange(-1_000, 60_000) for sku in goods}
    for made in (one for one in goods.values() if one.bom):
        counted = 0
        while not explode({made.product.sku: counted + made.step}, goods.get, there.__getitem__).buy:
            counted += made.step
        assert can_make_in_all(made, Structures(goods.get), there.__getitem__) == counted


def test_a_cost_through_shared_levels_takes_each_product_once() -> None:
    """Eight levels of ten products, each made of all ten below: a hundred million ways down, eighty products."""
    goods = {f"8-{place}": MakeableProduct(Product(f"8-{place}")) for place in range(10)}
    for level in range(8):
        lines = tuple(BomLine(f"{level + 1}-{place}", 100) for place in range(10))
        for place in range(10):
            sku = f"{level}-{place}"
            goods[sku] = MakeableProduct(Product(sku), bom=Bom(sku, sku, lines))
    asked = Counter[str]()

    def average(sku: str) -> int | None:
        asked[sku] += 1
        return 1_000_000 if sku.startswith("8-") else None

    assert UnitCosts(goods.get, average).of(goods["0-0"]).micro == 1_000_000
    assert set(asked.values()) == {1}


def test_a_cost_that_no_one_knows_counts_nothing_and_is_named() -> None:
    cost = UnitCosts(GOODS.get, {"milk": 90_000_000}.get).of(GOODS["shake"])
    assert (cost.micro, cost.unknown) == (31_000_000, ("straw",))


def test_a_level_too_deep_and_a_circle_are_refused_wherever_they_are() -> None:
    chain = {f"p{n}": [f"p{n + 1}"] for n in range(9)}
    for sku in ("p0", "p4", "p8"):
        with pytest.raises(Refusal, match="bom_deep"):
            require_tree(sku, chain)
    require_tree("p1", {sku: below for sku, below in chain.items() if sku != "p8"})
    with pytest.raises(Refusal, match="bom_circle"):
        require_tree("p3", {**chain, "p5": ["p2"]})


@pytest.mark.parametrize("seed", range(3))
def test_a_random_history_is_as_a_plain_model_says(seed: int) -> None:
    async def scenario() -> None:
        history = await production_histories.live(seed, 120)
        assert history.differences == []
        assert history.codes[""], "some was made"

    run(scenario())

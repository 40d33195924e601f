"""What a shop notices of production: amounts that are exact, and histories that a plain model writes down the same."""

from __future__ import annotations

from fractions import Fraction

import pytest

from edge.core.messages import Refusal
from edge.shop.catalog.product import BundlePart, Product, Size
from edge.shop.production.bom import Bom, BomLine
from edge.shop.production.rules import (
    MakeableProduct,
    can_make,
    can_make_in_all,
    components,
    explode,
    require_tree,
    unit_cost,
)
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
    assert can_make_in_all(GOODS["shake"], GOODS.get, lambda sku: there[sku]) == 4_000


def test_a_cost_that_nobody_knows_counts_nothing_and_is_named() -> None:
    cost = unit_cost(GOODS["shake"], GOODS.get, {"milk": 90_000_000}.get)
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

"""What a web shop sells as one piece is so much of our goods: bags of what is weighed, packs, cups of a size; in orders
and in what it is told, over the wires as they are documented."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from edge.core.messages import Refused
from edge.foundation.access.rights import system
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.modifiers.commands import SetModifierGroup
from edge.goods.modifiers.modifier import Modifier, ModifierGroup
from edge.goods.stock.commands import RecordMovement
from edge.lib.i18n import words
from edge.ordering.orders.queries import read_shop_order
from edge.ordering.web_orders.arrival import deliver
from edge.ordering.web_orders.commands import EndWebArticle, SetWebArticle
from edge.ordering.web_orders.queries import find_web_order, web_articles
from edge.ordering.web_orders.web_article import WebArticle
from edge.ordering.web_orders.web_order import Profile, WebLine, WebOrder, read_order
from tests.flow.ordering.test_web_shops_told import HOOK, HOOKS, Told, telling
from tests.shop_fixture import SYSTEM, agreed, done, run

COFFEE = Product("coffee", {"en": "Coffee beans"}, (), 2_000, "reduced", unit="kg")
LATTE = Product("latte", {"en": "Latte"}, (), 400, "reduced")
SIZE = ModifierGroup(
    "size",
    {"en": "Size"},
    (Modifier("small", {"en": "Small"}, preset=True), Modifier("large", {"en": "Large"}, 100)),
    ("latte",),
    least=1,
)


async def stocked(one: Told) -> None:
    """Two kilos of coffee beside the five milks, and a latte of two sizes."""
    await done(one.shop, SetProducts((COFFEE, LATTE)), SYSTEM)
    await done(one.shop, SetModifierGroup(SIZE), SYSTEM)
    await agreed(one.shop, RecordMovement("coffee", "in", units=2_000), SYSTEM)


def sells(one: Told, **goods: tuple[str, int]) -> None:
    """What the web shop has besides, by sku: price as text, pieces."""
    for sku, (price, pieces) in goods.items():
        one.there.prices[sku], one.there.pieces[sku] = price, pieces


@pytest.mark.parametrize("profile", ["shopify", "woocommerce"])
def test_bags_and_packs_are_told_of_by_price_and_number(profile: Profile, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, profile, 5) as one:
            await stocked(one)
            sells(one, HALF=("1.00", 0), KILO=("1.00", 0), SIX=("1.00", 9), CUP=("1.00", 50))
            if profile == "woocommerce":
                one.there.variants = {"HALF": "beans", "KILO": "beans"}
            for article in (
                WebArticle("web", "HALF", "coffee", 500),
                WebArticle("web", "KILO", "coffee", 1_000),
                WebArticle("web", "SIX", "milk", 2_000),
                WebArticle("web", "CUP", "latte", 1_000, ("size/large",)),
            ):
                await done(one.shop, SetWebArticle(article), SYSTEM)
            await one.look()
            assert {sku: one.there.prices[sku] for sku in ("HALF", "KILO", "SIX", "CUP")} == {
                **{"HALF": "10.00", "KILO": "20.00", "SIX": "2.40", "CUP": "5.00"}
            }
            assert [one.there.pieces[sku] for sku in ("HALF", "KILO", "SIX")] == [4, 2, 2]
            assert one.there.buy("HALF", 3)  # under way: what it takes is there for no kilo either
            one.clock.advance(15 * 60)
            await one.look()
            assert [one.there.pieces[sku] for sku in ("HALF", "KILO")] == [1, 0]

    run(scenario())


@pytest.mark.parametrize("profile", ["shopify", "woocommerce"])
def test_an_order_of_bags_and_variants_is_one_of_our_goods(profile: Profile, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, profile, 5) as one:
            await stocked(one)
            sells(one, HALF=("10.00", 4))
            await done(one.shop, SetWebArticle(WebArticle("web", "HALF", "coffee", 500)), SYSTEM)
            await done(one.shop, SetWebArticle(WebArticle("web", "77", "latte", 1_000, ("size/large",))), SYSTEM)
            await one.look()
            assert one.there.buy("HALF", 3)
            id = await one.comes(told(profile, 12, [("HALF", 3, 0), ("", 1, 77)], "35.00"))
            order = read_shop_order(one.shop.reader, id)
            assert order is not None
            assert [(line.sku, line.quantity, [m.ref for m in line.modifiers]) for line in order.goods.sold_lines] == [
                ("coffee", 1_500, []),
                ("latte", 1_000, ["size/large"]),
            ]
            await one.look()
            assert one.there.pieces["HALF"] == 1  # half a kilo is left: what was ordered came, and is counted once

    run(scenario())


def told(profile: Profile, id: int, lines: list[tuple[str, int, int]], total: str, grams: int = 0) -> Any:
    """An order as it is told: their sku, pieces, the number of a variant (0: they say none)."""
    order = HOOKS[profile](HOOK).order(id, [(sku, pieces) for sku, pieces, _ in lines], total)
    for item, (_, _, variant) in zip(order["line_items"], lines, strict=True):
        item |= {"variant_id": variant or None, "variation_id": variant, "grams": grams}
    return order


def test_what_is_weighed_goes_by_the_weight_that_they_state(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, "shopify", 5) as one:
            await stocked(one)
            sells(one, coffee=("1.00", 0))
            one.there.grams["coffee"] = 250
            await one.look()
            assert (one.there.prices["coffee"], one.there.pieces["coffee"]) == ("5.00", 8)
            id = await one.comes(told("shopify", 20, [("coffee", 2, 0)], "10.00", grams=250))
            order = read_shop_order(one.shop.reader, id)
            assert order is not None and order.goods.sold_lines[0].quantity == 500

    run(scenario())


def test_pieces_of_what_is_weighed_without_a_weight_wait_for_a_person(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, "woocommerce", 5) as one:
            await stocked(one)
            assert await one.comes(told("woocommerce", 30, [("coffee", 2, 0)], "20.00")) == ""
            held = find_web_order(one.shop.reader, "web", "30")
            assert held is not None and held.why == "web_weight_unsaid"
            assert "Coffee beans: coffee is sold by the piece" in words("en")[f"refused.{held.why}"].format(**held.told)
            await done(one.shop, SetWebArticle(WebArticle("web", "coffee", "coffee", 500)), SYSTEM)
            order = WebOrder("30", (WebLine("coffee", 2_000),), 2_000)
            await deliver(one.shop, "web", order, system())
            taken = find_web_order(one.shop.reader, "web", "30")
            assert taken is not None and taken.state == "taken"

    run(scenario())


def test_an_article_is_of_goods_that_there_are(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, "shopify", 5) as one:
            await stocked(one)
            for article, why in (
                (WebArticle("nowhere", "A", "milk"), "no_such_web_channel"),
                (WebArticle("web", "A", "nothing"), "unknown_sku"),
                (WebArticle("web", "A", "latte", modifiers=("size/huge",)), "modifier_unknown"),
            ):
                outcome = await one.shop.do(SetWebArticle(article), SYSTEM)
                assert isinstance(outcome, Refused) and outcome.code == why
            await done(one.shop, SetWebArticle(WebArticle("web", "A", "milk", 6_000)), SYSTEM)
            await done(one.shop, EndWebArticle("web", "A"), SYSTEM)
            assert web_articles(one.shop.reader) == ()

    run(scenario())


def test_parts_of_a_piece_are_read_and_what_is_none_is_not() -> None:
    def woo(quantity: Any) -> bytes:
        return (
            str({"id": 1, "total": "5.00", "line_items": [{"sku": "coffee", "quantity": quantity}]})
            .replace("'", '"')
            .encode()
        )

    assert read_order("woocommerce", woo(0.5), 2).lines[0].quantity == 500
    assert read_order("woocommerce", woo(3), 2).lines[0].quantity == 3_000
    for bad in (0.00005, -1, 0, '"many"'):
        with pytest.raises(ValueError):
            read_order("woocommerce", woo(bad), 2)

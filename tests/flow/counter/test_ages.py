"""How old one must be: the highest of what the product says and what the law says at the place, at every door."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from edge.core.messages import Refused
from edge.counter.till.commands import AbandonBasket, AddLine, AnswerQuestion, LineSold, Pay, SellBasket
from edge.counter.till.lines.line_modifiers import SetModifiers
from edge.goods.catalog.categories import presets
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import MANAGER, BundlePart, Product, Source, Value
from edge.goods.modifiers.commands import SetModifierGroup
from edge.goods.modifiers.modifier import Modifier, ModifierGroup
from edge.goods.quality.queries import quality_report
from edge.lib.regions.place import Jurisdiction
from edge.ordering.orders.commands import AddToCart, HandOverOrder, OpenCart, PlaceOrder, ReplaceLine, TakeUpOrder
from tests.ordering import CARD, STAFF, do, milk_order, refused, sales
from tests.shop_fixture import CASHIER, CONFIG, SYSTEM, FakeClock, done, open_shop, run


def at(place: str) -> str:
    return CONFIG.replace("[tax]", f"{place}\n[tax]")


NOON_US = 1_800_010_800_000_000
"""Within all hours that laws know."""
ONTARIO, QUEBEC, NOWHERE = at('province = "ON"'), at('province = "QC"'), CONFIG
KINDS = (
    *presets.load("cannabis"),
    Category("drinks", {"en": "Drinks"}),
    Category("spirits", {"en": "Spirits"}, "drinks", regulated="alcohol"),
    Category("smoke", {"en": "Tobacco"}, regulated="tobacco"),
)
GRAM = {"dried equivalent": Value("1 g", 1000, 1000, "g")}
GOODS = (
    Product("flower", {"en": "Flower"}, (), 3500, category="cannabis-pre-rolls", attributes=GRAM),
    Product("gin", {"en": "Gin"}, (), 2500, category="spirits"),
    Product("cigars", {"en": "Cigars"}, (), 900, category="smoke"),
    Product("gift", {"en": "Gift"}, (), 3000, parts=(BundlePart("gin", 1000), BundlePart("milk", 1000))),
    Product("knife", {"en": "Knife"}, (), 1000, category="spirits", min_age=25),
    Product("lax", {"en": "Lax"}, (), 1000, category="spirits", min_age=16),
    Product("juice", {"en": "Juice"}, (), 100, category="drinks"),
)


async def stocked(shop: Any) -> None:
    await do(shop, SetCategories(KINDS, Source(MANAGER)), SYSTEM)
    await do(shop, SetProducts(GOODS, Source(MANAGER)), SYSTEM)


@pytest.mark.parametrize(
    ("text", "ages"),
    [
        (ONTARIO, {"flower": 19, "gin": 19, "cigars": 19, "gift": 19, "knife": 25, "lax": 19}),
        (QUEBEC, {"flower": 21, "gin": 18, "cigars": 18, "gift": 18, "knife": 25, "lax": 18}),
        (at('province = "AB"'), {"flower": 18, "gin": 18, "cigars": 18}),
        (at('country = "FR"'), {"flower": 21, "gin": 18, "cigars": 18}),
        (at('country = "US"\nprovince = "NY"'), {"flower": 21, "gin": 21, "cigars": 21}),
        (NOWHERE, {"flower": 21, "gin": 19, "cigars": 21, "lax": 19}),
    ],
)
def test_each_door_asks_for_the_highest_of_product_and_law(tmp_path: Path, text: str, ages: dict[str, int]) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(NOON_US), text=text) as shop:
            await stocked(shop)
            for sku, age in ages.items():
                sale = SellBasket((LineSold(sku=sku),), CARD)
                no = await refused(shop, sale, CASHIER)
                assert (no.code, no.values["age"]) == ("age_not_checked", age), sku
                young = SellBasket((LineSold(sku=sku),), CARD, age_checked=age - 1)
                assert (await refused(shop, young, CASHIER)).values["age"] == age
                await do(shop, SellBasket((LineSold(sku=sku),), CARD, age_checked=age), CASHIER)
                basket = await do(shop, AddLine(sku=sku), CASHIER)
                (question,) = basket.questions
                assert (question.kind, question.min_age) == ("age", age)
                basket = await do(shop, AnswerQuestion(question.id), CASHIER)
                assert basket.age_checked == age
                await do(shop, Pay("card"), CASHIER)
                cart = await do(shop, OpenCart("phone"))
                no = await refused(shop, AddToCart(cart.id, sku=sku, age_said=age - 1))
                assert (no.code, no.values["age"]) == ("age_not_checked", age)
                cart = await do(shop, AddToCart(cart.id, sku=sku, age_said=age))
                placed = await do(shop, PlaceOrder(cart.id, cart.total_minor))
                assert (await refused(shop, HandOverOrder(placed.id, CARD), STAFF)).code == "id_not_checked"
                laid = await do(shop, TakeUpOrder(order=placed.id), STAFF)
                assert [one.min_age for one in laid.questions] == [age]
                await do(shop, AnswerQuestion(laid.questions[0].id, yes=True), STAFF)
                await do(shop, Pay("card"), STAFF)
            await do(shop, SellBasket((LineSold(sku="juice"),), CARD), CASHIER)
            assert all(one.age_checked >= ages[one.lines[0].sku] for one in sales(shop)[:-1])

    run(scenario())


def test_the_law_that_changes_while_it_is_ordered_is_that_of_the_hand_over(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, text=ONTARIO) as shop:
            await stocked(shop)
            order = await milk_order(shop)
            assert order.goods.min_age == 0
            await do(shop, SetProducts((Product("milk", category="spirits"),), Source(MANAGER)), SYSTEM)
            no = await refused(shop, HandOverOrder(order.id, CARD), STAFF)
            assert no == Refused("id_not_checked", {"said": order.said, "age": 19})

    run(scenario())


def test_an_age_that_is_said_behind_a_sale_holds_for_what_is_on_the_counter(tmp_path: Path) -> None:
    """What was sold before is remembered, until a product or a category changes."""
    free, regulated = Category("drinks", {"en": "Drinks"}), Category("drinks", {"en": "Drinks"}, regulated="alcohol")

    async def scenario() -> None:
        async with open_shop(tmp_path, text=ONTARIO) as shop:
            await stocked(shop)
            for sku, change, age in (
                ("milk", SetProducts((Product("milk", min_age=16),), Source(MANAGER)), 16),
                ("juice", SetCategories((regulated,), Source(MANAGER)), 19),
            ):
                await do(shop, SellBasket((LineSold(sku=sku),), CARD), CASHIER)
                await do(shop, AddLine(sku=sku), CASHIER)
                await do(shop, change, SYSTEM)
                no = await refused(shop, Pay("card"), CASHIER)
                assert (no.code, no.values["age"]) == ("age_not_checked", age)
                await do(shop, AbandonBasket(), CASHIER)
            await do(shop, SetCategories((free,), Source(MANAGER), whole=True), SYSTEM)
            await do(shop, SellBasket((LineSold(sku="juice"),), CARD), CASHIER)

    run(scenario())


def test_nothing_older_goes_in_the_place_of_what_is_short(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, text=ONTARIO) as shop:
            await stocked(shop)
            order = await milk_order(shop)
            no = await refused(shop, ReplaceLine(order.id, 1, "gin", agreed=True), STAFF)
            assert (no.code, no.values["age"]) == ("substitute_for_older", 19)

    run(scenario())


def test_goods_of_a_kind_without_an_age_and_a_store_without_a_place_are_found(tmp_path: Path) -> None:
    strong = {"alcohol": Value("14 %", 14_000, 14_000, "%")}
    loose = (
        Product("mead", {"en": "Mead"}, (), 900, attributes=strong),
        Product("bud", {"en": "Bud"}, (), 900, attributes={"THC": Value("20 %", 20_000, 20_000, "%")}),
        Product("port", {"en": "Port"}, (), 900, category="spirits", attributes=strong),
    )

    async def scenario() -> None:
        async with open_shop(tmp_path, text=NOWHERE) as shop:
            await stocked(shop)
            await do(shop, SetProducts(loose, Source(MANAGER)), SYSTEM)
            found = {one.check: one for one in quality_report(shop.reader, Jurisdiction(), "en")}
            assert [one.sku for one in found["age_missing"].examples] == ["mead", "bud"]
            assert found["place_missing"].count == 6
            here = {one.check: one for one in quality_report(shop.reader, Jurisdiction("FR"), "en")}
            assert [one.sku for one in here["place_missing"].examples] == ["flower"], "no law of France has its age"
            assert "place_missing" not in {
                one.check for one in quality_report(shop.reader, Jurisdiction("CA", "ON"), "en")
            }

    run(scenario())


def test_what_a_modifier_adds_has_its_age_at_every_door(tmp_path: Path) -> None:
    """A coffee with a shot of rum is rum to a till, a cart, an order and a changed line; without it, it's coffee."""
    shot = Modifier("rum", {"en": "Rum"}, 100, adds=(BundlePart("rum", 1000),))
    group = ModifierGroup("shots", {"en": "Shots"}, (shot,), products=("coffee",))
    rum = ("shots/rum",)

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            goods = (Product("coffee", {"en": "Coffee"}, (), 300), Product("rum", {"en": "Rum"}, (), 200, min_age=18))
            await done(shop, SetProducts(goods), SYSTEM)
            await done(shop, SetModifierGroup(group), SYSTEM)
            plain, strong = LineSold(sku="coffee", modifiers=()), LineSold(sku="coffee", modifiers=rum)
            assert await done(shop, SellBasket((plain,), CARD))
            no = await refused(shop, SellBasket((strong,), CARD), CASHIER)
            assert (no.code, no.values["age"]) == ("age_not_checked", 18)
            assert await done(shop, SellBasket((strong,), CARD, age_checked=18))
            cart = (await done(shop, OpenCart())).result
            no = await refused(shop, AddToCart(cart.id, sku="coffee", modifiers=rum))
            assert (no.code, no.values["age"]) == ("age_not_checked", 18)
            assert (await done(shop, AddToCart(cart.id, sku="coffee", modifiers=rum, age_said=18))).result.age == 18
            asked = (await done(shop, AddLine(sku="coffee", modifiers=rum))).result
            assert [one.kind for one in asked.questions] == ["age"]
            basket = (await done(shop, AnswerQuestion(asked.questions[0].id, yes=False))).result
            basket = (await done(shop, AddLine(sku="coffee", modifiers=()))).result
            changed = SetModifiers(basket.lines[-1].id, rum)
            assert (await refused(shop, changed, CASHIER)).code == "age_not_checked"
            asked = (await done(shop, AddLine(sku="rum"))).result
            await done(shop, AnswerQuestion(asked.questions[0].id))
            assert await done(shop, changed)
            paid = await done(shop, Pay("card"))
            assert paid.events

    run(scenario())

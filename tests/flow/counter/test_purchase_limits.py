"""What the law lets one person have at once: at the till, in a cart, in an order; in whatever lines it comes."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.core.messages import Done
from edge.counter.till.commands import (
    AbandonBasket,
    AddLine,
    LineSold,
    Pay,
    SellBasket,
    SetQuantity,
    UseCustomer,
    VoidLine,
)
from edge.counter.till.events import DayLimitPassed
from edge.goods.catalog.categories.category import Attribute, Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import MANAGER, BundlePart, Product, Source, Value
from edge.ordering.orders.commands import (
    AddToCart,
    ChangeOrder,
    HandOverOrder,
    LineWanted,
    MoveOrder,
    OpenCart,
    PlaceOrder,
)
from edge.people.customers.commands import SetCustomer
from tests.ordering import CARD, STAFF, do, refused, sales
from tests.shop_fixture import CASHIER, SYSTEM, FakeClock, open_shop, run

KINDS = (
    Category("weed", {"en": "Cannabis"}, attributes={"dried equivalent": Attribute("number", "g", most=30_000)}),
    Category("flower", {"en": "Flower"}, "weed"),
)


def grams(thousandths: int) -> dict[str, Value]:
    return {"dried equivalent": Value(f"{thousandths / 1000:g} g", thousandths, thousandths, "g")}


GOODS = (
    Product("bag", {"en": "Bag"}, (), 5000, category="flower", attributes=grams(14_000)),
    Product("gum", {"en": "Gum"}, (), 900, category="weed", attributes=grams(2_000)),
)


def test_nobody_gets_more_than_the_law_gives_whatever_the_lines(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, SetCategories(KINDS, Source(MANAGER)), SYSTEM)
            await do(shop, SetProducts(GOODS, Source(MANAGER)), SYSTEM)
            await do(shop, AddLine(sku="bag"), CASHIER)
            await do(shop, AddLine(sku="bag"), CASHIER)
            over = await refused(shop, AddLine(sku="bag"), CASHIER)
            assert (over.code, over.values) == ("purchase_limit", {"name": "Cannabis", "most": "30 g"})
            await do(shop, AddLine(sku="gum"), CASHIER)
            assert (await refused(shop, AddLine(sku="gum"), CASHIER)).code == "purchase_limit", "30 g are there already"
            assert (await refused(shop, SetQuantity(2, 2000), CASHIER)).code == "purchase_limit"
            await do(shop, AddLine(sku="milk"), CASHIER)
            await do(shop, VoidLine(2), CASHIER)
            await do(shop, Pay("card"), CASHIER)
            assert len(sales(shop)) == 1
            basket = SellBasket((LineSold(sku="bag", quantity=3000),), CARD)
            assert (await refused(shop, basket, CASHIER)).code == "purchase_limit"
            cart = await do(shop, OpenCart("kiosk"))
            assert (await refused(shop, AddToCart(cart.id, sku="bag", quantity=3000))).code == "purchase_limit"
            cart = await do(shop, AddToCart(cart.id, sku="bag", quantity=2000))
            order = await do(shop, PlaceOrder(cart.id, cart.total_minor))
            more = ChangeOrder(order.id, (LineWanted(1, 3000),))
            assert (await refused(shop, more, STAFF)).code == "purchase_limit"

    run(scenario())


def test_what_a_known_customer_had_on_the_same_day_is_counted_asked_about_and_noted(tmp_path: Path) -> None:
    clock = FakeClock()

    async def scenario() -> None:
        async with open_shop(tmp_path, clock) as shop:
            await do(shop, SetCategories(KINDS, Source(MANAGER)), SYSTEM)
            await do(shop, SetProducts(GOODS, Source(MANAGER)), SYSTEM)
            dana = await do(shop, SetCustomer(name="Dana"), SYSTEM)
            bags = (LineSold(sku="bag", quantity=2000),)
            await do(shop, SellBasket(bags, CARD, customer=dana), CASHIER)
            one = SellBasket((LineSold(sku="bag"),), CARD, customer=dana)
            asked = await refused(shop, one, CASHIER)
            assert (asked.code, asked.values) == (
                "purchase_limit_day",
                {"name": "Cannabis", "most": "30 g", "taken": "42 g"},
            )
            await do(shop, AddLine(sku="bag"), CASHIER)
            await do(shop, UseCustomer(dana), CASHIER)
            assert (await refused(shop, Pay("card"), CASHIER)).answer == asked.answer
            await do(shop, AbandonBasket(), CASHIER)
            over = SellBasket((LineSold(sku="bag", quantity=3000),), CARD, customer=dana, answers=(asked.answer,))
            assert (await refused(shop, over, CASHIER)).code == "purchase_limit", "in one hand-over nobody says yes"
            await do(shop, SellBasket((LineSold(sku="bag", quantity=2000),), CARD), CASHIER)  # of nobody who is known
            done = await shop.do(msgspec.structs.replace(one, answers=(asked.answer,)), CASHIER)
            assert isinstance(done, Done)
            assert DayLimitPassed(dana, "weed", "dried equivalent", 42_000, 30_000) in done.events
            clock.advance(86_400)
            await do(shop, SellBasket(bags, CARD, customer=dana), CASHIER)

    run(scenario())


def test_an_order_that_goes_over_the_day_is_asked_about_at_its_hand_over(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, SetCategories(KINDS, Source(MANAGER)), SYSTEM)
            await do(shop, SetProducts(GOODS, Source(MANAGER)), SYSTEM)
            dana = await do(shop, SetCustomer(name="Dana"), SYSTEM)
            five = Product("five", {"en": "Five gums"}, (), 20_000, parts=(BundlePart("gum", 5000),))
            await do(shop, SetProducts((*GOODS, five), Source(MANAGER)), SYSTEM)
            await do(shop, SellBasket((LineSold(sku="five", quantity=2000),), CARD, customer=dana), CASHIER)
            cart = await do(shop, OpenCart("phone"))
            cart = await do(shop, AddToCart(cart.id, sku="bag"))
            order = await do(shop, PlaceOrder(cart.id, cart.total_minor, customer=dana), STAFF)
            for state in ("accepted", "preparing", "ready"):
                await do(shop, MoveOrder(order.id, state), STAFF)
            hand_over = HandOverOrder(order.id, CARD)
            asked = await refused(shop, hand_over, STAFF)
            assert (asked.code, asked.values["taken"]) == ("purchase_limit_day", "34 g"), "of a bundle its parts count"
            await do(shop, msgspec.structs.replace(hand_over, answers=(asked.answer,)), STAFF)

    run(scenario())


def test_a_bundle_counts_with_what_is_in_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, SetCategories(KINDS, Source(MANAGER)), SYSTEM)
            five = Product("five", {"en": "Five gums"}, (), 20_000, parts=(BundlePart("gum", 5000),))
            await do(shop, SetProducts((*GOODS, five), Source(MANAGER)), SYSTEM)
            await do(shop, AddLine(sku="five", quantity=3000), CASHIER)
            assert (await refused(shop, AddLine(sku="gum"), CASHIER)).code == "purchase_limit"

    run(scenario())

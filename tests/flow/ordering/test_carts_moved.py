"""A cart goes on elsewhere: from the kiosk to the phone and back by QR; and an order of once becomes a cart again."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.counter.basket.basket import Basket, BasketLine
from edge.goods.catalog.commands import RetireProducts, SetProducts
from edge.goods.catalog.product import Pack, Product
from edge.goods.stock.commands import Moved, MoveStock
from edge.ordering.orders.carts import cart_handlers
from edge.ordering.orders.carts.cart import Cart
from edge.ordering.orders.carts.cart_moves import join_carts
from edge.ordering.orders.commands import (
    AddToCart,
    CancelOrder,
    ChangeOrder,
    HandOverOrder,
    LineWanted,
    OpenCart,
    OrderAgain,
    PlaceOrder,
    TakeCart,
)
from edge.ordering.orders.queries import read_cart
from tests.ordering import CARD, STAFF, do, free, milk_cart, refused, whole
from tests.shop_fixture import SYSTEM, open_shop, run


def test_a_cart_is_in_one_place_and_what_lies_in_both_counts_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, MoveStock("received", (Moved("milk", 10_000),)), SYSTEM)
            kiosk = await milk_cart(shop, 3)
            phone = await do(shop, TakeCart(kiosk.id, "phone"))
            assert (phone.channel, phone.total_minor, phone.id != kiosk.id) == ("phone", 360, True)
            assert read_cart(shop.reader, kiosk.id) is None and free(shop) == 7000
            assert (await refused(shop, TakeCart(kiosk.id, "phone"))).code == "no_such_cart", "its QR is used up"
            here = await milk_cart(shop, 1)
            await do(shop, AddToCart(phone.id, sku="tomato", quantity=500))
            both = await do(shop, TakeCart(phone.id, "kiosk", into=here.id))
            assert [(line.sku, line.quantity) for line in both.lines] == [("milk", 1000), ("tomato", 500)]
            assert (both.id, free(shop)) == (here.id, 9000)
            await whole(shop)

    run(scenario())


def test_who_reads_the_qr_is_not_who_showed_a_card() -> None:
    milk = BasketLine(1, "milk", "", {"en": "Milk"}, "piece", 1000, 120, "food")
    there = Basket("2", customer="c1", price_list="members", lines=(milk,))
    theirs = Cart("t", "phone", "2", there, 0, 0, 0, coupon_ends={"x": "2027-01-31", "y": "2027-01-01"})
    cart = join_carts(Cart("h", "kiosk", "1", Basket("1"), 0, 0, 0, coupon_ends={"y": "2027-02-01"}), theirs)
    both = cart.basket
    assert (len(both.lines), both.customer, both.price_list) == (1, "", "store")
    assert cart.coupon_ends == {"x": "2027-01-31", "y": "2027-02-01"}, "a coupon's last day goes where it goes"


def test_carts_of_phones_have_an_end_and_leave_room_for_the_kiosk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cart_handlers, "CARTS_MOST", 3)

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            cart = await milk_cart(shop, 1, "phone")
            order = await do(shop, PlaceOrder(cart.id, cart.total_minor))
            carts = [await do(shop, OrderAgain(order.secret)) for _ in range(3)]
            assert (await refused(shop, OrderAgain(order.secret))).code == "too_many_carts"
            assert (await refused(shop, OpenCart("phone"))).code == "too_many_carts"
            again = await do(shop, OrderAgain(order.secret, into=carts[0].id))
            assert again.id == carts[0].id and [line.quantity for line in again.lines] == [1000], "once"
            assert (await do(shop, OpenCart("kiosk"))).lines == ()

    run(scenario())


def test_the_same_again_at_todays_prices_and_what_is_gone_is_named(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            cart = await milk_cart(shop)
            cart = await do(shop, AddToCart(cart.id, sku="tomato", quantity=500))
            order = await do(shop, PlaceOrder(cart.id, cart.total_minor))
            await do(shop, CancelOrder(order.id), STAFF)
            again = await do(shop, OrderAgain(order.secret))
            assert (again.total_minor, again.missing) == (cart.total_minor, ())
            await do(shop, RetireProducts(("tomato",)), SYSTEM)
            again = await do(shop, OrderAgain(order.secret))
            assert [line.sku for line in again.lines] == ["milk"]
            assert [names["en"] for names in again.missing] == ["Tomatoes"]
            crates = (Product("cola", {"en": "Cola"}, ("96385074",), 250, packs=(Pack("5000213101278", 6),)),)
            await do(shop, SetProducts(crates), SYSTEM)
            cart = await do(shop, AddToCart((await milk_cart(shop)).id, code="5000213101278"))
            order = await do(shop, PlaceOrder(cart.id, cart.total_minor))
            await do(shop, ChangeOrder(order.id, (LineWanted(1, 0),)), STAFF)
            again = await do(shop, OrderAgain(order.secret))
            assert [(line.sku, line.quantity, line.units) for line in again.lines] == [("cola", 1000, 6)], "no milk"
            assert (await refused(shop, OrderAgain("x" * 24))).code == "no_such_order"
            assert (await do(shop, OpenCart("kiosk"))).lines == ()

    run(scenario())


def test_an_order_that_went_in_parts_is_ordered_again_as_a_whole(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            cart = await milk_cart(shop, 3)
            cart = await do(shop, AddToCart(cart.id, sku="tomato", quantity=500))
            order = await do(shop, PlaceOrder(cart.id, cart.total_minor))
            milk, tomato = (LineWanted(line.id, line.quantity) for line in order.goods.sold_lines)
            await do(shop, HandOverOrder(order.id, CARD, lines=(LineWanted(milk.line, 1000),)), STAFF)
            await do(shop, HandOverOrder(order.id, CARD, lines=(tomato,)), STAFF)
            await do(shop, HandOverOrder(order.id, CARD), STAFF)
            again = await do(shop, OrderAgain(order.secret, "phone"))
            assert {line.sku: line.quantity for line in again.lines} == {"milk": 3000, "tomato": 500}
            assert len(again.lines) == 2 and not again.missing

    run(scenario())

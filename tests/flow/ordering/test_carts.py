"""Carts through the door: priced at every touch, held for, ended; or begun at a till's counter."""

from __future__ import annotations

from pathlib import Path

from edge.core.journal.rows import facts
from edge.core.messages import Refused
from edge.counter.till.commands import AddLine, Pay, UseCustomer
from edge.counter.till.queries import read_basket
from edge.foundation.access.rights import anonymous_actor
from edge.goods.catalog.commands import ChangePrice, RestoreProducts, RetireProducts, SetPrice
from edge.goods.promotions.commands import SetPromotion
from edge.goods.promotions.promotion import PercentOff, Promotion
from edge.goods.stock.commands import Moved, MoveStock
from edge.goods.stock.queries import read_stock
from edge.ordering.orders.commands import (
    AddToCart,
    AddToOrder,
    AnswerCall,
    CallStaff,
    CancelOrder,
    CartCounter,
    ChangeOrder,
    EndCarts,
    HandOverOrder,
    LineWanted,
    OpenCart,
    PlaceOrder,
    SetCartLine,
    TakeUpOrder,
    TouchCart,
)
from edge.ordering.orders.events import CartEnded
from edge.ordering.orders.queries import (
    kiosk_calls,
    read_cart,
)
from edge.people.customers.commands import SetCustomer
from tests.ordering import CARD, STAFF, do, free, kept, milk_cart, milk_order, refused, sales, whole
from tests.shop_fixture import CASHIER, MILK, SYSTEM, FakeClock, open_shop, run


def test_the_price_of_this_moment_is_shown_and_asked_about(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            cart = await milk_cart(shop)
            await do(shop, ChangePrice("milk", 150), SYSTEM)
            no = await refused(shop, PlaceOrder(cart.id, 240))
            assert no == Refused("price_changed", {"was_minor": 240, "is_minor": 300})
            cart = await do(shop, TouchCart(cart.id))
            assert (cart.total_minor, cart.changed) == (300, {1: 120})
            order = await do(shop, PlaceOrder(cart.id, 300))
            await do(shop, ChangePrice("milk", 500), SYSTEM)
            await do(shop, HandOverOrder(order.id, CARD), STAFF)
            assert sales(shop)[0].total_minor == 300, "what was promised is what is paid"

    run(scenario())


def test_a_customers_cart_and_order_cost_the_lower_of_their_price_and_the_stores_with_its_promotion(
    tmp_path: Path,
) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            dana = await do(shop, SetCustomer(name="Dana", price_list="member"), SYSTEM)
            for sku, minor in (("milk", 90), ("beer", 230)):
                await do(shop, SetPrice(sku, minor, "member"), SYSTEM)
            fifth = Promotion("fifth", {"en": "A fifth off"}, PercentOff(20_000))
            await do(shop, SetPromotion(fifth), SYSTEM)
            cart = await milk_cart(shop)
            assert cart.total_minor == 192
            order = await do(shop, PlaceOrder(cart.id, 180, customer=dana), STAFF)
            more = await do(shop, AddToOrder(order.id, sku="beer", accepted_total_minor=380), STAFF)
            assert [line.amount_minor for line in more.goods.sold_lines] == [180, 200]
            await do(shop, HandOverOrder(order.id, CARD, id_checked=True), STAFF)
            (sale,) = sales(shop)
            assert (sale.total_minor, sale.price_list, sale.promotions) == (380, "member", {"fifth": fifth.names})
            await whole(shop)

    run(scenario())


def test_what_was_given_up_meanwhile_is_struck_and_the_rest_can_be_ordered(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            cart = await milk_cart(shop)
            cart = await do(shop, AddToCart(cart.id, sku="tomato", quantity=500))
            await do(shop, RetireProducts(("milk",)), SYSTEM)
            assert (await refused(shop, PlaceOrder(cart.id, cart.total_minor))).code == "price_changed"
            cart = await do(shop, TouchCart(cart.id))
            assert cart.gone == (1,) and [line.sku for line in cart.lines] == ["tomato"]
            assert (await refused(shop, SetCartLine(cart.id, 1, 2000))).code == "no_such_line", "it is not sold"
            cart = await do(shop, SetCartLine(cart.id, 1, 0))
            assert cart.gone == () and [line.id for line in cart.basket.lines] == [2], "what is struck is taken out"
            order = await do(shop, PlaceOrder(cart.id, cart.total_minor))
            assert [line.sku for line in order.goods.sold_lines] == ["tomato"]
            cart = await do(shop, OpenCart("kiosk"))
            assert (await refused(shop, AddToCart(cart.id, sku="milk"))).code == "retired"
            assert (await refused(shop, PlaceOrder(cart.id, 0))).code == "cart_empty"

    run(scenario())


def test_what_is_sold_again_is_in_the_cart_again_and_held_for_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, MoveStock("received", (Moved("milk", 10_000),)), SYSTEM)
            cart = await milk_cart(shop)
            await do(shop, RetireProducts(("milk",)), SYSTEM)
            assert (await do(shop, TouchCart(cart.id))).gone == (1,)
            assert free(shop) == 10_000
            await do(shop, RestoreProducts(("milk",)), SYSTEM)
            await do(shop, ChangePrice("milk", 130), SYSTEM)
            cart = await do(shop, TouchCart(cart.id))
            assert (cart.gone, cart.total_minor, cart.changed) == ((), 260, {1: 120}), "at the price of this moment"
            assert free(shop) == 8000
            order = await do(shop, PlaceOrder(cart.id, 260))
            assert [line.sku for line in order.goods.sold_lines] == ["milk"]
            await whole(shop)

    run(scenario())


def test_a_cart_ends_when_nobody_touches_it_and_the_journal_hears_of_what_was_in_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            cart = await milk_cart(shop)
            clock.advance(100)
            cart = await do(shop, TouchCart(cart.id))
            assert cart.left_s == 120
            clock.advance(121)
            assert (await refused(shop, TouchCart(cart.id))).code == "no_such_cart"
            assert await do(shop, EndCarts(), SYSTEM) == 1
            (ended,) = (fact.event for fact in facts(shop.reader, shop.registry) if isinstance(fact.event, CartEnded))
            assert (ended.why, ended.total_minor, [(one.sku, one.quantity) for one in ended.goods]) == (
                "idle",
                240,
                [("milk", 2000)],
            )
            empty = await do(shop, OpenCart("kiosk"))
            clock.advance(121)
            await do(shop, EndCarts(), SYSTEM)
            assert read_cart(shop.reader, empty.id) is None
            assert sum(isinstance(fact.event, CartEnded) for fact in facts(shop.reader, shop.registry)) == 1

    run(scenario())


def test_who_is_called_stops_the_clock_of_the_cart(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            cart = await milk_cart(shop)
            await do(shop, CallStaff())
            clock.advance(200)
            assert [call.register for call in kiosk_calls(shop.reader)] == ["2"]
            assert (await do(shop, TouchCart(cart.id))).total_minor == 240
            await do(shop, AnswerCall("2"), CASHIER)
            assert kiosk_calls(shop.reader) == []

    run(scenario())


def test_what_lies_on_a_counter_is_ordered_for_later(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            assert (await refused(shop, CartCounter(), CASHIER)).code == "basket_empty"
            await do(shop, AddLine(MILK), CASHIER)
            cart = await do(shop, CartCounter(), CASHIER)
            assert read_basket(shop.reader, "1").empty
            order = await do(shop, PlaceOrder(cart.id, 120, name="Dana"), CASHIER)
            assert (order.said, order.channel) == ("T01", "till")
            await do(shop, TakeUpOrder(order=order.id), CASHIER)
            assert (await refused(shop, CartCounter(), CASHIER)).code == "order_on_counter"
            assert (await refused(shop, UseCustomer("c1"), CASHIER)).code == "order_on_counter"
            await do(shop, Pay("card"), CASHIER)
            assert len(sales(shop)) == 1 and kept(shop, order).state == "handed_over"

    run(scenario())


def test_two_kiosks_take_the_last_piece_and_one_gets_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await do(shop, MoveStock("received", (Moved("milk", 3000),)), SYSTEM)
            other = anonymous_actor("1", "kiosk")
            cart = await milk_cart(shop)
            theirs = await do(shop, OpenCart("kiosk"), other)
            await do(shop, AddToCart(theirs.id, sku="milk"), other)
            no = await refused(shop, AddToCart(theirs.id, sku="milk"), other)
            assert (no.code, no.values["available"], no.values["name"]) == ("not_enough", "1", "Milk")
            assert free(shop) == 0
            order = await do(shop, PlaceOrder(cart.id, 240))
            assert free(shop) == 0, "what lay in the cart is the order's"
            await do(shop, ChangeOrder(order.id, (LineWanted(1, 1000),)), STAFF)
            assert free(shop) == 1000
            await do(shop, AddToCart(theirs.id, sku="milk"), other)
            clock.advance(130)
            await do(shop, EndCarts(), SYSTEM)
            assert free(shop) == 2000
            await do(shop, HandOverOrder(order.id, CARD), STAFF)
            assert (free(shop), read_stock(shop.reader, "milk")) == (2000, 2000)
            order = await milk_order(shop)
            assert free(shop) == 0
            await do(shop, CancelOrder(order.id), STAFF)
            assert free(shop) == 2000
            await whole(shop)

    run(scenario())


def test_a_line_is_taken_out_and_a_quantity_set(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            cart = await milk_cart(shop)
            assert (await do(shop, SetCartLine(cart.id, 1, 5000))).total_minor == 600
            assert (await refused(shop, SetCartLine(cart.id, 1, 1500))).code == "whole_pieces_only"
            assert (await refused(shop, SetCartLine(cart.id, 1, 1_000_000))).code == "too_much_of_it"
            assert (await do(shop, SetCartLine(cart.id, 1, 0))).lines == ()
            assert (await refused(shop, SetCartLine(cart.id, 1, 1000))).code == "no_such_line"

    run(scenario())

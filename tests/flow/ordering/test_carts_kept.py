"""What is left of carts whose time is over: lists; and of promises where a till sold the goods: short lines."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.people.forgetting import ForgetPerson
from edge.counter.till.commands import AddLine, Pay, UseCustomer
from edge.foundation.access.rights import anonymous_actor
from edge.goods.catalog.commands import ChangePrice, RetireProducts
from edge.goods.stock.commands import LiftRecall, Moved, MoveStock, RecallLot, RecordMovement, SetLocation
from edge.goods.stock.queries import read_stock
from edge.ordering.orders.carts.cart import Cart
from edge.ordering.orders.commands import (
    AddToCart,
    CartCounter,
    ChangeOrder,
    EndCarts,
    HandOverOrder,
    LeaveCart,
    LineWanted,
    MoveOrder,
    OpenCart,
    PlaceOrder,
    SetCartLine,
    TakeCart,
    TakeWhatIs,
    TouchCart,
)
from edge.ordering.orders.order import KeptOrder
from edge.ordering.orders.queries import cart_at, read_cart, save_cart, wanting_orders
from edge.ordering.orders.sweeper_part import CartSweeper
from edge.people.customers.commands import MergeCustomers, SetCustomer
from edge.people.customers.queries import read_customer
from tests.ordering import CARD, STAFF, do, free, kept, milk_cart, milk_order, refused, whole
from tests.shop_fixture import CASHIER, MILK, SYSTEM, FakeClock, agreed, open_shop, run

DAY_S = 24 * 3600


async def stocked(shop: CommandBus, pieces: int, lot: str = "") -> None:
    await do(shop, MoveStock("received", (Moved("milk", pieces * 1000, lot=lot),)), SYSTEM)


async def sold_at_the_till(shop: CommandBus, pieces: int) -> None:
    for _ in range(pieces):
        await do(shop, AddLine(MILK), CASHIER)
    await do(shop, Pay("card"), CASHIER)


def short(shop: CommandBus) -> list[str]:
    """What the orders are called of which something is short."""
    return [order.said for order in wanting_orders(shop.reader, ZoneInfo("UTC"), shop.now_us()) if order.short]


def test_the_cart_of_a_phone_is_a_list_for_seven_days_and_lives_again_at_todays_prices(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await stocked(shop, 3)
            cart = await milk_cart(shop, 3, "phone")
            cart = await do(shop, AddToCart(cart.id, sku="tomato", quantity=500))
            clock.advance(1801)
            await do(shop, EndCarts(), SYSTEM)
            assert free(shop) == 3000, "its time took what was held, not the list"
            await sold_at_the_till(shop, 2)
            await do(shop, ChangePrice("milk", 150), SYSTEM)
            await do(shop, RetireProducts(("tomato",)), SYSTEM)
            clock.advance(6 * DAY_S)
            again = await do(shop, TouchCart(cart.id))
            assert (again.short, again.changed, again.gone) == ({1: 1000}, {1: 120}, (2,)), "short, dearer, gone"
            assert (free(shop), again.left_s) == (0, 1800)
            no = await refused(shop, PlaceOrder(again.id, again.total_minor))
            assert (no.code, no.values["available"], no.values["name"]) == ("not_enough", "1", "Milk")
            fits = await do(shop, TakeWhatIs(again.id))
            assert ([line.quantity for line in fits.lines], fits.short, fits.total_minor) == ([1000], {}, 150)
            order = await do(shop, PlaceOrder(fits.id, 150))
            assert [line.quantity for line in order.goods.sold_lines] == [1000]
            old = await milk_cart(shop, 0, "phone")
            assert (await refused(shop, AddToCart(old.id, sku="milk"))).code == "not_enough"
            await stocked(shop, 1)
            await do(shop, AddToCart(old.id, sku="milk"))
            clock.advance(1801)
            await do(shop, EndCarts(), SYSTEM)
            clock.advance(7 * DAY_S)
            assert (await refused(shop, TouchCart(old.id))).code == "no_such_cart"
            await do(shop, EndCarts(), SYSTEM)
            assert read_cart(shop.reader, old.id) is None
            await whole(shop)

    run(scenario())


def test_a_kiosk_keeps_no_list_and_a_phone_none_that_was_given_up(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            at_kiosk, given_up = await milk_cart(shop), await milk_cart(shop, 1, "phone")
            await do(shop, LeaveCart(given_up.id))
            clock.advance(130)
            await do(shop, EndCarts(), SYSTEM)
            for cart in (at_kiosk, given_up):
                assert read_cart(shop.reader, cart.id) is None

    run(scenario())


def test_the_list_of_who_is_forgotten_goes_with_them(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            customer = await do(shop, SetCustomer(name="Dana"), SYSTEM)
            await do(shop, UseCustomer(customer), CASHIER)
            await do(shop, AddLine(MILK), CASHIER)
            cart = await do(shop, CartCounter(), CASHIER)
            clock.advance(1801)
            await do(shop, EndCarts(), SYSTEM)
            listed = read_cart(shop.reader, cart.id)
            assert listed is not None and listed.ended and listed.basket.customer == customer
            await do(shop, ForgetPerson(customer), SYSTEM)
            assert read_cart(shop.reader, cart.id) is None

    run(scenario())


def test_of_two_carts_that_become_one_what_is_too_much_is_marked_short(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop, 3)
            here, there = await do(shop, OpenCart("phone")), await milk_cart(shop, 3)
            await sold_at_the_till(shop, 2)
            one = await do(shop, TakeCart(there.id, "phone", here.id))
            assert one.short == {1: 1000} and free(shop) == 0
            tomato = await do(shop, AddToCart(one.id, sku="tomato", quantity=500))
            assert tomato.short == {1: 1000}, "a short line stands in the way of nothing else"
            assert (await refused(shop, SetCartLine(one.id, 1, 4000))).code == "not_enough"
            await stocked(shop, 2)
            assert (await do(shop, TouchCart(one.id))).short == {}, "it came back"

    run(scenario())


def test_a_till_sells_what_is_promised_and_carts_are_short_before_orders_the_newest_first(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await stocked(shop, 6)
            first: KeptOrder = await milk_order(shop)
            clock.advance(1)
            second: KeptOrder = await milk_order(shop)
            old = await milk_cart(shop, 1)
            clock.advance(1)
            other = anonymous_actor("1", "kiosk")
            young = await do(shop, OpenCart("kiosk"), other)
            await do(shop, AddToCart(young.id, sku="milk"), other)
            await sold_at_the_till(shop, 1)
            assert (await do(shop, TouchCart(old.id))).short == {} and short(shop) == []
            assert (await do(shop, TouchCart(young.id), other)).short == {1: 0}
            assert free(shop) == 0
            await sold_at_the_till(shop, 3)
            assert (await do(shop, TouchCart(old.id))).short == {1: 0}
            assert short(shop) == [second.said], "the newest first"
            await do(shop, ChangeOrder(second.id, (LineWanted(1, 1000),)), STAFF)
            assert short(shop) == [second.said], "less is not refused, and none is there"
            await do(shop, HandOverOrder(first.id, CARD), STAFF)
            assert read_stock(shop.reader, "milk") == 0
            await whole(shop)

    run(scenario())


def test_an_order_whose_lot_was_recalled_is_told_and_not_ready_before_it_is_filled_from_another(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop, 3, "L1")
            order = await milk_order(shop)
            await do(shop, MoveOrder(order.id, "accepted"), STAFF)
            await do(shop, MoveOrder(order.id, "preparing"), STAFF)
            await do(shop, RecallLot("milk", "L1"), SYSTEM)
            assert short(shop) == [order.said]
            no = await refused(shop, MoveOrder(order.id, "ready"), STAFF)
            assert (no.code, no.values["name"]) == ("order_recalled", "Milk")
            assert (await refused(shop, HandOverOrder(order.id, CARD), STAFF)).code == "order_recalled"
            assert kept(shop, order).state == "preparing", "nothing half-done"
            cart = await do(shop, OpenCart("phone"))
            assert (await refused(shop, AddToCart(cart.id, sku="milk"))).code == "not_enough"
            await stocked(shop, 2, "L2")
            assert short(shop) == []
            assert (await do(shop, MoveOrder(order.id, "ready"), STAFF)).state == "ready"
            await do(shop, LiftRecall("milk", "L1"), SYSTEM)
            assert free(shop) == 3000

    run(scenario())


def test_a_recall_in_the_back_leaves_what_is_sound_on_the_floor_to_be_ordered(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, SetLocation("back", {"en": "Back"}), SYSTEM)
            await stocked(shop, 2, "L1")
            there = RecordMovement("milk", "in", units=10_000, location="back", lot="L2")
            await agreed(shop, there, SYSTEM)
            await do(shop, RecallLot("milk", "L2"), SYSTEM)
            cart = await milk_cart(shop, 2, "phone")
            assert cart.short == {}
            assert (await refused(shop, AddToCart(cart.id, sku="milk"))).code == "not_enough"

    run(scenario())


def test_what_a_customer_leaves_at_a_kiosk_is_never_the_next_ones(tmp_path: Path) -> None:
    """Also where all of it was cancelled meanwhile, so that nothing of it can be ordered."""

    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            dana = await do(shop, SetCustomer(name="Dana", new_code=True), SYSTEM)
            known = read_customer(shop.reader, dana, shop.now_us())
            assert known is not None
            cart = await milk_cart(shop, 1, "kiosk")
            await do(shop, AddToCart(cart.id, code="M/" + known.member_code))
            await do(shop, RetireProducts(("milk",)), SYSTEM)
            assert (await do(shop, TouchCart(cart.id))).lines == ()
            clock.advance(150)
            await do(shop, EndCarts(), SYSTEM)
            assert cart_at(shop.reader, "2", shop.now_us()) is None
            assert (await refused(shop, TouchCart(cart.id))).code == "no_such_cart"

    run(scenario())


def test_the_two_hours_of_a_cart_count_from_its_first_line_also_where_that_lay_elsewhere(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await stocked(shop, 1)
            cart = await do(shop, OpenCart("phone"))
            for _ in range(6):
                clock.advance(25 * 60)
                await do(shop, TouchCart(cart.id))
            held = await do(shop, AddToCart(cart.id, sku="milk"))
            assert (held.left_s, free(shop)) == (1800, 0), "somebody looked around for long, and it held nothing"
            for left_s in (1800, 1800, 1800, 1200):
                clock.advance(25 * 60)
                other = await do(shop, OpenCart("phone"))
                held = await do(shop, TakeCart(held.id, "phone", other.id))
                assert held.left_s == left_s
            clock.advance(1200)
            await do(shop, EndCarts(), SYSTEM)
            assert free(shop) == 1000, "the last piece is not handed from screen to screen for ever"
            again = await do(shop, TouchCart(held.id))
            assert (again.left_s, free(shop)) == (1800, 0), "a list that is touched begins anew"
            await do(shop, SetCartLine(held.id, again.lines[0].id, 0))
            clock.advance(25 * 60)
            assert (await do(shop, AddToCart(held.id, sku="milk"))).began_us == shop.now_us()

    run(scenario())


def test_what_is_kept_of_a_cart_is_no_sum_that_grows_old(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            cart = await milk_cart(shop)
            taken = await do(shop, TakeWhatIs(cart.id))
            assert taken.sums.total_minor == 240
            (body,) = shop.reader.execute("SELECT body FROM cart").fetchone()
            assert msgspec.json.decode(body).keys() <= set(Cart.__struct_fields__)

    run(scenario())


def test_a_cart_that_is_read_says_what_is_short_by_now_and_nothing_is_available_below_none(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock=clock) as shop:
            await stocked(shop, 2)
            older = await milk_cart(shop, 1, "phone")
            clock.advance(1)
            newer = await milk_cart(shop, 1, "phone")
            await sold_at_the_till(shop, 1)

            def read(cart: Cart) -> dict[int, int]:
                asked = shop.registry.queries["cart"].read
                found: Cart = asked(shop.reader, id=cart.id, at_us=shop.now_us(), today="2026-11-20")
                return found.short

            assert (read(older), read(newer)) == ({}, {1: 0}), "the newest first, though nobody touched one"
            stock = shop.registry.queries["stock_item"].read(shop.reader, "milk")
            assert (stock.on_hand, stock.reserved, stock.available) == (1000, 2000, 0)
            await sold_at_the_till(shop, 1)
            assert (read(older), read(newer)) == ({1: 0}, {1: 0})

    run(scenario())


def test_what_is_given_up_is_held_for_no_cart(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, clock=FakeClock()) as shop:
            await stocked(shop, 2)
            cart = await milk_cart(shop, 1, "phone")
            assert free(shop) == 1000
            await do(shop, RetireProducts(("milk",)), SYSTEM)
            sweeper = CartSweeper(shop)
            await sweeper.let_go()
            assert free(shop) == 2000
            found = read_cart(shop.reader, cart.id)
            assert found is not None and found.gone == (1,), "it is struck out, and stays to be seen"
            head = shop.head.seq
            await sweeper.let_go()
            assert shop.head.seq == head

    run(scenario())


def test_customers_who_are_merged_have_one_cart_at_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock=clock) as shop:
            await stocked(shop, 9)
            ids = [str(await do(shop, SetCustomer(name=name), SYSTEM)) for name in ("Mia", "Maya")]
            carts = []
            for id, pieces in zip(ids, (1, 2), strict=True):
                cart = await milk_cart(shop, pieces, "phone")
                theirs = read_cart(shop.reader, cart.id)
                assert theirs is not None
                named = msgspec.structs.replace(theirs, basket=theirs.basket.with_changes(customer=id))
                await shop.maintain(lambda db, one=named: save_cart(db, one))  # type: ignore[misc]
                carts.append(cart.id)
                clock.advance(1)
            assert free(shop) == 6000
            await do(shop, MergeCustomers(ids[0], ids[1]), SYSTEM)
            assert read_cart(shop.reader, carts[0]) is None
            after = read_cart(shop.reader, carts[1])
            assert after is not None and [line.quantity for line in after.lines] == [2000], "as it was touched last"
            assert free(shop) == 7000

    run(scenario())

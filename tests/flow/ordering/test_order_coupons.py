"""Single-use coupons in carts and orders: used when one is placed, back when it is cancelled, never by a refund."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.journal.rows import facts
from edge.core.messages import Refused
from edge.counter.till.commands import AddLine, LayBasket, Pay, PrintReport, RefundSale, SetBasketAside, VoidLastSale
from edge.counter.till.events import ReportPrinted
from edge.goods.stock.commands import Moved, MoveStock
from edge.ordering.orders.carts.cart import CartView
from edge.ordering.orders.commands import (
    AddToCart,
    AddToOrder,
    CancelOrder,
    CartCounter,
    ChangeOrder,
    DropCartCoupon,
    HandOverOrder,
    LineWanted,
    OpenCart,
    PlaceOrder,
    TakeUpOrder,
    TouchCart,
)
from edge.ordering.orders.order import KeptOrder
from edge.people.coupons.code import CouponTerms, code_of
from edge.people.coupons.commands import EndCoupons, MakeCoupons, TakeCouponKey
from edge.people.coupons.events import CouponUsed
from edge.people.coupons.queries import read_series, unused_codes
from tests.counter_shop import event_of
from tests.ordering import CARD, STAFF, do, kept, milk_cart, refused, sales, whole
from tests.shop_fixture import CASHIER, MANAGER, MILK, SYSTEM, FakeClock, done, open_shop, run

KEY = b"k" * 32
TODAY = date(2027, 1, 15)
LAST_MINUTES_S = 19 * 3600 - 600
"""From when the clocks of tests stand until the last ten minutes of that day of business."""


async def coupon(shop: CommandBus, share: int = 50_000, sum_minor: int = 0) -> str:
    """One coupon of a new series."""
    days = date(2027, 1, 1), date(2027, 2, 28)
    await do(shop, MakeCoupons("Half", *days, 1, 0 if sum_minor else share, sum_minor), SYSTEM)
    return unused_codes(shop.reader, read_series(shop.reader)[0], "EUR")[0].text


def used(shop: CommandBus) -> list[str]:
    """For what coupons were used."""
    return [receipt for (receipt,) in shop.reader.execute("SELECT receipt FROM coupon_use ORDER BY receipt")]


async def ordered(shop: CommandBus, code: str, pieces: int = 2, **said: Any) -> KeptOrder:
    cart = await milk_cart(shop, pieces)
    cart = await do(shop, AddToCart(cart.id, code=code))
    order: KeptOrder = await do(shop, PlaceOrder(cart.id, cart.total_minor, **said))
    return order


def test_a_coupon_is_used_by_placing_and_paid_with_the_order(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            code = await coupon(shop)
            cart = await milk_cart(shop)
            cart = await do(shop, AddToCart(cart.id, code=code))
            assert (cart.total_minor, cart.discount_minor, used(shop)) == (120, 120, []), "it lies there, unused"
            assert (await refused(shop, AddToCart(cart.id, code=code))).code == "coupon_twice"
            order = await do(shop, PlaceOrder(cart.id, 120))
            (use,) = used(shop)
            assert use.startswith(f"{order.said}-2027"), "the order has it"
            other = await milk_cart(shop, 1)
            no = await refused(shop, AddToCart(other.id, code=code))
            assert (no.code, no.values["receipt"]) == ("coupon_used", use)
            await do(shop, EndCoupons(read_series(shop.reader)[0].series), SYSTEM)
            sold = await do(shop, HandOverOrder(order.id, CARD), STAFF)
            (sale,) = sales(shop)
            assert (sold.total_minor, sale.total_minor, [one.minor for one in sale.coupons]) == (120, 120, [120])
            assert used(shop) == [use], "once, whatever its series became meanwhile"
            await do(shop, RefundSale(1), MANAGER)
            assert used(shop) == [use], "and no refund gives it back"
            await whole(shop)

    run(scenario())


def test_on_a_counter_the_order_is_paid_with_its_coupon_and_a_void_keeps_that_used(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            order = await ordered(shop, await coupon(shop))
            use = used(shop)
            assert (await do(shop, TakeUpOrder(order.id), CASHIER)).total_minor == 120
            await do(shop, Pay("cash", 120), CASHIER)
            assert (sales(shop)[0].total_minor, kept(shop, order).state) == (120, "handed_over")
            await do(shop, VoidLastSale(), MANAGER)
            assert used(shop) == use
            await whole(shop)

    run(scenario())


def test_an_order_on_a_counter_is_not_set_aside_nor_sold_twice(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            order = await ordered(shop, await coupon(shop))
            await do(shop, TakeUpOrder(order.id), CASHIER)
            assert await refused(shop, SetBasketAside(), CASHIER) == Refused("order_on_counter", {"said": order.said})
            await do(shop, Pay("cash", 120), CASHIER)
            assert (len(sales(shop)), kept(shop, order).state) == (1, "handed_over")

    run(scenario())


def test_a_coupon_beside_those_of_an_order_is_used_by_the_sale(tmp_path: Path) -> None:
    """As a basket may hold that an older version let be set aside."""

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            order = await ordered(shop, await coupon(shop))
            await do(shop, AddLine(MILK), CASHIER)
            basket = await do(shop, AddLine(await coupon(shop)), CASHIER)
            had = order.goods.coupons
            both = msgspec.structs.replace(basket, coupons=(*had, *basket.coupons), ordered=(had[0].id,))
            await do(shop, LayBasket(both), msgspec.structs.replace(SYSTEM, register="1"))
            await do(shop, Pay("cash"), CASHIER)
            assert used(shop) == ["1-000001", f"{order.said}-20270115"], "each once, by what had it"

    run(scenario())


def test_a_coupon_of_the_hundred_and_first_order_is_not_taken_for_that_of_the_first(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            code = await coupon(shop)
            first = await ordered(shop, code)
            await do(shop, CancelOrder(first.id), STAFF)
            await shop.maintain(lambda db: db.execute("UPDATE shop_order SET number = 100") and None)
            again = await ordered(shop, code)
            assert (again.number, again.said) == (101, first.said)
            uses = [one.event.order for one in facts(shop.reader, shop.registry) if isinstance(one.event, CouponUsed)]
            assert uses == ["K01-20270115", "K101-20270115"], "head office keeps each of its own"
            await do(shop, CancelOrder(again.id), STAFF)
            assert used(shop) == []

    run(scenario())


def test_who_gives_an_order_up_before_it_is_handed_over_has_the_coupon_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            code = await coupon(shop)
            for give_up in (False, True, True):
                order = await ordered(shop, code)
                done: Any = CancelOrder(order.id) if give_up else CancelOrder(order.secret)
                await do(shop, done, STAFF)
                assert used(shop) == []
            assert (await ordered(shop, code)).goods.total_minor == 120
            await whole(shop)

    run(scenario())


def test_parts_share_a_coupon_to_the_cent_and_what_is_left_gives_none_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, MoveStock("received", (Moved("milk", 5000),)), SYSTEM)
            order = await ordered(shop, await coupon(shop, sum_minor=100), pieces=3)
            assert order.goods.total_minor == 260
            await do(shop, HandOverOrder(order.id, CARD, lines=(LineWanted(1, 1000),)), STAFF)
            left = kept(shop, order)
            assert (sales(shop)[0].total_minor, left.goods.total_minor) == (87, 173)
            assert [sales(shop)[0].coupons[0].minor, left.goods.coupons[0].minor] == [33, 67]
            await do(shop, VoidLastSale(), MANAGER)
            await do(shop, CancelOrder(order.id), STAFF)
            assert len(used(shop)) == 1, "it paid for what went"
            await whole(shop)

    run(scenario())


def test_less_of_an_order_keeps_its_share_and_more_has_none_of_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, MoveStock("received", (Moved("milk", 9000),)), SYSTEM)
            order = await ordered(shop, await coupon(shop))
            await do(shop, ChangeOrder(order.id, (LineWanted(1, 1000),)), STAFF)
            goods = kept(shop, order).goods
            assert (goods.total_minor, goods.coupons[0].minor) == (60, 60)
            cart: CartView = await milk_cart(shop, 1, "phone")
            cart = await do(shop, AddToCart(cart.id, code=await coupon(shop)))
            await do(shop, AddToOrder(order.secret, cart=cart.id, accepted_total_minor=120))
            goods = kept(shop, order).goods
            assert ([one.minor for one in goods.coupons], goods.total_minor, len(used(shop))) == ([60, 60], 120, 2)
            await do(shop, HandOverOrder(order.id, CARD), STAFF)
            assert sales(shop)[0].total_minor == 120
            await whole(shop)

    run(scenario())


def test_a_coupon_that_is_over_meanwhile_is_taken_off_and_named(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            code = await coupon(shop)
            carts = [await do(shop, OpenCart("phone")) for _ in range(2)]
            for cart in carts:
                await do(shop, AddToCart(cart.id, sku="milk"))
                await do(shop, AddToCart(cart.id, code=code))
            await do(shop, PlaceOrder(carts[0].id, 60))
            no = await refused(shop, PlaceOrder(carts[1].id, 60))
            assert no == Refused("price_changed", {"was_minor": 60, "is_minor": 120})
            late = await do(shop, TouchCart(carts[1].id))
            assert (late.coupons_gone, late.basket.coupons, late.total_minor) == ((code[-4:],), (), 120)
            third: CartView = await do(shop, AddToCart(carts[1].id, code=await coupon(shop)))
            assert (third.total_minor, third.coupons_gone) == (60, ())
            dropped = await do(shop, DropCartCoupon(third.id, third.basket.coupons[0].id))
            assert dropped.total_minor == 120
            assert (await do(shop, PlaceOrder(third.id, 120))).goods.coupons == ()

    run(scenario())


def test_a_coupon_on_the_counter_goes_into_an_order_for_later(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, AddLine(MILK), CASHIER)
            await do(shop, AddLine(await coupon(shop)), CASHIER)
            cart = await do(shop, CartCounter(), CASHIER)
            order = await do(shop, PlaceOrder(cart.id, 60), CASHIER)
            assert (order.goods.total_minor, len(used(shop))) == (60, 1)

    run(scenario())


def test_a_coupon_of_head_office_falls_off_a_cart_behind_its_last_day_and_is_named(tmp_path: Path) -> None:
    """Whether it was read at the screen, or at the counter before its goods became a cart."""

    async def scenario() -> None:
        clock = FakeClock()
        clock.advance(LAST_MINUTES_S)
        async with open_shop(tmp_path, clock) as shop:
            await do(shop, TakeCouponKey(KEY.hex()), SYSTEM)
            terms = CouponTerms(50_000, 0, date(2027, 1, 1), TODAY)
            at_counter, at_screen = (code_of(terms, 7, number, KEY) for number in (1, 2))
            await do(shop, AddLine(MILK), CASHIER)
            await do(shop, AddLine(at_counter.text), CASHIER)
            carts = [await do(shop, CartCounter(), CASHIER)]
            other = await milk_cart(shop, 1, "phone")
            carts.append(await do(shop, AddToCart(other.id, code=at_screen.text)))
            assert [cart.total_minor for cart in carts] == [60, 60]
            clock.advance(15 * 60)
            no = await refused(shop, PlaceOrder(carts[0].id, 60), CASHIER)
            assert no == Refused("price_changed", {"was_minor": 60, "is_minor": 120})
            for cart, code in zip(carts, (at_counter, at_screen), strict=True):
                late = await do(shop, TouchCart(cart.id))
                assert (late.coupons_gone, late.basket.coupons, late.total_minor) == ((code.tail,), (), 120)

    run(scenario())


def test_a_part_of_which_a_coupon_takes_nothing_does_not_have_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, MoveStock("received", (Moved("milk", 5000),)), SYSTEM)
            order = await ordered(shop, await coupon(shop, sum_minor=1), pieces=3)
            one = HandOverOrder(order.id, CARD, lines=(LineWanted(1, 1000),))
            for command in (one, one, HandOverOrder(order.id, CARD)):
                await do(shop, command, STAFF)
            minors = [[one.minor for one in sale.coupons] for sale in sales(shop)]
            assert sorted(minors) == [[], [], [1]]
            report = event_of(await done(shop, PrintReport("z"), MANAGER), ReportPrinted)
            assert {name: (sum.count, sum.minor) for name, sum in report.sums.coupons.items()} == {"Half": (1, 1)}
            await whole(shop)

    run(scenario())


def test_an_order_in_parts_counts_its_coupon_once_whatever_it_takes_off_each(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, MoveStock("received", (Moved("milk", 5000),)), SYSTEM)
            order = await ordered(shop, await coupon(shop, sum_minor=100), pieces=3)
            one = HandOverOrder(order.id, CARD, lines=(LineWanted(1, 1000),))
            await do(shop, one, STAFF)
            await do(shop, one, STAFF)
            await do(shop, TakeUpOrder(order.id), CASHIER)
            await do(shop, Pay("cash"), CASHIER)
            minors = sorted(one.minor for sale in sales(shop) for one in sale.coupons)
            assert minors == [33, 33, 34]
            report = event_of(await done(shop, PrintReport("z"), MANAGER), ReportPrinted)
            assert {name: (sum.count, sum.minor) for name, sum in report.sums.coupons.items()} == {"Half": (1, 100)}
            await whole(shop)

    run(scenario())

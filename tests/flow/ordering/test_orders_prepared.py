"""What of an order is picked or made is ticked line by line, by hand or by scanner, until all of it is there."""

from __future__ import annotations

from pathlib import Path

from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import MANAGER as BY_HAND
from edge.goods.catalog.product import Pack, Product, Source
from edge.ordering.orders.commands import AddToCart, CancelOrder, ChangeOrder, MoveOrder, OpenCart, PlaceOrder
from edge.ordering.orders.fulfilment.preparing import TickLines, order_ticks
from edge.ordering.orders.order import KeptOrder, LineWanted
from tests.ordering import STAFF, do, kept, milk_order, refused, whole
from tests.shop_fixture import BEER, MILK, SYSTEM, open_shop, run


async def accepted(shop: object, pieces: int = 2) -> KeptOrder:
    order = await milk_order(shop, pieces)  # type: ignore[arg-type]
    await do(shop, MoveOrder(order.id, "accepted"), STAFF)  # type: ignore[arg-type]
    return order


def test_each_scan_is_a_piece_and_the_first_begins_the_order(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            order = await milk_order(shop)
            assert (await refused(shop, TickLines(order.id, (1,)), STAFF)).code == "order_state", "nobody accepted it"
            await do(shop, MoveOrder(order.id, "accepted"), STAFF)
            assert await do(shop, TickLines(order.id, code=MILK), STAFF) == {1: 1000}
            assert kept(shop, order).state == "preparing"
            assert await do(shop, TickLines(order.id, code=MILK), STAFF) == {1: 2000}
            assert (await refused(shop, TickLines(order.id, code=MILK), STAFF)).code == "picked_already"
            assert (await refused(shop, TickLines(order.id, code=BEER), STAFF)).code == "not_in_order"
            assert (await refused(shop, TickLines(order.id, code="5901234123457"), STAFF)).code == "unknown_code"
            assert (await refused(shop, TickLines(order.id, (7,)), STAFF)).code == "no_such_line"
            await whole(shop)

    run(scenario())


def test_a_tick_is_taken_back_and_one_of_what_grew_is_a_part(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            order = await accepted(shop)
            assert await do(shop, TickLines(order.id, (1,)), STAFF) == {1: 2000}
            assert await do(shop, TickLines(order.id, (1,), done=False), STAFF) == {}
            await do(shop, TickLines(order.id, (1,)), STAFF)
            await do(shop, ChangeOrder(order.id, (LineWanted(1, 3000),)), STAFF)
            assert order_ticks(shop.reader, order.id) == {1: 2000}, "one more is to be picked"
            assert await do(shop, TickLines(order.id, code=MILK), STAFF) == {1: 3000}

    run(scenario())


def test_what_was_struck_is_ticked_off_once_it_is_put_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            cart = await do(shop, OpenCart("kiosk"))
            for sku in ("milk", "tomato"):
                cart = await do(shop, AddToCart(cart.id, sku=sku, quantity=1000))
            order = await do(shop, PlaceOrder(cart.id, cart.total_minor))
            await do(shop, MoveOrder(order.id, "accepted"), STAFF)
            await do(shop, TickLines(order.id, (1, 2)), STAFF)
            await do(shop, ChangeOrder(order.id, (LineWanted(2, 0),)), STAFF)
            assert order_ticks(shop.reader, order.id) == {1: 1000, 2: 1000}
            assert await do(shop, TickLines(order.id, (2,)), STAFF) == {1: 1000}
            await do(shop, CancelOrder(order.id), STAFF)
            assert order_ticks(shop.reader, order.id) == {}, "it is over"

    run(scenario())


def test_a_case_is_so_many_pieces_and_a_piece_is_no_case(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            tea = Product("tea", {"en": "Tea"}, ("4000000000006",), 100, packs=(Pack(code="4000000000013", units=6),))
            await do(shop, SetProducts((tea,), Source(BY_HAND)), SYSTEM)
            cart = await do(shop, OpenCart("kiosk"))
            for code, pieces in (("4000000000006", 7), ("4000000000013", 1)):
                cart = await do(shop, AddToCart(cart.id, code=code, quantity=pieces * 1000))
            order = await do(shop, PlaceOrder(cart.id, cart.total_minor))
            await do(shop, MoveOrder(order.id, "accepted"), STAFF)
            single, case = (line.id for line in order.goods.sold_lines)
            for code, ticked in (
                ("4000000000013", {single: 6000}),
                ("4000000000006", {single: 7000}),
                ("4000000000013", {single: 7000, case: 1000}),
            ):
                assert await do(shop, TickLines(order.id, code=code), STAFF) == ticked
            assert (await refused(shop, TickLines(order.id, code="4000000000006"), STAFF)).code == "picked_already"

    run(scenario())

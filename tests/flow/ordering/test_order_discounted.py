"""What a person took off all of a basket stays on the order that it became, and on its papers."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.counter.till.commands import AddLine, DiscountBasket, Pay
from edge.goods.stock.commands import Moved, MoveStock
from edge.ordering.orders.commands import CartCounter, HandOverOrder, LineWanted, PlaceOrder, TakeUpOrder
from tests.counter_shop import paper
from tests.ordering import CARD, STAFF, do, sales, whole
from tests.shop_fixture import CASHIER, MANAGER, MILK, SYSTEM, open_shop, run


@pytest.mark.parametrize("at_till", [True, False])
def test_a_discount_on_all_is_on_the_paper_of_the_order_that_it_became(tmp_path: Path, at_till: bool) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, MoveStock("received", (Moved("milk", 5000),)), SYSTEM)
            await do(shop, AddLine(MILK, quantity=3000), CASHIER)
            await do(shop, DiscountBasket(share=50_000, reason="regular"), MANAGER)
            cart = await do(shop, CartCounter(), CASHIER)
            order = await do(shop, PlaceOrder(cart.id, 180), CASHIER)
            if at_till:
                await do(shop, TakeUpOrder(order.id), CASHIER)
                await do(shop, Pay("card"), CASHIER)
            else:
                await do(shop, HandOverOrder(order.id, CARD, lines=(LineWanted(1, 1000),)), STAFF)
                assert "Basket discount: Regular customer -0.60" in paper(shop)
                await do(shop, HandOverOrder(order.id, CARD), STAFF)
            assert [sale.total_minor for sale in sales(shop)] == ([180] if at_till else [60, 120])
            off = "-1.80" if at_till else "-1.20"
            assert f"Basket discount: Regular customer {off}" in paper(shop)
            await whole(shop)

    run(scenario())


def test_of_three_parts_the_last_takes_what_rounding_left_of_a_discount(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, MoveStock("received", (Moved("milk", 5000),)), SYSTEM)
            await do(shop, AddLine(MILK, quantity=3000), CASHIER)
            await do(shop, DiscountBasket(sum_minor=1, reason="regular"), MANAGER)
            order = await do(shop, PlaceOrder((await do(shop, CartCounter(), CASHIER)).id, 359), CASHIER)
            for _ in range(2):
                await do(shop, HandOverOrder(order.id, CARD, lines=(LineWanted(1, 1000),)), STAFF)
            await do(shop, HandOverOrder(order.id, CARD), STAFF)
            assert [sale.total_minor for sale in sales(shop)] == [120, 120, 119]
            await whole(shop)

    run(scenario())

"""Money before hand-over, by hand: taken from the board, used when the order is fetched, given back."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.counter.till.commands import AddLine, Pay
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.ordering.orders.commands import CancelOrder, ChangeOrder, LineWanted, MoveOrder
from edge.ordering.orders.paying.advances import TakeAdvance
from edge.ordering.orders.queries import owing_orders, read_shop_orders
from tests.browser.browsing import till
from tests.browser.calling import PIN
from tests.browser.serving import serve
from tests.flow.ordering.test_orders_tipped import placed
from tests.ordering import STAFF, do, kept, milk_order, sales
from tests.shop_fixture import CASHIER, MILK, SYSTEM, run

pytestmark = pytest.mark.needs("chromium")
BOARD = "/manager/orders"


def test_an_order_is_paid_ahead_from_the_board_and_handed_over_without_money(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as manager:
            order = await milk_order(served.shop, name="Dana")
            await manager.open(served, "register=1&lang=en", BOARD)
            await manager.page.locator(f'[data-show="{order.id}"]').first.click()
            await manager.page.locator("#order-dialog summary", has_text="Take advance").click()
            await manager.page.locator('#ahead [name="sum"]').fill("3.00")
            await manager.page.locator('#ahead [type="submit"]').click()
            await manager.see("#details-error", f"Only €2.40 is due for order {order.said}")
            await manager.page.locator('#ahead [name="sum"]').fill("")
            await manager.page.locator('#ahead [type="submit"]').click()
            await manager.see("#lines", f"Advance on order {order.said}")
            await do(served.shop, Pay("card"), CASHIER)
            await manager.open(served, "register=1&lang=en", BOARD)
            await manager.see(f'article[data-order="{order.id}"]', "Nothing left to pay.")
            await manager.page.locator(f'[data-hand="{order.id}"]').click()
            assert not await manager.page.locator('#hand [value="cash"]').is_visible()
            await manager.page.locator("#hand-paid button").click()
            await manager.page.locator("#hand-dialog").wait_for(state="hidden")
            assert kept(served.shop, order).state == "handed_over"
            assert [one.kind for one in sales(served.shop)[-1].tenders] == ["advance"]

    run(scenario())


def test_what_is_on_the_counter_is_ordered_and_paid_now(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as manager:
            await do(served.shop, AddLine(MILK), CASHIER)
            await manager.open(served, "register=1&lang=en", BOARD)
            await manager.page.locator("#later").click()
            await manager.page.locator('#later-form [name="name"]').fill("Dana")
            await manager.page.locator("#later-now").click()
            await manager.see("#lines", "Advance on order T01")
            (order,) = read_shop_orders(served.shop.reader)
            assert (order.said, order.goods.total_minor) == ("T01", 120)

    run(scenario())


def test_what_is_owed_is_given_back_from_the_board(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as manager:
            await do(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            order = await milk_order(served.shop)
            await do(served.shop, TakeAdvance(order.id), STAFF)
            await do(served.shop, Pay("card"), CASHIER)
            await do(served.shop, CancelOrder(order.id), STAFF)
            await manager.open(served, "register=1&lang=en", BOARD)
            await manager.page.locator(f'[data-give-back="{order.id}"]').click()
            await manager.see("#back-sum", "€2.40")
            await manager.page.locator('#back [type="submit"]').click()
            await manager.see("#pin-dialog[open]")
            await manager.keys(PIN, "Enter")
            await manager.page.locator(f'[data-owed="{order.id}"]').wait_for(state="detached")
            assert owing_orders(served.shop.reader) == []

    run(scenario())


def test_at_the_door_what_was_paid_ahead_too_much_pays_for_the_tip_first(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as staff:
            order = await placed(served.shop, tip_minor=0)
            await do(served.shop, TakeAdvance(order.id), STAFF)
            await do(served.shop, Pay("card"), CASHIER)
            await do(served.shop, ChangeOrder(order.id, (LineWanted(order.goods.lines[0].id, 1000),)), STAFF)
            for state in ("accepted", "preparing", "ready", "out_for_delivery"):
                await do(served.shop, MoveOrder(order.id, state, driver="u1"), STAFF)
            await staff.open(served, "register=1&lang=en", BOARD)
            await staff.page.locator(f'[data-hand="{order.id}"]').click()
            tip = staff.page.locator('#hand [name="tip"]')
            await tip.fill("2")
            await staff.see("#hand-sum", "€0.80")
            assert await staff.page.locator('#hand [value="cash"]').is_visible()
            await tip.fill("1")
            await staff.see("#hand-sum", "€0.00")
            assert not await staff.page.locator('#hand [value="cash"]').is_visible()
            await staff.page.locator("#hand-paid button").click()
            await staff.page.locator("#hand-dialog").wait_for(state="hidden")
            assert kept(served.shop, order).owed_minor == 20

    run(scenario())

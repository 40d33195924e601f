"""Money that the shop owes, at the till: taken with a shift open and someone signed in, and counted as no sale."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from edge.core.command_bus import CommandBus
from edge.core.journal.projections import caught_up
from edge.core.messages import Refused
from edge.counter.reports.queries import BEHIND, read_day
from edge.counter.shifts.commands import CloseShift, OpenShift
from edge.counter.till.commands import AbandonBasket, AddLoad, Pay, PrintReport, VoidLastSale
from edge.ordering.orders.commands import HandOverOrder, TakeUpOrder
from edge.ordering.orders.paying.advances import TakeAdvance
from tests.counter_shop import in_a_shop, paid, paper
from tests.flow.ordering.test_order_advances import CARD_CODE, day, paid_ahead, shop_day
from tests.ordering import CARD, STAFF, do, kept, milk_order, refused, sales
from tests.shop_fixture import CASHIER, CONFIG, MANAGER, FakeClock

ZONE = ZoneInfo("Europe/Paris")


def test_what_the_shop_owes_is_no_sale_in_x_shift_and_day(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await do(shop, OpenShift(0), CASHIER)
        await do(shop, AddLoad(CARD_CODE, 5000), CASHIER)
        await paid(shop)
        order = await paid_ahead(shop, 100)
        sums, today = day(shop), shop_day(shop)
        assert (sums.sales.count, sums.total_minor, sums.sold_minor) == (0, 5100, 0)
        await caught_up(shop, *BEHIND)
        assert read_day(shop.reader, today, ZONE).average_minor is None
        await do(shop, AddLoad("4M9P-3R8Q-6X2Z-5V7T", 1000), CASHIER)
        await paid(shop)
        await do(shop, VoidLastSale(), MANAGER)
        assert day(shop).voids.count == 1, "whatever is undone counts"
        await do(shop, HandOverOrder(order.id, CARD), STAFF)
        await caught_up(shop, *BEHIND)
        report = read_day(shop.reader, today, ZONE)
        assert (report.sums.sales.count, report.sums.sold_minor, report.average_minor) == (1, 240, 240)
        assert [one.count for one in report.cashiers.values()] == [1]
        assert sum(hour.sales.count for hour in report.hours) == 1
        await do(shop, PrintReport("x"), MANAGER)
        told = paper(shop, "report")
        assert {"Sales 1 63.40", "TOTAL 53.40 EUR"} <= set(told), told
        assert {"Gift cards included in total 50.00", "Order advances included in total 1.00"} <= set(told)
        assert "Sales excluding these 2.40" in told
        await do(shop, CloseShift(5100), CASHIER)
        told = paper(shop, "shift")
        assert {"Sales 1 63.40", "Order advances included in total 1.00", "Sales excluding these 2.40"} <= set(told), (
            told
        )

    in_a_shop(scenario, tmp_path)


def test_where_the_store_wants_a_shift_no_money_is_taken_ahead_without_one(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        order = await milk_order(shop)
        assert await refused(shop, TakeAdvance(order.id, 100), STAFF) == Refused("no_shift")
        laid = await do(shop, TakeUpOrder(order=order.id), STAFF)
        assert laid.lines, "it is looked at, and the sale asks"
        assert await refused(shop, Pay("cash"), STAFF) == Refused("no_shift")
        await do(shop, AbandonBasket(), STAFF)
        assert await refused(shop, HandOverOrder(order.id, CARD), STAFF) == Refused("no_shift")
        assert (kept(shop, order).state, sales(shop)) == ("placed", [])
        await do(shop, OpenShift(0), CASHIER)
        await do(shop, TakeAdvance(order.id, 100), STAFF)
        await paid(shop)
        assert kept(shop, order).advance_minor == 100

    in_a_shop(scenario, tmp_path, f"{CONFIG}\n[shifts]\nrequired = true\n")


def test_who_has_not_signed_in_takes_no_money_ahead_and_no_order_up(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        order = await milk_order(shop)
        for command in (TakeAdvance(order.id, 100), TakeUpOrder(order=order.id), HandOverOrder(order.id, CARD)):
            assert await refused(shop, command, STAFF) == Refused("sign_in_first")
        assert kept(shop, order).advance_minor == 0

    in_a_shop(scenario, tmp_path, f"{CONFIG}\n[till]\nsign_in = true\n")

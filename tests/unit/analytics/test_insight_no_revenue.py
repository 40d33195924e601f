"""Key figures count as net what the shop earned: no tips, no money put onto cards, nothing paid ahead."""

from __future__ import annotations

from pathlib import Path

from edge.analytics.insight.queries import read_groups, read_sums
from edge.analytics.insight.rules import DaySpan
from edge.counter.till.commands import AddLine, AddLoad, AddTip, Pay
from edge.ordering.orders.paying.advances import GiveBackAdvance, TakeAdvance
from tests.ordering import STAFF, do, milk_order
from tests.shop_fixture import CASHIER, MANAGER, MILK, open_shop, run
from tests.unit.analytics.test_insight import follow


def test_what_is_no_revenue_is_in_the_takings_and_in_no_net(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, AddLoad("3K8N-2Q7P-5W9X-4T6R", 5000), CASHIER)
            await do(shop, Pay("card"), CASHIER)
            await do(shop, AddLine(MILK), CASHIER)
            await do(shop, AddTip(amount_minor=50), CASHIER)
            await do(shop, Pay("card"), CASHIER)
            order = await milk_order(shop, 2)
            await do(shop, TakeAdvance(order.id), STAFF)
            await do(shop, Pay("card"), CASHIER)
            await do(shop, GiveBackAdvance(order.id, 40), MANAGER)
            follow(shop, db := shop._writer._db)
            (day,) = shop.reader.execute("SELECT max(business_date) FROM receipt").fetchone()
            sums = read_sums(db, "all", DaySpan(day, day))
            assert (sums.minor, sums.net_minor) == (5000 + 170 + 240 - 40, 114), "of 1.20 with 5.5 % in it"
            assert [one.key for one in read_groups(db, "product", DaySpan(day, day))] == ["milk"]

    run(scenario())

"""What another till refunds: which of it comes back into the stock."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.backoffice.other_tills.commands import SetPosItem
from edge.backoffice.other_tills.other_till import OtherTill, PosItem, Restock
from edge.backoffice.other_tills.queries import read_pos_days, read_pos_sales
from sim.vendors.toast import RESTAURANT, SimToast
from tests.flow.backoffice.test_other_tills_wired import HOUR_S, wired
from tests.shop_fixture import SYSTEM, done, run


@pytest.mark.parametrize(("restock", "back"), [("", 0), ("no", 0), ("yes", 2)])
def test_what_toast_refunds_comes_back_only_where_the_map_says_so(tmp_path: Path, restock: Restock, back: int) -> None:
    async def scenario() -> None:
        toast = SimToast()
        async with wired(tmp_path) as one, toast.serve() as url:
            till = OtherTill("bar", "toast", url, toast.client, f"{RESTAURANT} = main")
            await one.till(till, toast.signs_with, toast.secret)
            await done(one.shop, SetPosItem(PosItem("bar", "beer-v", "beer", restock=restock)), SYSTEM)
            await done(one.shop, SetPosItem(PosItem("bar", "pie-v")), SYSTEM)
            await one.look()
            one.clock.advance(20 * HOUR_S)
            toast.sell("t1", one.now_us, {"beer-v": 2.0, "pie-v": 1.0})
            one.post(*toast.hook("t1"))
            await one.look()
            assert one.beers == 98
            one.clock.advance(10 * HOUR_S)
            toast.refund("t1", one.now_us, {"beer-v"})
            one.post(*toast.hook("t1"))
            await one.look()
            await one.look(16 * 60)
            assert one.beers == 98 + back, "once, however often it is told"
            (refund, sale) = read_pos_sales(one.shop.reader, "bar")
            assert (refund.kind, refund.total_minor, sale.kind, sale.reasons) == ("refund", -1400, "sale", ())
            await one.look(30 * HOUR_S)
            days = [day for day in read_pos_days(one.shop.reader, "bar") if day.sales]
            assert [(day.sales, day.differences) for day in days] == [(2, ())], "the day lists it with its order"
            toast.void("t1", one.now_us)
            one.post(*toast.hook("t1"))
            await one.look()
            assert one.beers == 100, "of what is voided all comes back, and nothing twice"

    run(scenario())

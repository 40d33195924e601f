"""The demo's purchasing is something to look at."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec

from edge.app.demo_shop import demo_catalog, demo_purchasing, demo_stock, demo_transfers
from edge.core.clock import SystemClock
from edge.core.messages import Command, Done
from edge.goods.catalog.commands import SetProducts
from edge.goods.purchasing.queries import read_aside, read_purchases
from edge.goods.purchasing.suggesting.needs import read_suggestions
from edge.goods.purchasing.supply.prices import read_supplier_prices
from edge.goods.purchasing.watches import WATCHES
from edge.goods.stock.lists.listings import read_locations
from edge.goods.stock.queries import expiring
from edge.goods.transfers.queries import read_transfers
from tests.shop_fixture import SYSTEM, FakeClock, done, open_shop, run


def test_the_demo_has_a_late_order_one_in_part_and_suggestions(tmp_path: Path) -> None:
    async def scenario() -> None:
        now_us = SystemClock().read().at_us
        async with open_shop(tmp_path, FakeClock(now_us), stocked=False) as shop:

            async def do(command: Command) -> Done:
                return await done(shop, command, SYSTEM)

            goods = tuple(msgspec.structs.replace(one, tax_class="") for one in demo_catalog.products())
            await do(SetProducts(goods))
            await demo_stock.fill(do)
            await demo_purchasing.seed(do)
            await demo_transfers.seed(do)
            today = datetime.fromtimestamp(now_us / 1e6, UTC).date().isoformat()
            orders = {one.supplier: one for one in read_purchases(shop.reader, today).orders}
            assert {id: one.state for id, one in orders.items()} == {
                "cellar": "sent",
                "valley-dairy": "part_received",
                "north-drinks": "draft",
            }
            assert [one.subject for one in WATCHES[0].read(shop.reader, now_us, today)] == ["1"]
            assert read_suggestions(shop.reader, today).orders
            assert {one.direction for one in read_transfers(shop.reader)} == {"in", "out"}
            assert [one.store for one in read_transfers(shop.reader, state="drafted")] == ["north"]
            assert any(one.days < 7 for one in expiring(shop.reader, today)), "something is about to expire"
            assert {"main", "storage", "rooftop", "aside"} <= {one.id for one in read_locations(shop.reader)}
            assert any(one.breaks for one in read_supplier_prices(shop.reader, "north-drinks"))
            assert read_aside(shop.reader)

    run(scenario())

"""The demo's orders are something to look at."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import msgspec

from edge.app import demo_catalog, demo_orders
from edge.cli.shop_access import reach
from edge.core.storage.database import open_reader
from edge.shop.catalog.commands import SetProducts
from edge.shop.orders.queries import read_shop_orders
from edge.shop.orders.rules import State
from tests.shop_fixture import CONFIG, config, run

REGISTERS = CONFIG.replace('["1", "2"]', f'["1", "{demo_orders.KIOSK}"]')


def test_the_demo_has_an_order_in_every_state(tmp_path: Path) -> None:
    async def scenario() -> None:
        shop = config(tmp_path, REGISTERS)
        goods = tuple(msgspec.structs.replace(one, tax_class="") for one in demo_catalog.products())
        async with reach(shop) as before:
            await before.do(SetProducts(goods))
        await demo_orders.fill(shop)
        db = open_reader(shop.ledger)
        states = {order.state for ended in (False, True) for order in read_shop_orders(db, ended)}
        db.close()
        assert states == set(get_args(State))

    run(scenario())

"""The demo's orders are something to look at."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import msgspec

from edge.app.cli.shop_access import reach
from edge.app.demo_shop import demo_catalog, demo_history, demo_no_show, demo_orders, demo_stock
from edge.core.storage.database import open_reader
from edge.counter.till.queries import read_receipt
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.queries import find_by_sku
from edge.ordering.orders.queries import owing_orders, read_shop_orders, with_faults
from edge.ordering.orders.rules import State
from tests.shop_fixture import CONFIG, config, run

REGISTERS = CONFIG.replace('["1", "2"]', f'["1", "{demo_orders.KIOSK}"]')


def test_the_demo_has_an_order_in_every_state(tmp_path: Path) -> None:
    async def scenario() -> None:
        shop = config(tmp_path, REGISTERS)
        goods = tuple(msgspec.structs.replace(one, tax_class="") for one in demo_catalog.products())
        async with reach(shop) as before:
            await before.do(SetProducts(goods))
            await demo_stock.fill(before.do)
        await demo_orders.fill(shop)
        db = open_reader(shop.ledger)
        for said in demo_stock.words():
            known = find_by_sku(db, said.sku)
            assert known and known.pictures and (known.box, known.minimum) == (said.box, said.minimum), said.sku
        assert all(find_by_sku(db, sku).pictures for sku in demo_catalog.hot_drinks())  # type: ignore[union-attr]
        states = {order.state for ended in (False, True) for order in read_shop_orders(db, ended)}
        db.close()
        assert states == set(get_args(State))

    run(scenario())


def test_of_who_did_not_come_the_demo_shows_a_fee_that_was_kept_and_one_to_be_decided(tmp_path: Path) -> None:
    fee = f"[orders]\nno_show_fee_minor = {demo_no_show.FEE_MINOR}\n"
    shop, today = config(tmp_path, CONFIG + fee), date(2027, 1, 17)  # a Sunday: it is closed on Saturdays
    goods = [msgspec.structs.replace(one, tax_class="") for one in demo_catalog.products()]
    demo_history.live_through(shop, goods, today, days=6, sales=5)
    db = open_reader(shop.ledger)
    (missed,) = read_shop_orders(db, ended=True)
    kept = read_receipt(db, missed.register, missed.receipt)
    assert missed.state == "cancelled" and kept is not None and kept.total_minor == demo_no_show.FEE_MINOR
    assert owing_orders(db) == [], "the rest went back"
    zone = ZoneInfo(shop.store.zone)
    noon_us = round(datetime(today.year, today.month, today.day, 12, tzinfo=zone).timestamp() * 1e6)
    (waiting,) = with_faults(db, zone, read_shop_orders(db), noon_us)
    assert (waiting.no_show, waiting.no_show_kept_minor) == (True, demo_no_show.FEE_MINOR)
    db.close()

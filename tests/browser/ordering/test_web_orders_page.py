"""Orders of web shops as a manager meets them: one waits with its reason, and is taken at today's price."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.rights import system
from edge.lib.i18n import translate
from edge.ordering.orders.queries import read_shop_orders
from edge.ordering.web_orders.arrival import deliver
from edge.ordering.web_orders.commands import SetWebChannel
from edge.ordering.web_orders.queries import web_orders
from edge.ordering.web_orders.telling import Telling, keep_telling
from edge.ordering.web_orders.web_order import WebChannel, WebLine, WebOrder
from tests.browser.browsing import till
from tests.browser.calling import PIN
from tests.browser.serving import serve
from tests.ordering import do
from tests.shop_fixture import SYSTEM, run

pytestmark = pytest.mark.needs("chromium")
SHOTS = os.environ.get("SHOTS")


def test_a_manager_takes_what_waits(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till((390, 664)) as manager:
            shop, page = served.shop, manager.page
            await do(shop, SetPin(hash_pin(PIN)), SYSTEM)
            told = WebChannel("web", "Web shop", "shopify", address="https://shop.example", location="1")
            await do(shop, SetWebChannel(told), SYSTEM)
            failing = Telling("web", shop.now_us(), "wrong_password", 1, shop.now_us() * 2)
            await shop.maintain(lambda db: keep_telling(db, failing))
            for reference, minor in (("4711", 100), ("4712", 110)):
                order = WebOrder(reference, (WebLine("milk", 2_000),), minor, name="Ada Byron")
                await deliver(shop, "web", order, system())
            for language in ("he", "fr", "en"):
                await manager.open(served, f"register=1&lang={language}", "/manager/web-orders")
                await manager.see(".told.held", "4711")
                await manager.see(".thing .warning", translate(language, "undelivered.wrong_password"))
                if SHOTS:
                    await page.screenshot(path=f"{SHOTS}/web-{language}.png", full_page=True)
            await manager.see('.told.held:has-text("4711")', "Ada Byron")
            await page.click('.told:has-text("4711") [data-take]')
            await manager.see('.told.taken:has-text("4711")')
            await page.click('.told:has-text("4712") [data-drop]')
            await manager.see('.told.dropped:has-text("4712")')
            (order,) = read_shop_orders(shop.reader)
            assert (order.goods.total_minor, order.name) == (240, "Ada Byron")
            assert sorted(one.state for one in web_orders(shop.reader)) == ["dropped", "taken"]
            assert manager.complaints == []

    run(scenario())

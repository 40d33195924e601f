"""Webhooks from machines without access: only a valid signature makes them count."""

from __future__ import annotations

from pathlib import Path

from edge.backoffice.other_tills.commands import SetOtherTill
from edge.backoffice.other_tills.other_till import secret_name as secret_of_till
from edge.core.messages import Done
from edge.core.secrets.store import FILE
from edge.ordering.orders.queries import read_shop_orders
from edge.ordering.web_orders.commands import SetWebChannel
from edge.ordering.web_orders.web_order import WebChannel
from edge.ordering.web_orders.web_order import secret_name as secret_of_channel
from edge.runtime.secrets import secrets_of
from sim.vendors.generic_till import SimGenericTill
from sim.vendors.web_shops import SimShopify
from tests.browser.strangers import open_to_all, stranger
from tests.contract.api.test_panel_other_tills import BAR
from tests.contract.api.test_panel_other_tills import PATH as TILL_PATH
from tests.shop_fixture import SYSTEM, run

SECRET = "shared with the web shop"


def test_a_till_in_the_shops_network_says_what_it_sold(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_to_all(tmp_path) as served, stranger(served) as till:
            sim = SimGenericTill()
            headers, body = sim.hook(sim.say("1", 1_800_000_000_000_000, {"beer": "1"}))
            assert isinstance(await served.shop.do(SetOtherTill(BAR), SYSTEM), Done)
            secrets_of(served.config.folder).set(secret_of_till(BAR, "hook"), sim.signs_with)
            assert (await till.call("POST", TILL_PATH, body + b" ", **headers)).status == 401
            assert (await till.call("POST", TILL_PATH, body, **headers)).status == 200
            assert (await till.get("/manager/other-tills")).status == 401

    run(scenario())


def test_a_web_shop_orders_by_its_signature(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_to_all(tmp_path) as served, stranger(served) as shop:
            sim = SimShopify(SECRET)
            body, heads = sim.make_webhook(sim.order(4711, [("milk", 2)], "2.40"))
            signed = {sim.head: heads[sim.head]}
            assert isinstance(await served.shop.do(SetWebChannel(WebChannel("web", "Web", "shopify")), SYSTEM), Done)
            secrets_of(served.config.folder).set(secret_of_channel("web"), SECRET)
            forged = await shop.call("POST", "/api/v1/web-orders/web", body + b" ", **signed)
            assert (forged.status, forged.code, read_shop_orders(served.shop.reader)) == (403, "link_over", [])
            for _ in range(2):
                assert (await shop.call("POST", "/api/v1/web-orders/web", body, **signed)).status == 200
            # WooCommerce's check whether the address exists
            form = {"Content-Type": "application/x-www-form-urlencoded"}
            assert (await shop.call("POST", "/api/v1/web-orders/web", b"webhook_id=12", **form)).status == 200
            (order,) = read_shop_orders(served.shop.reader)
            assert order.goods.total_minor == 240
            (served.config.folder / FILE).write_text("power went away")
            unread = await shop.call("POST", "/api/v1/web-orders/web", body, **signed)
            assert (unread.status, unread.code) == (503, "busy"), "a web shop repeats this; it gives up after a 403"
            assert (await shop.get("/manager/web-orders")).status == 401

    run(scenario())

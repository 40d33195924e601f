"""A web shop that can only reach head office: the box gets its orders from there, and sends their status back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from edge.analytics.notify.service.by_office import OfficeNews
from edge.core.journal.rows import facts
from edge.core.secrets.store import SecretLost
from edge.counter.till.commands import TenderGiven
from edge.goods.stock.commands import RecordMovement
from edge.ordering.orders.commands import HandOverOrder
from edge.ordering.orders.queries import read_shop_orders
from edge.ordering.web_orders.commands import SetWebChannel
from edge.ordering.web_orders.events import WebOrderTaken
from edge.ordering.web_orders.service.part import WebShopsPart
from edge.ordering.web_orders.web_order import Profile, WebChannel, access_name
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.http_client import OutgoingHttp
from edge.runtime.secrets import secrets_of
from sim.vendors.web_shop_apis import SimShopApi, SimShopifyApi, SimWooApi
from sim.vendors.web_shops import SimShopify, SimWebShop, SimWooCommerce
from sync.hub import store
from tests.contract.hub.test_hub_api import House, an_api
from tests.contract.hub.test_notify_hub import REPORTS, Office
from tests.outgoing import HERE
from tests.shop_fixture import CASHIER, SYSTEM, FakeClock, agreed, config, done, open_shop, run

HOOK, ACCESS = "signs their webhooks", "lets:us in"
AT = "/reports/demo/corner/box1/orders/web"
BOX = "INSERT INTO device (tenant, store, device, through_hash) VALUES ('demo', 'corner', 'box1', '')"
SHOPS: tuple[tuple[Profile, type[SimWebShop], type[SimShopApi], str], ...] = (
    ("shopify", SimShopify, SimShopifyApi, "fulfilled"),
    ("woocommerce", SimWooCommerce, SimWooApi, "completed"),
)


async def posted(house: House, hook: SimWebShop, told: Any, to: str = AT) -> int:
    body, heads = hook.make_webhook(told)
    async with house.session.post(house.base + to, data=body, headers=heads) as answer:
        return answer.status


@pytest.mark.parametrize(("profile", "hook", "api", "end"), SHOPS)
def test_orders_come_by_head_office_once_and_their_states_go_back(
    profile: Profile, hook: type[SimWebShop], api: type[SimShopApi], end: str, tmp_path: Path, database: str
) -> None:
    async def scenario() -> None:
        clock, there = FakeClock(), api(ACCESS, {"milk": ("1.20", 5)})
        http = OutgoingHttp(Breakers(), (HERE,), timeout_s=5)
        async with (
            an_api(database) as house,
            store.open_store(database) as opened,
            open_shop(tmp_path, clock) as shop,
            http,
            there.serve() as url,
        ):
            await house.owner.execute(BOX)
            await agreed(shop, RecordMovement("milk", "in", units=5_000), SYSTEM)
            await done(shop, SetWebChannel(WebChannel("web", "Web", profile, True, url, "1")), SYSTEM)
            made = config(tmp_path)
            secrets_of(made.folder).set(access_name("web"), ACCESS)
            part, office = WebShopsPart(made, shop, http, secrets_of(made.folder)), Office(opened)
            news = OfficeNews(shop, office, REPORTS, lambda: "", lambda: "", lambda channel: HOOK)
            await part.look()
            there.buy("milk", 2)
            there.states["4711"] = []
            told = hook(HOOK).order(4711, [("milk", 2)], "2.40")
            assert await posted(house, hook(HOOK), told, AT.replace("box1", "other")) == 200
            office.away = True
            for signed in (hook("guessed"), hook(HOOK), hook(HOOK)):
                assert await posted(house, signed, told) == 200, "what a box makes of it is said by nobody there"
            await news.look()
            assert read_shop_orders(shop.reader) == []
            office.away, office.lost = False, 1
            for _ in range(4):
                await news.look()
            (order,) = read_shop_orders(shop.reader)
            taken = [fact for fact in facts(shop.reader, shop.registry, 1) if isinstance(fact.event, WebOrderTaken)]
            assert (order.state, len(taken), there.pieces["milk"]) == ("accepted", 1, 3)
            await done(shop, HandOverOrder(order.id, (TenderGiven("cash"),)), CASHIER)
            clock.advance(61)
            await part.look()
            assert (there.states["4711"][-1], there.pieces["milk"]) == (end, 3)
            assert await house.owner.fetchval("SELECT count(*) FROM delivery_report") == 0, "it is forgotten there"

    run(scenario())


def test_an_order_as_long_as_web_shops_write_them_comes_whole(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with an_api(database) as house, store.open_store(database) as opened, open_shop(tmp_path) as shop:
            await house.owner.execute(BOX)
            await done(shop, SetWebChannel(WebChannel("web", "Web", "shopify")), SYSTEM)
            told = SimShopify(HOOK).order(1, [("milk", 2)], "2.40")
            told["line_items"][0]["tax_lines"] = ["x" * 50_000]
            assert len(json.dumps(told)) > 50_000
            for _ in range(3):
                assert await posted(house, SimShopify(HOOK), told) == 200
            told["line_items"][0]["tax_lines"] = ["x" * 70_000]
            assert await posted(house, SimShopify(HOOK), told) == 413
            news = OfficeNews(shop, Office(opened), REPORTS, lambda: "", lambda: "", lambda channel: HOOK)
            while await news.look():
                pass
            assert [order.goods.total_minor for order in read_shop_orders(shop.reader)] == [240]

    run(scenario())


def test_an_order_waits_until_the_box_can_read_its_secret_again(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        readable = False

        def secret(channel: str) -> str:
            if not readable:
                raise SecretLost(channel)
            return HOOK

        async with an_api(database) as house, store.open_store(database) as opened, open_shop(tmp_path) as shop:
            await house.owner.execute(BOX)
            await done(shop, SetWebChannel(WebChannel("web", "Web", "shopify")), SYSTEM)
            assert await posted(house, SimShopify(HOOK), SimShopify(HOOK).order(1, [("milk", 2)], "2.40")) == 200
            news = OfficeNews(shop, Office(opened), REPORTS, lambda: "", lambda: "", secret)
            for _ in range(2):
                await news.look()
            assert read_shop_orders(shop.reader) == []
            readable = True
            while await news.look():
                pass
            assert [order.goods.total_minor for order in read_shop_orders(shop.reader)] == [240]

    run(scenario())

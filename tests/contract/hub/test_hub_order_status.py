"""The status of an order, as head office tells the holder of its QR code: if the shop allows it, and nobody else."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from aiohttp import web

from edge.app.head_office.hub_door import ASKING, HubDoor
from edge.core.command_bus import CommandBus
from edge.core.journal.rows import EpochStarted, facts
from edge.core.process.part_context import PartContext
from edge.core.secrets.store import SecretStore
from edge.foundation.opening_hours.commands import SetHours
from edge.foundation.opening_hours.rules import StoreHours
from edge.foundation.settings.commands import SetSetting
from edge.operations.ledger import Ledger
from edge.ordering.orders.commands import CancelOrder, MoveOrder, SetOrderSlot
from edge.ordering.orders.customers import status_page
from edge.ordering.orders.customers.status_page import TellStatusPage
from edge.ordering.orders.events import StatusPageSet
from edge.ordering.orders.order import KeptOrder, digest
from edge.ordering.orders.queries import free_slots, read_shop_order
from sync.hub.api import limits
from sync.hub.api.order_status import PATH
from sync.hub.api.problems import problems
from sync.hub.model import Key
from tests.contract.hub.test_hub_api import House, an_api
from tests.head_office import HeadOffice, head_office
from tests.ordering import STAFF, do, milk_order
from tests.shop_fixture import CONFIG, SYSTEM, FakeClock, config, done, open_shop, run
from tests.sync_doubles import until
from tests.sync_fixture import background, query

KEY = Key("demo", "corner", "box1")
ON = """
[orders]
phones = true
join_page = "https://hub.example/join"
wifi = "Guests"
status_at_head_office = true
[sync]
host = "127.0.0.1"
"""
HOUR_S = 3600
HEARD_NOW = "UPDATE device SET changed_at = now() - interval '90 minutes', heard_at = now()"
"""A device that sent all its rows some time ago, and was just heard from."""


class Street:
    """A shop, its head office, and a phone elsewhere."""

    def __init__(self, shop: CommandBus, clock: FakeClock, office: HeadOffice, house: House) -> None:
        self.shop, self.clock, self.office, self.house = shop, clock, office, house

    async def order(self, **said: Any) -> KeptOrder:
        order = await milk_order(self.shop, **said)
        kept = read_shop_order(self.shop.reader, order.id)
        assert kept
        return kept

    async def step(self, command: Any) -> None:
        await do(self.shop, command, STAFF)

    async def up(self) -> None:
        """Send everything to head office, as the shop does in the background: the page's event, and all rows."""
        await done(self.shop, TellStatusPage(), SYSTEM)
        await self.office.up(KEY, self.shop)

    async def asked(self, secret: str, store: str = "corner", tenant: str = "demo") -> dict[str, Any] | None:
        """Return what a phone is shown; None for the answer that strangers get."""
        status, body = await self.answer({"tenant": tenant, "store": store, "digest": digest(secret)})
        if status == 200:
            assert isinstance(body, dict)
            return body
        assert status == 404 and body["title"] == "Nothing to show"
        return None

    async def answer(self, body: Any) -> tuple[int, Any]:
        async with self.house.session.post(self.house.base + PATH, json=body) as answer:
            return answer.status, await answer.json(content_type=None)


def real_clock(ago_s: float = 0) -> FakeClock:
    """Return a clock near the real time, because Postgres has its own clock."""
    return FakeClock(time.time_ns() // 1000 - int(ago_s * 1e6))


@asynccontextmanager
async def street(folder: Path, dsn: str, text: str = CONFIG + ON, ago_s: float = 0) -> AsyncIterator[Street]:
    clock = real_clock(ago_s)
    async with open_shop(folder, clock, text=text) as shop, head_office(dsn) as office, an_api(dsn) as house:
        yield Street(shop, clock, office, house)


def test_who_holds_the_qr_reads_how_far_it_is_and_nothing_of_people_goods_and_money(
    tmp_path: Path, database: str
) -> None:
    async def scenario() -> None:
        async with street(tmp_path, database) as at:
            order = await at.order(name="Dana", phone="+33612345678", note="no nuts")
            await at.up()
            for to in ("accepted", "preparing", "ready"):
                await at.step(MoveOrder(order.id, to))
                await at.up()
                found = await at.asked(order.secret)
                assert found and (found["state"], found["said"]) == (to, order.said)
            assert found and (found["store_name"], found["zone"]) == ("Corner Shop", "Europe/Paris")
            assert set(found) == {
                *("said", "state", "fulfilment", "slot_from", "slot_until", "late", "changed_at"),
                *("store_name", "zone", "as_of", "now"),
            }
            assert not any(word in json.dumps(found) for word in ("Dana", "336", "nuts", "ilk", "240", order.id))

    run(scenario())


def test_the_slot_is_told_and_once_it_is_over_that_it_takes_longer(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with street(tmp_path, database, ago_s=3 * HOUR_S) as at:
            order = await at.order()
            slot = free_slots(at.shop.reader, ZoneInfo("Europe/Paris"), at.clock.at_us)[0]
            await at.step(SetOrderSlot(order.id, slot.from_us))
            await at.up()
            await query(database, HEARD_NOW)
            found = await at.asked(order.secret)
            assert found and found["late"] is True, "its slot was hours ago, and it is not ready"
            assert found["slot_from"] < found["slot_until"]
            for to in ("accepted", "preparing", "ready"):
                await at.step(MoveOrder(order.id, to))
            await at.up()
            found = await at.asked(order.secret)
            assert found and found["late"] is False, "it waits for the customer"

    run(scenario())


def test_strangers_get_one_and_the_same_answer_and_none_sooner(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with street(tmp_path, database) as at:
            order = await at.order()
            await at.up()
            monkeypatch.setattr(limits, "ORDER_ANSWER_S", 0.3)
            good = {"tenant": "demo", "store": "corner", "digest": digest(order.secret)}
            answers = []
            for change in ({}, {"digest": "0" * 64}, {"tenant": "other"}, {"store": "north"}):
                began = asyncio.get_running_loop().time()
                async with at.house.session.post(at.house.base + PATH, json={**good, **change}) as answer:
                    kept = {name: value for name, value in answer.headers.items() if name != "Date"}
                    answers.append((answer.status, await answer.read(), kept))
                assert asyncio.get_running_loop().time() - began > 0.29
            assert answers[0][0] == 200 and answers[0][2]["Cache-Control"] == "no-store"
            assert answers[1][0] == 404 and answers[1] == answers[2] == answers[3]
            await query(database, "UPDATE order_status_page SET on_page = false")
            async with at.house.session.post(at.house.base + PATH, json=good) as answer:
                assert (answer.status, await answer.read()) == answers[1][:2], "and where the shop does not want it"

    run(scenario())


def test_of_what_is_wanted_as_soon_as_possible_it_is_told_too_once_it_takes_longer(
    tmp_path: Path, database: str
) -> None:
    async def scenario() -> None:
        async with street(tmp_path, database, ago_s=HOUR_S) as at:
            orders = []
            for prepare_min in (20, 300):
                await done(at.shop, SetHours(StoreHours(prepare_min=prepare_min)), SYSTEM)
                orders.append(await at.order())
            await at.up()
            await query(database, HEARD_NOW)
            told = [await at.asked(order.secret) for order in orders]
            assert [found and (found["late"], found["slot_from"]) for found in told] == [(True, None), (False, None)]
            for to in ("accepted", "preparing", "ready"):
                await at.step(MoveOrder(orders[0].id, to))
            await at.up()
            found = await at.asked(orders[0].secret)
            assert found and found["late"] is False, "it waits for the customer"

    run(scenario())


def test_a_shop_that_does_not_want_it_is_as_if_it_were_not_there_and_may_change_its_mind(
    tmp_path: Path, database: str
) -> None:
    async def scenario() -> None:
        async with street(tmp_path, database, CONFIG) as at:
            order = await at.order()
            await at.up()
            assert await at.asked(order.secret) is None
            told = [fact for fact in facts(at.shop.reader, at.shop.registry) if isinstance(fact.event, StatusPageSet)]
            assert not told, "a shop that never wanted it says nothing of it"

        for text, shown in ((CONFIG + ON, True), (CONFIG + ON.replace("= true\n[sync]", "= false\n[sync]"), False)):
            async with open_shop(tmp_path, real_clock(), stocked=False, text=text) as shop:
                at.shop = shop
                async with an_api(database) as at.house, head_office(database) as at.office:
                    await at.up()
                    assert (await at.asked(order.secret) is not None) == shown, text

    run(scenario())


def test_it_dies_24_hours_behind_the_orders_end(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with street(tmp_path, database, ago_s=24 * HOUR_S + 600) as at:
            over, fresh, still = [await at.order() for _ in range(3)]
            await at.step(CancelOrder(over.id, "gone"))
            at.clock.advance(1200)
            await at.step(CancelOrder(fresh.id, "gone"))
            await at.up()
            assert await at.asked(over.secret) is None
            found = await at.asked(fresh.secret)
            assert found and found["state"] == "rejected"
            assert await at.asked(still.secret), "one that has not ended stays"

    run(scenario())


def test_until_when_it_holds_is_said_truthfully(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with street(tmp_path, database, ago_s=2 * HOUR_S) as at:
            order = await at.order()
            await at.up()
            found = await at.asked(order.secret)
            assert found and found["as_of"] == found["changed_at"], "rows of hours ago are coming in: more may follow"
            await query(database, HEARD_NOW)
            found = await at.asked(order.secret)
            assert found and found["as_of"] <= found["now"] and await _ago_s(database, found["as_of"]) < 60
            await query(database, "UPDATE device SET heard_at = now() - interval '1 hour'")
            found = await at.asked(order.secret)
            assert found and abs(await _ago_s(database, found["as_of"]) - HOUR_S) < 60, "the shop was cut off then"
            await at.step(MoveOrder(order.id, "accepted"))
            await done(at.shop, TellStatusPage(), SYSTEM)
            await at.office.up(KEY, at.shop, project=False)
            await query(database, HEARD_NOW)
            found = await at.asked(order.secret)
            assert found and found["state"] == "placed" and found["as_of"] == found["changed_at"]
            await at.office.project(KEY)
            found = await at.asked(order.secret)
            assert found and found["state"] == "accepted" and await _ago_s(database, found["as_of"]) < 60

    run(scenario())


async def _ago_s(dsn: str, moment: str) -> float:
    ((ago_s,),) = await query(dsn, "SELECT extract(epoch FROM now() - $1::text::timestamptz)::float8", moment)
    return float(ago_s)


def test_a_restored_box_tells_once_more_whatever_it_told(tmp_path: Path) -> None:
    async def scenario() -> None:
        def said() -> list[bool]:
            found = facts(shop.reader, shop.registry)
            return [fact.event.on_page for fact in found if isinstance(fact.event, StatusPageSet)]

        async with open_shop(tmp_path, text=CONFIG + ON) as shop:
            for _ in range(2):
                await done(shop, TellStatusPage(), SYSTEM)
            assert said() == [True], "once is enough"
        ledger = Ledger(config(tmp_path, CONFIG))
        ledger.writer.begin_epoch(EpochStarted("restored"))
        ledger.close()
        async with open_shop(tmp_path, stocked=False) as shop:
            for _ in range(2):
                await done(shop, TellStatusPage(), SYSTEM)
            assert said() == [True, False], "head office may have heard a yes that this box does not remember"

    run(scenario())


def test_the_box_says_it_by_itself_and_again_when_it_is_called_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        monkeypatch.setattr(status_page, "EVERY_S", 0.01)
        async with open_shop(tmp_path, text=CONFIG + ON) as shop:
            context = PartContext(shop, tmp_path, "UTC", str, cast(SecretStore, None))

            def said() -> list[StatusPageSet]:
                found = facts(shop.reader, shop.registry)
                return [fact.event for fact in found if isinstance(fact.event, StatusPageSet)]

            async with background(shop.registry.parts["status_page"].make(context).run(lambda: None)):
                await until(lambda: len(said()) == 1, "it is said")
                await done(shop, SetSetting("store.header", ("Corner & Sons",)), SYSTEM)
                await until(lambda: len(said()) == 2, "and so is the new name")
            names = ("Corner Shop", "Corner & Sons")
            assert said() == [StatusPageSet(True, name, "Europe/Paris") for name in names]

    run(scenario())


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"tenant": "demo", "store": "corner"}, 400),
        ({"tenant": "demo", "store": "corner", "digest": "secret"}, 400),
        ({"tenant": "de mo", "store": "corner", "digest": "0" * 64}, 400),
        ({"tenant": "demo", "store": "corner", "digest": "0" * 64, "more": 1}, 400),
        ({"tenant": "demo", "store": "corner", "digest": "0" * limits.ORDER_BODY_BYTES}, 413),
    ],
)
def test_what_is_no_question_is_refused(database: str, body: Any, status: int) -> None:
    async def scenario() -> None:
        async with an_api(database) as house, house.session.post(house.base + PATH, json=body) as answer:
            assert answer.status == status

    run(scenario())


def test_so_many_phones_at_once_and_no_more(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            monkeypatch.setattr(limits, "ASKING", 0)
            body = {"tenant": "demo", "store": "corner", "digest": "0" * 64}
            async with house.session.post(house.base + PATH, json=body) as answer:
                assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
            async with house.session.get(house.base + PATH) as answer:
                assert answer.status == 405, "nothing is asked in an address"

    run(scenario())


async def _ask(port: int, source: str, **headers: str) -> tuple[int, str]:
    connector = aiohttp.TCPConnector(local_addr=(source, 0))
    async with (
        aiohttp.ClientSession(connector=connector) as session,
        session.post(f"http://127.0.0.1:{port}{PATH}", headers=headers) as answer,
    ):
        return answer.status, answer.headers.get("Retry-After", "")


@asynccontextmanager
async def a_door(door: HubDoor) -> AsyncIterator[int]:
    async def hello(_request: web.Request) -> web.Response:
        return web.Response(text="hello")

    app = web.Application(middlewares=[problems])
    app.router.add_post(PATH, hello)
    async with door.open(app) as port:
        yield port


def test_who_asks_too_often_waits_and_nobody_else_does(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        monkeypatch.setitem(ASKING, "order_status", type(ASKING["read"])(0.01, 3))
        async with a_door(HubDoor()) as port:
            assert [(await _ask(port, "127.0.0.1"))[0] for _ in range(4)] == [200, 200, 200, 429]
            status, again = await _ask(port, "127.0.0.1")
            assert status == 429 and 0 < int(again) <= 100
            assert (await _ask(port, "127.0.0.2"))[0] == 200
        monkeypatch.setitem(ASKING, "order_status_of_all", type(ASKING["read"])(0.01, 2))
        async with a_door(HubDoor()) as port:
            answers = [await _ask(port, f"127.0.0.{host}") for host in (1, 2, 3)]
            assert [status for status, _ in answers] == [200, 200, 429] and int(answers[2][1]) > 0

    run(scenario())


def test_behind_a_proxy_each_of_those_it_speaks_for_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        monkeypatch.setitem(ASKING, "order_status", type(ASKING["read"])(0.01, 1))
        async with a_door(HubDoor(proxy="127.0.0.3")) as port:
            for source, said, status in (
                ("127.0.0.3", "203.0.113.1", 200),
                ("127.0.0.3", "203.0.113.2", 200),
                ("127.0.0.3", "198.51.100.9, 203.0.113.2", 429),
                ("127.0.0.4", "203.0.113.3", 200),
                ("127.0.0.4", "203.0.113.4", 429),
            ):
                assert (await _ask(port, source, **{"X-Forwarded-For": said}))[0] == status, (source, said)

    run(scenario())

"""Data that head office fetches from other systems for its stores: fetched once, sent to the shop and imported."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web

from edge.__main__ import main
from edge.app.cli.hub_places import feeds_of
from edge.app.head_office.hub_feeds import FeedPuller, HubFeed
from edge.backoffice.directives.commands import TakeDirective
from edge.backoffice.feeds.commands import SetConnector
from edge.backoffice.feeds.connector import Connector
from edge.backoffice.feeds.queries import read_feed_jobs
from edge.backoffice.other_tills.commands import SetOtherTill, SetPosItem
from edge.backoffice.other_tills.other_till import OtherTill, PosItem
from edge.backoffice.other_tills.queries import read_pos_sales
from edge.core.command_bus import CommandBus
from edge.goods.stock.queries import read_stock
from edge.lib.errors import ConfigError, NeedsHuman
from sim.http_service import serving
from sim.vendors.square import SimSquare
from sim.vendors.toast import RESTAURANT, SimToast
from sync.hub.api.till_webhooks import NO_HOOKS
from tests.hub_hooks import NOWHERE, hooked_office
from tests.importing import job_runner, until
from tests.shop_fixture import SYSTEM, done, open_shop

BAR = HubFeed("bar", "demo", "corner", "bar-sales", "square", "http://127.0.0.1:1", "bar", places="L1 = main")
_BOX = "INSERT INTO device (tenant, store, device, through_hash) VALUES ('demo', 'corner', 'box1', '')"


class Office:
    """Head office with one store, and the directives it sent."""

    def __init__(self, owner: Any, puller: FeedPuller) -> None:
        self.owner, self.puller = owner, puller

    async def told(self) -> list[str]:
        rows = await self.owner.fetch("SELECT kind, body FROM directive ORDER BY version")
        assert {row["kind"] for row in rows} <= {"feed_rows"}
        return [bytes(row["body"]).decode() for row in rows]

    async def state(self) -> tuple[str, int, bool]:
        row = await self.owner.fetchrow("SELECT why, records, good_at FROM feed_pull")
        return row["why"], row["records"], row["good_at"] is not None


@asynccontextmanager
async def an_office(dsn: str) -> AsyncIterator[Office]:
    async with hooked_office(dsn, NO_HOOKS) as (_, _port, owner, store):
        await owner.execute(_BOX)
        yield Office(owner, FeedPuller(store, NOWHERE))


def now_us() -> int:
    return time.time_ns() // 1000


def test_what_a_till_sold_is_fetched_by_head_office_and_moves_the_shops_stock_once(
    database: str, tmp_path: Path
) -> None:
    async def scenario() -> None:
        square = SimSquare()
        square.page = 2
        async with an_office(database) as office, square.serve() as url:
            feed = msgspec.structs.replace(BAR, address=url, secret=square.token)
            for n in range(5):
                square.sell(f"o{n}", now_us(), {"beer-v": "2", "cake-v": "1"})
            assert (await office.puller.pull(feed)).records == 5
            assert (await office.puller.pull(feed)).records == 0, "told once, though it was asked for twice"
            square.cancel("o0", now_us())
            square.give_back("back", "o1", now_us(), {"beer-v": "1"})
            assert (await office.puller.pull(feed)).records == 2
            assert await office.state() == ("", 7, True)
            await _taken(tmp_path, await office.told())

    asyncio.run(scenario())


def test_how_much_is_asked_for_once_more_is_said_by_the_feed(database: str) -> None:
    async def scenario() -> None:
        square = SimSquare()
        async with an_office(database) as office, square.serve() as url:
            feed = msgspec.structs.replace(BAR, address=url, secret=square.token)
            square.sell("in time", now_us(), {"beer-v": "1"})
            assert (await office.puller.pull(feed)).records == 1
            square.sell("late", now_us() - 10 * 60 * 1_000_000, {"beer-v": "1"})
            assert (await office.puller.pull(feed)).records == 0, "two minutes do not reach it"
            assert (await office.puller.pull(msgspec.structs.replace(feed, overlap_min=15))).records == 1

    asyncio.run(scenario())


def test_a_till_that_sends_no_currency_has_the_stores_and_never_another(database: str) -> None:
    async def scenario() -> None:
        toast = SimToast()
        async with an_office(database) as office, toast.serve() as url:
            toast.sell("t1", now_us(), {"beer-v": 2.0})
            said = {"kind": "toast", "address": url, "account": toast.client, "secret": toast.secret}
            feed = msgspec.structs.replace(BAR, **said, places=f"{RESTAURANT} = main")
            with pytest.raises(NeedsHuman, match="Toast sends no currency"):
                await office.puller.pull(feed)
            assert (await office.told(), (await office.state())[0].split("(")[1]) == ([], "feeds.no_currency)")
            await office.owner.execute(
                "INSERT INTO store_record (tenant, store, currency) VALUES ('demo', 'corner', 'USD')"
            )
            assert (await office.puller.pull(feed)).records == 1
            assert '"currency":"USD"' in (await office.told())[-1]
            named = msgspec.structs.replace(feed, name="other", currency="CAD")
            await office.puller.pull(named)
            assert '"currency":"CAD"' in (await office.told())[-1]

    asyncio.run(scenario())


def test_an_order_that_cannot_be_read_waits_at_the_store_for_a_person(database: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        square = SimSquare()
        async with an_office(database) as office, square.serve() as url:
            feed = msgspec.structs.replace(BAR, address=url, secret=square.token)
            square.sell("odd", now_us(), {"beer-v": "minus two"})
            square.sell("o1", now_us(), {"beer-v": "2"})
            assert (await office.puller.pull(feed)).records == 2
            assert (await office.puller.pull(feed)).records == 0
            bodies = await office.told()
        async with open_shop(tmp_path) as shop:
            await done(shop, SetOtherTill(OtherTill("bar", "square", places="L1 = main", every_min=0)), SYSTEM)
            await done(shop, SetConnector(Connector("bar-sales", "POS", "office", "PosSale")), SYSTEM)
            for number, body in enumerate(bodies, 1):
                await done(shop, TakeDirective(number, "feed_rows", body), SYSTEM)
            await _all_jobs(shop)
            jobs = read_feed_jobs(shop.reader)
            assert (sum(one.applied for one in jobs), sum(one.invalid for one in jobs)) == (1, 1)

    asyncio.run(scenario())


async def _taken(folder: Path, bodies: list[str]) -> None:
    """Import the directives twice in a shop: eight beers are sold and one returned; repetitions have no effect."""
    async with open_shop(folder) as shop:
        await done(shop, SetOtherTill(OtherTill("bar", "square", places="L1 = main", every_min=0)), SYSTEM)
        await done(shop, SetPosItem(PosItem("bar", "beer-v", "beer")), SYSTEM)
        await done(shop, SetPosItem(PosItem("bar", "cake-v")), SYSTEM)
        await done(shop, SetConnector(Connector("bar-sales", "POS", "office", "PosSale")), SYSTEM)
        before = read_stock(shop.reader, "beer") or 0
        for number, body in enumerate([*bodies, *bodies], 1):
            await done(shop, TakeDirective(number, "feed_rows", body), SYSTEM)
            await _all_jobs(shop)
        assert (read_stock(shop.reader, "beer") or 0) - before == -7_000
        assert len(read_pos_sales(shop.reader, "bar")) == 6, "a void is a version of its sale"
        jobs = read_feed_jobs(shop.reader)
        assert {one.source_connector for one in jobs} == {"bar-sales"}
        assert (sum(one.applied for one in jobs), sum(one.same for one in jobs)) == (7, 7)


async def _all_jobs(shop: CommandBus) -> None:
    """Run all jobs to their end: the directive's own, and those it starts."""
    at = 0
    async with job_runner(shop):
        while row := shop.reader.execute("SELECT id FROM job WHERE id > ? ORDER BY id LIMIT 1", (at,)).fetchone():
            at = (await until(shop, int(row[0]))).id


def test_who_lets_no_one_in_is_named_and_nothing_is_lost(database: str) -> None:
    async def scenario() -> None:
        square = SimSquare()
        async with an_office(database) as office, square.serve() as url:
            feed = msgspec.structs.replace(BAR, address=url, secret="wrong")
            square.sell("o1", now_us(), {"beer-v": "2"})
            with pytest.raises(NeedsHuman, match="bar couldn't be fetched"):
                await office.puller.pull(feed)
            why, records, good = await office.state()
            assert ("sign_in" in why, records, good) == (True, 0, False)
            feed = msgspec.structs.replace(feed, secret=square.token)
            assert (await office.puller.pull(feed)).records == 1
            assert (await office.state())[0] == ""

    asyncio.run(scenario())


def test_a_file_behind_an_address_is_handed_down_as_far_as_it_changed(database: str) -> None:
    async def scenario() -> None:
        text = "supplier_id,name\ndairy,The Dairy\nmill,The Mill\n"

        async def answer(request: web.Request) -> web.Response:
            if request.headers.get("Authorization") != "Bearer key":
                return web.Response(status=401)
            return web.Response(text=text)

        app = web.Application()
        app.router.add_get("/suppliers.csv", answer)
        async with an_office(database) as office, serving(app) as url:
            feed = HubFeed(
                "suppliers", "demo", "corner", "s", "http", f"{url}/suppliers.csv", secret="key", entity_type="Supplier"
            )
            assert (await office.puller.pull(feed)).records == 2
            text = text.replace("The Mill", "A Mill")
            assert (await office.puller.pull(feed)).records == 1
            assert '"supplier_id":"mill"' in (await office.told())[-1]
            text = "name\nThe Mill\n"
            with pytest.raises(NeedsHuman):
                await office.puller.pull(feed)
            assert (await office.state())[1] == 3
            text = 'supplier_id,name\nfarm,The Farm\n"cut,off\n'
            with pytest.raises(NeedsHuman, match="suppliers: Records left out: 1, line 3"):
                await office.puller.pull(feed)
            assert "The Farm" in (await office.told())[-1]
            assert "Records left out" in (await office.state())[0]

    asyncio.run(scenario())


def test_whoever_runs_head_office_has_it_done_by_name(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "feeds.toml"
    monkeypatch.setenv("EDGE_HUB_FEEDS_FILE", str(file))
    monkeypatch.setenv("EDGE_HUB_TLS", "off")
    monkeypatch.setenv("EDGE_HUB_BROKER", "127.0.0.1:1")
    row = '[[feed]]\nname = "{}"\ntenant = "demo"\nstore = "corner"\nconnector = "bar-sales"\nkind = "square"\n'
    more = 'address = "{}"\npos = "bar"\nplaces = "L1 = main"\nsecret = "{}"\n'

    async def scenario() -> None:
        square = SimSquare()
        async with an_office(database) as office, square.serve() as url:
            file.write_text(
                row.format("bad") + more.format(url, "wrong") + row.format("bar") + more.format(url, square.token)
            )
            square.sell("o1", now_us(), {"beer-v": "2"})
            asked = ["hub", "--database", database, "feed"]
            assert await asyncio.to_thread(main, [*asked, "run"]) == 1, "one of them failed"
            said = capsys.readouterr().out
            assert "bad couldn't be fetched" in said and "bar: 1 records for demo/corner" in said
            assert await asyncio.to_thread(main, [*asked, "run", "bar"]) == 0
            assert await asyncio.to_thread(main, [*asked, "list"]) == 0
            assert "failing:" in (said := capsys.readouterr().out) and "1 records" in said
            assert await asyncio.to_thread(main, [*asked, "run", "nobody"]) != 0
            assert len(await office.told()) == 1

    asyncio.run(scenario())
    for wrong in (
        row.format("a")
        + more.format("https://a.example", "x")
        + row.format("a")
        + more.format("https://a.example", "x"),
        row.format("a") + 'address = "https://a.example"\n',
        row.format("a") + more.format("ftp://a.example", "x"),
        row.format("a") + more.format("https://a.example", "x") + 'entity_type = "Supplier"\n',
    ):
        file.write_text(wrong)
        with pytest.raises(ConfigError):
            feeds_of()

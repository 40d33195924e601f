"""Looking back: the manager's pages show the shop as it was at a minute, marked as past, and change nothing."""

from __future__ import annotations

import argparse
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web

from edge.analytics.shelf.commands import SetPlanogram
from edge.app import past_site
from edge.app.cli import asof as cli
from edge.app.panel import looking_back
from edge.app.past_site import PastSites
from edge.backoffice.past.moment import read_moment
from edge.core.journal.past_reads import FindMoment, KeepBases, MakeView
from edge.core.process.reading_process import NotRead
from edge.counter.till.commands import AddLine, Pay, UseCustomer, VoidLastSale
from edge.goods.catalog.commands import ChangePrice
from edge.goods.promotions.commands import SetPromotion
from edge.goods.promotions.promotion import Goods, PercentOff, Promotion
from edge.goods.purchasing.commands import (
    CancelPurchaseOrder,
    CreatePurchaseOrder,
    OrderLine,
    SetSupplier,
    SetSupplierPrice,
)
from edge.goods.stock.commands import RecordMovement
from edge.lib.errors import NeedsHuman
from edge.lib.units.dates import after
from edge.operations.shop_file.export import Exported
from edge.people.customers.commands import ForgetCustomer
from edge.web.past import types_changing
from edge.web.problem import Problem
from tests.browser.calling import Answer, Caller, calling
from tests.browser.serving import DEADLINE_S, Served, serve
from tests.catch_up import catch_up
from tests.customers import known
from tests.flow.analytics.test_page_figures import a_customer
from tests.http_client import when
from tests.shop_fixture import CONFIG, MANAGER, MILK, SYSTEM, FakeClock, done, run
from tests.unit.analytics.test_shelf_stock import LAYOUT, PICTURE
from tests.unit.analytics.test_shelf_stock import TEXT as SHELVES

PARIS = ZoneInfo("Europe/Paris")
BEGAN_US = FakeClock().at_us
PRICES = (120, 777, 888)
"""What milk costs, a minute each, from the first minute on."""


class Then:
    """A shop whose milk became dearer each minute, and a browser that looks at its pages."""

    def __init__(self, served: Served, caller: Caller, minutes: list[str], clock: FakeClock) -> None:
        self.served, self.caller, self.minutes, self.clock = served, caller, minutes, clock
        self.cookie = ""

    async def get(self, path: str, **headers: str) -> Answer:
        """A page, wherever it leads to; what it sets of cookies is kept as a browser does."""
        for _ in range(4):
            answer = await self.caller.get(path, Cookie=self.cookie, Surface="panel", Sec_Fetch_Site="same-origin")
            if set_now := answer.headers.get("Set-Cookie"):
                self.cookie = set_now.split("; ")[0] if "Max-Age=0" not in set_now else ""
            if answer.status != 303:
                return answer
            path = answer.headers["Location"]
        raise AssertionError(f"it leads on and on: {path}")

    async def look(self, minute: str, to: str) -> Answer:
        return await self.get(f"/manager/past/go?at={minute}&to={to}")


@asynccontextmanager
async def looking(folder: Path, text: str = CONFIG) -> AsyncIterator[Then]:
    clock = FakeClock()
    async with serve(folder, text, clock=clock) as served, calling(served) as caller:
        minutes = []
        for price in PRICES:
            await done(served.shop, ChangePrice("milk", price), SYSTEM)
            clock.advance(30)
            minutes.append(datetime.fromtimestamp(clock.at_us / 1e6, PARIS).strftime("%Y-%m-%dT%H:%M:%S"))
            clock.advance(30)
        await catch_up(served.shop)
        yield Then(served, caller, minutes, clock)


def test_a_product_costs_what_it_did_and_steps_lead_from_change_to_change(tmp_path: Path) -> None:
    async def check() -> None:
        async with looking(tmp_path) as then:
            milk = "/manager/product?sku=milk"
            assert "€8.88" in (await then.get(milk)).text
            page = (await then.look(then.minutes[1], milk)).text
            assert "€7.77" in page and "€8.88" not in page and "This is the past" in page
            page = (await then.get(f"/manager/past/step?way=next&to={milk}")).text
            assert "€8.88" in page and "This is the past" in page
            for _ in range(2):
                page = (await then.get(f"/manager/past/step?way=previous&to={milk}")).text
            assert "€1.20" in page and "€7.77" not in page
            page = (await then.get(f"/manager/past/end?to={milk}")).text
            assert "€8.88" in page and "This is the past" not in page

    run(check())


def test_steps_on_a_receipts_page_lead_to_what_became_of_it(tmp_path: Path) -> None:
    async def check() -> None:
        async with looking(tmp_path) as then:
            shop, sale = then.served.shop, "/manager/sale?register=1&number=1"
            await done(shop, AddLine(MILK))
            await done(shop, Pay("cash"))
            query = "SELECT seq FROM journal WHERE type = 'SaleCompleted'"
            ((sold,),) = shop.reader.execute(query).fetchall()
            await done(shop, ChangePrice("milk", 999), SYSTEM)
            await done(shop, VoidLastSale(), MANAGER)
            then.clock.advance(60)
            await catch_up(shop)
            assert "voided" in (await then.get(sale)).text.lower()
            now = datetime.fromtimestamp(shop.now_us() / 1e6, PARIS).strftime("%Y-%m-%dT%H:%M:%S")
            await then.look(now, sale)
            page = (await then.get(f"/manager/past/step?way=previous&to={quote(sale)}")).text
            if "voided by" in page.lower():  # the void is the newest row, or one beside it is
                page = (await then.get(f"/manager/past/step?way=previous&to={quote(sale)}")).text
            assert "voided by" not in page.lower() and f"After journal entry {sold}:" in page, page[-900:]
            page = (await then.get(f"/manager/past/step?way=next&to={quote(sale)}")).text
            assert "voided by" in page.lower()

    run(check())


STEPPED = ("products", "stock", "shelf", "purchase?id=2", "today", "sales")


def test_steps_lead_to_what_changed_each_page_and_pass_over_the_rest(tmp_path: Path) -> None:
    async def check() -> None:
        async with looking(tmp_path, SHELVES) as then:
            shop = then.served.shop
            await done(shop, SetSupplier("dairy", {"en": "Dairy"}), SYSTEM)
            await done(shop, SetSupplierPrice("dairy", "milk", 70), SYSTEM)
            order = CreatePurchaseOrder("dairy", (OrderLine("milk", 5_000),))
            for bay, price in (("a", 901), ("b", 902)):
                await done(shop, ChangePrice("beer", price), SYSTEM)
                await done(shop, RecordMovement("milk", "in", units=5_000), SYSTEM)
                await done(shop, SetPlanogram(bay, bay.upper(), "eye", LAYOUT, PICTURE), SYSTEM)
                for one in (order, order, CancelPurchaseOrder(1 if bay == "a" else 3)):
                    await done(shop, one, SYSTEM)
                await done(shop, AddLine(MILK))
                await done(shop, Pay("cash"))
            await catch_up(shop)
            now = datetime.fromtimestamp(shop.now_us() / 1e6, PARIS).strftime("%Y-%m-%dT%H:%M:%S")
            query = "SELECT seq, type, CAST(body AS TEXT) FROM journal WHERE seq < ? ORDER BY seq DESC"
            rows = shop.reader.execute(query, (shop.head.seq,)).fetchall()
            pages = {page.path: page for page in then.served.site.declared.pages.values()}
            projections = {one.name for one in shop.registry.projectors}
            assert {one for page in pages.values() for one in page.changed_by} <= projections
            for name in STEPPED:
                address = f"/manager/{name}"
                types = types_changing(pages[address.partition("?")[0]], shop.registry)
                numbered = "purchase?" in name
                wanted = [seq for seq, type, body in rows if type in types and (not numbered or '"number":2' in body)]
                await then.look(now, address)
                seen = list[int]()
                for _ in wanted[:3]:
                    text = (await then.get(f"/manager/past/step?way=previous&to={quote(address)}")).text
                    seen += [int(one.replace(",", "")) for one in re.findall(r"After journal entry ([\d,]+):", text)]
                assert seen == wanted[:3] and seen, (name, seen, wanted)

    run(check(), 120)


def test_a_day_ends_at_the_shops_turn_of_day_and_not_at_midnight(tmp_path: Path) -> None:
    async def check() -> None:
        async with looking(tmp_path) as then:
            milk, shop = "/manager/product?sku=milk", then.served.shop
            (day,) = shop.reader.execute("SELECT max(business_date) FROM journal").fetchone()
            midnight = datetime.fromisoformat(after(day, 1)).replace(tzinfo=PARIS).timestamp()
            then.clock.advance(midnight + 1800 - then.clock.at_us / 1e6)
            await done(shop, ChangePrice("milk", 999), SYSTEM)
            (late,) = shop.reader.execute("SELECT max(business_date) FROM journal").fetchone()
            assert late == day  # it is past midnight, and the shop's day goes on
            page = (await then.get(f"/manager/past/go?end_of={day}&to={milk}")).text
            assert "€9.99" in page and "This is the past" in page
            for wrong, told in (("2020-01-01", "before"), ("2999-01-01", "future"), ("nonsense", "")):
                page = (await then.get(f"/manager/past/go?end_of={wrong}&to={milk}")).text
                assert (told in page and 'role="alert"' in page) or 'class="error"' in page, wrong

    run(check())


def test_every_page_that_takes_part_shows_the_past_and_every_other_says_that_it_cannot(tmp_path: Path) -> None:
    async def check() -> None:
        async with looking(tmp_path) as then:
            await then.look(then.minutes[0], "/manager/products")
            pages = [one for one in then.served.site.declared.pages.values() if one.menu and one.name != "past"]
            for one in pages:
                answer = await then.get(one.path)
                assert answer.status == 200, (one.name, answer.text[-400:])
                if one.path.startswith("/manager"):
                    assert ('class="past-bar"' in answer.text) == one.past, one.name
                    assert ('id="only-now"' in answer.text) != one.past, one.name
            assert sum(one.past for one in pages) > 15

    run(check())


def test_each_page_shows_what_was_so_at_a_minute_and_nothing_that_came_since(tmp_path: Path) -> None:
    async def check() -> None:
        async with looking(tmp_path, SHELVES) as then:
            shop, clock = then.served.shop, then.clock
            customer = await a_customer(shop)

            async def trade(lot: str, bay: str, promotion: str) -> None:
                await done(shop, RecordMovement("milk", "in", units=5_000, lot=lot, expiry="2027-12-31"), SYSTEM)
                await done(shop, AddLine(MILK))
                await done(shop, UseCustomer(customer))
                await done(shop, Pay("cash"))
                await done(shop, SetPlanogram(bay.lower(), bay, "eye", LAYOUT, PICTURE), SYSTEM)
                off = Promotion(promotion.lower(), {"en": promotion}, PercentOff(10_000), Goods(("beer",)))
                await done(shop, SetPromotion(off), SYSTEM)
                clock.advance(60)

            await trade("LOT-1", "Dairy", "Winter")
            minute = datetime.fromtimestamp(clock.at_us / 1e6, PARIS).strftime("%Y-%m-%dT%H:%M:%S")
            clock.advance(60)
            await trade("LOT-2", "Cellar", "Spring")
            await catch_up(shop)
            (day,) = shop.reader.execute("SELECT max(business_date) FROM journal").fetchone()
            pages = (
                (f"/manager/today?day={day}", 'id="receipts"><bdi>1<', 'id="receipts"><bdi>2<'),
                ("/manager/stock/item?sku=milk", "LOT-1", "LOT-2"),
                (f"/manager/customer?id={customer}", 'points"><bdi>8</bdi>', 'points"><bdi>16</bdi>'),
                (f"/manager/report?kind=daily&date={day}", "<bdi>€8.88<", "<bdi>€17.76<"),
                ("/manager/shelf", "Dairy", "Cellar"),
                ("/manager/promotions", "Winter", "Spring"),
                ("/manager/sales", "number=1", "number=2"),
            )
            later = "/manager/sale?register=1&number=2"
            for address, _, since in pages:
                assert since in (await then.get(address)).text, address
            assert (await then.get(later)).status == 200
            await then.look(minute, "/manager/products")
            for address, so, since in pages:
                page = (await then.get(address)).text
                main = page[page.index("<main") :]
                assert 'class="past-bar"' in page and so in main and since not in main, address
            assert (await then.get(later)).status == 404
            stock = pages[1][0]
            assert "LOT-2" in (await then.get(f"/manager/past/step?way=next&to={stock}")).text
            page = (await then.get(f"/manager/past/step?way=previous&to={stock}")).text
            assert "LOT-1" in page and "LOT-2" not in page

    run(check(), 120)


def test_a_moment_says_who_was_at_the_registers_and_what_was_ordered(tmp_path: Path) -> None:
    async def check() -> None:
        async with looking(tmp_path) as then:
            shop, clock = then.served.shop, then.clock
            await done(shop, SetSupplier("dairy", {"en": "Dairy"}), SYSTEM)
            await done(shop, SetSupplierPrice("dairy", "milk", 70), SYSTEM)
            await done(shop, CreatePurchaseOrder("dairy", (OrderLine("milk", 5_000),)), SYSTEM)
            await done(shop, AddLine(MILK))
            await done(shop, Pay("cash"))
            clock.advance(60)
            minute = datetime.fromtimestamp(clock.at_us / 1e6, PARIS).strftime("%Y-%m-%dT%H:%M:%S")
            clock.advance(60)
            await done(shop, CancelPurchaseOrder(1), SYSTEM)
            assert "/manager/purchase?register=1&amp;id=1" not in (await then.get("/manager/purchasing")).text
            page = (await then.look(minute, "/manager/purchasing")).text
            assert "This is the past" in page and "/manager/purchase?register=1&amp;id=1" in page
            past = (await then.get("/manager/past")).text
            assert "not signed in" in past[past.index('id="working"') :]

    run(check())


def test_nothing_is_changed_from_the_past_and_the_till_beside_it_sells_at_todays_price(tmp_path: Path) -> None:
    async def check() -> None:
        async with looking(tmp_path) as then:
            await then.look(then.minutes[0], "/manager/products")
            from_page = {"Cookie": then.cookie, "Sec-Fetch-Site": "same-origin"}
            answer = await then.caller.manage(
                "ChangePrice", {"sku": "milk", "price_minor": 1}, Surface="panel", **from_page
            )
            assert (answer.status, answer.json["code"]) == (409, "past_read_only")
            asked = "/api/v1/queries/product?sku=milk"
            then_price = await then.caller.get(asked, Surface="panel", Grant=then.caller.token, **from_page)
            now_price = await then.caller.get(asked, Surface="cashier", Grant=then.caller.token, **from_page)
            assert then_price.json["result"]["price_minor"] == 120
            assert now_price.json["result"]["price_minor"] == 888

    run(check())


def test_no_one_has_a_view_made_without_signing_in(tmp_path: Path) -> None:
    async def check() -> None:
        async with looking(tmp_path) as then:
            page = (await then.look(then.minutes[1], "/manager/products")).text
            assert "This is the past" in page
            name, seen = then.cookie.split("=")
            row, at_us = seen.split(".")
            earlier = f"{name}={int(row) - 1}.{at_us}"
            view = then.served.shop.path.parent / "past" / f"view-{int(row) - 1}.db"
            await then.caller.set_pin()
            from_page = {"Cookie": earlier, "Surface": "panel", "Sec-Fetch-Site": "same-origin"}
            answer = await then.caller.get("/manager/products", **from_page)
            assert answer.status == 403 and 'class="past-bar"' not in answer.text
            for for_anybody in ("/api/v1/openapi.json", "/api/v1/queries/product?sku=milk"):
                await then.caller.get(for_anybody, **from_page)
            assert not view.exists()
            changed = await then.caller.do("ChangePrice", {"sku": "milk", "price_minor": 1}, **from_page)
            assert changed.code == "past_read_only"
            grant = await then.caller.enter_pin()
            asked = await then.caller.get("/api/v1/queries/product?sku=milk", Grant=grant, **from_page)
            assert asked.json["result"]["price_minor"] == 120 and view.exists()

    run(check())


def test_who_was_forgotten_since_is_forgotten_in_the_past(tmp_path: Path) -> None:
    async def check() -> None:
        async with looking(tmp_path) as then:
            id = await known(then.served.shop, name="Noa Levi")
            head = then.served.shop.head.seq
            minute = datetime.fromtimestamp(then.served.shop.now_us() / 1e6, PARIS).strftime("%Y-%m-%dT%H:%M:%S")
            page = (await then.look(minute, f"/manager/customer?id={id}")).text
            assert "Noa Levi" in page and "This is the past" in page
            await done(then.served.shop, ForgetCustomer(id), SYSTEM)
            assert then.served.shop.head.seq > head
            for page in (f"customer?id={id}", "customers", f"figure?name=loyalty.points&key={id}%0Apoints", "journal"):
                assert "Noa Levi" not in (await then.get(f"/manager/{page}")).text, page

    run(check())


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2036-01-01T10:00", "is in the future"),
        ("1999-01-01T10:00", "Nothing had been recorded by then"),
        ("2026-10-25T02:30", "occurred twice"),
        ("2026-03-29T02:30", "didn&#39;t exist"),
        ("yesterday", "Enter a date and a time"),
    ],
)
def test_a_minute_that_cannot_be_shown_is_said(tmp_path: Path, typed: str, said: str) -> None:
    async def check() -> None:
        async with looking(tmp_path) as then:
            page = (await then.get(f"/manager/products?as_of={typed}")).text
            assert said in page and 'id="past-wrong"' in page and "This is the past" not in page

    run(check())


def test_a_doubled_hour_is_told_apart() -> None:
    now_us = BEGAN_US
    first, second = (read_moment("2026-10-25T02:30", "Europe/Paris", now_us, fold) for fold in (0, 1))
    assert (first.wrong, second.wrong) == (None, None)
    assert second.at_us - first.at_us == 3_600_000_000


def test_in_the_hour_that_is_there_twice_each_minute_shows_its_own_facts(tmp_path: Path) -> None:
    async def check() -> None:
        first = datetime(2027, 10, 31, 2, 30, tzinfo=PARIS)
        clock = FakeClock(int(first.timestamp() * 1e6))
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller:
            then = Then(served, caller, [], clock)
            for price in (777, 888):
                await done(served.shop, ChangePrice("milk", price), SYSTEM)
                clock.advance(3_600)  # and it is half past two again
            await catch_up(served.shop)
            milk = "/manager/product?sku=milk"
            asked = f"/manager/past/go?day=2027-10-31&time=02:31&to={milk}"
            assert "occurred twice" in (await then.get(asked)).text
            for fold, price_text, other in ((0, "€7.77", "€8.88"), (1, "€8.88", "€1.20")):
                page = (await then.get(f"{asked}&fold={fold}")).text
                shown = page[page.index('<p class="price">') :]
                assert price_text in shown[: shown.index("</p>")] and other not in shown[: shown.index("</p>")]

    run(check())


def test_a_minute_of_a_wrong_clock_is_said_to_be_uncertain(tmp_path: Path) -> None:
    async def check() -> None:
        async with looking(tmp_path) as then:
            milk, uncertain = "/manager/product?sku=milk", "the exact minute is uncertain"
            then.clock.advance(-86_400)
            await done(then.served.shop, ChangePrice("milk", 999), SYSTEM)
            then.clock.advance(86_400 + 60)
            await done(then.served.shop, ChangePrice("milk", 1_111), SYSTEM)
            await catch_up(then.served.shop)
            page = (await then.look(then.minutes[2], milk)).text
            assert "€9.99" in page and uncertain in page, "its place in the journal counts, not its clock"
            page = (await then.look(then.minutes[0], milk)).text
            assert "€1.20" in page and uncertain not in page

    run(check())


def test_a_process_of_its_own_makes_views_of_the_past(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG)

    async def check() -> None:
        async with looking(tmp_path) as then:
            process = looking_back(then.served.config)

            async def pid() -> int | None:
                return process.pid

            with closing(process):
                process.begin()
                await when(pid, bool, "a process that makes views", DEADLINE_S)
                found = await process.ask(FindMoment(then.served.shop.now_us()), 60)
                assert found.seq == then.served.shop.head.seq
                assert (await process.ask(MakeView(found.seq), 60)).endswith(f"view-{found.seq}.db")
                assert await process.ask(KeepBases(), 60) is False

    run(check())


def views_of(served: Served) -> list[Path]:
    return list(served.shop.path.parent.glob("past/view-*"))


class Silent:
    """A process that answers nothing."""

    def __init__(self, pid: int | None, is_running: bool) -> None:
        self.pid, self.is_running = pid, is_running

    async def ask(self, question: object, limit_s: float) -> None:
        raise NotRead


@pytest.mark.parametrize("pid", [4711, None])
def test_where_a_process_makes_views_the_till_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pid: int | None
) -> None:
    monkeypatch.setattr(past_site, "BEGIN_S", 0.0)

    async def check() -> None:
        async with serve(tmp_path) as served:

            def sites(process: Any) -> PastSites:
                return PastSites(served.site, web.Application(), lambda shop, moment: served.site, process)

            asked = MakeView(served.shop.head.seq)
            with pytest.raises(Problem) as refused:
                await sites(Silent(pid, is_running=True)).ask(asked)
            assert (refused.value.status, refused.value.refused.code) == (503, "busy")
            assert not views_of(served)
            found = await sites(Silent(pid, is_running=True)).ask(FindMoment(served.shop.now_us() + 1))
            assert found.seq == served.shop.head.seq
            made = await sites(Silent(None, is_running=False)).ask(asked)
            assert views_of(served) == [Path(made)]

    run(check())


def test_the_command_line_copies_no_keys_of_people_and_removes_what_a_power_cut_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.toml").write_text(CONFIG)
    keys = ("person_key", "person_index", "checkpoint_key")
    copied: dict[str, int] = {}
    export = cli.export

    def count_keys(loaded: Any, file: Path, with_people: bool, ledger: Path) -> Exported:
        with closing(sqlite3.connect(ledger)) as db:
            copied.update({table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in keys})
        return export(loaded, file, with_people=with_people, ledger=ledger)

    monkeypatch.setattr(cli, "export", count_keys)

    async def check() -> None:
        async with looking(tmp_path) as then:
            await known(then.served.shop, name="Noa Levi")
            assert then.served.shop.reader.execute("SELECT count(*) FROM person_key").fetchone() != (0,)
            now_us = then.served.shop.now_us()
            monkeypatch.setattr(cli.time, "time_ns", lambda: now_us * 1000)
            now = datetime.fromtimestamp(now_us / 1e6, PARIS).strftime("%Y-%m-%dT%H:%M:%S")
            asked = argparse.Namespace(
                config=tmp_path / "config.toml", time=now, file=tmp_path / "now.sqlite", second=False
            )
            assert cli.run(asked) == 0
            assert copied == dict.fromkeys(keys, 0)
            left = then.served.shop.path.parent / "asof.db"
            left.write_bytes(b"left by a power cut")
            with pytest.raises(NeedsHuman, match="already exists"):
                cli.run(asked)
            assert not left.exists()

    run(check())


def test_the_command_line_writes_the_same_as_a_shop_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.toml").write_text(CONFIG)

    def asof(time: str, name: str) -> Path:
        asked = argparse.Namespace(config=tmp_path / "config.toml", time=time, file=tmp_path / name, second=False)
        assert cli.run(asked) == 0
        return tmp_path / name

    async def check() -> None:
        async with looking(tmp_path) as then:
            monkeypatch.setattr(cli.time, "time_ns", lambda: then.served.shop.now_us() * 1000)
            with closing(sqlite3.connect(asof(then.minutes[1], "then.sqlite"))) as db:
                assert db.execute("SELECT price_minor FROM product WHERE sku = 'milk'").fetchone() == (777,)
            with pytest.raises(NeedsHuman, match="before the first entry"):
                asof("2001-01-01T10:00", "early.sqlite")
            with pytest.raises(NeedsHuman, match="is in the future"):
                asof("2040-01-01T10:00", "late.sqlite")

    run(check())
    assert not list(tmp_path.glob("asof*"))

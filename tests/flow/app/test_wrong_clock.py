"""A machine that starts with a wrong date: said everywhere, sold on, and no day's sales behind another day's Z."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import aiohttp
import msgspec
import pytest

from sim.postgres import Postgres
from tests.http_client import PIN, when
from tests.shop_fixture import run
from tests.stack import PRODUCTS, Store, cloud, store
from tests.wrong_clock import MachineClock

DAY_S = 86_400.0
YEAR_S = 365 * DAY_S


def business_day(ahead_s: float = 0) -> str:
    """The day of business at a moment, in the shop of `tests.stack`: it turns at four."""
    at = datetime.fromtimestamp(time.time() + ahead_s, ZoneInfo("Europe/Paris"))
    return (at - timedelta(hours=4)).date().isoformat()


async def page(shop: Store, path: str) -> str:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{shop.port}{path}") as answer:
        return await answer.text()


async def sold(shop: Store) -> tuple[str, str]:
    """Sell: the day of business of the sale and whether the clock was believed, as the journal has them."""
    await shop.sell()
    row = [row for row in shop.rows() if row.type == "SaleCompleted"][-1]
    return row.business_date, row.clock


async def printed(shop: Store, papers: int) -> str:
    """The newest of so many receipts."""
    for _ in range(papers):
        paper = await shop.printer.next_receipt()
    return paper.text


@pytest.mark.slow
def test_a_year_that_cannot_be_is_told_and_the_networks_correction_is_believed_at_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with store(tmp_path) as shop:
            machine = MachineClock(shop)
            await machine.boot()
            await shop.api.do("SetProducts", shop.api.token, products=msgspec.to_builtins(PRODUCTS))
            assert (await shop.edge("pin", stdin=PIN + "\n")).status == 0
            today = business_day()
            assert await sold(shop) == (today, "ok")
            assert "Clock not verified" not in await printed(shop, 1)
            await shop.stop()

            for ahead_s in (-55 * YEAR_S, 80 * YEAR_S):
                await machine.boot(ahead_s)
                assert await sold(shop) == (today, "suspect")
                paper = await printed(shop, 1)
                assert f"Clock not verified. Business day: {date.fromisoformat(today):%d/%m/%Y}" in paper
                said = await shop.part("clock", "lost")
                assert said["key"] == "clock.doubted" and "Set the date and time" in said["advice"]
                health = await shop.api.health()
                assert (health["status"], health["healthy"]) == (200, True), "it sells"
                assert (await shop.api.metrics())['edge_part_up{part="clock"}'] == 0
                for path in ("/", "/manager"):
                    assert "This machine&#39;s clock shows" in await page(shop, path)
                check = await shop.edge("check")
                assert check.status == 1 and "WRONG  clock: This machine's clock shows" in check.out
                machine.set(0)
                await shop.part("clock", "ok")
                assert await sold(shop) == (today, "ok")
                await printed(shop, 1)
                await shop.stop()
            assert (await shop.edge("verify")).status == 0

    run(scenario(), 120)


@pytest.mark.slow
def test_tomorrow_at_the_start_does_not_put_todays_sales_behind_its_z(tmp_path: Path) -> None:
    """Nothing tells that it is wrong: it is sold on, and closed, as of the day after tomorrow. Then NTP corrects it."""

    async def scenario() -> None:
        async with store(tmp_path) as shop:
            machine = MachineClock(shop)
            await machine.boot()
            await shop.api.do("SetProducts", shop.api.token, products=msgspec.to_builtins(PRODUCTS))
            assert await sold(shop) == (business_day(), "ok")
            await shop.stop()
            await machine.boot(2 * DAY_S)
            assert await sold(shop) == (business_day(2 * DAY_S), "ok")
            machine.set(0)
            assert await sold(shop) == (business_day(), "ok"), "at once, not ten minutes later"
            assert (await shop.edge("verify")).status == 0

    run(scenario(), 90)


def test_head_offices_clock_tells_that_tomorrow_is_not_today(tmp_path: Path) -> None:
    async def scenario(postgres: Postgres) -> None:
        async with cloud(postgres, "wrong_clock", tmp_path) as office, store(tmp_path, office) as shop:
            machine = MachineClock(shop)
            await machine.boot(DAY_S)
            await shop.api.do("SetProducts", shop.api.token, products=msgspec.to_builtins(PRODUCTS))
            said = await shop.part("clock", "lost")
            assert said["key"] == "clock.told" and "head office" in said["what"]
            assert await sold(shop) == (business_day(), "suspect"), "the day is head office's"
            assert "This machine&#39;s clock shows" in await page(shop, "/")
            machine.set(0)
            await shop.part("clock", "ok")
            assert await sold(shop) == (business_day(), "ok")
            assert await office.holds(shop) == shop.rows()

    with Postgres(durable=False) as postgres:
        run(scenario(postgres), 120)


def test_a_shop_that_does_not_run_is_told_by_check(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with store(tmp_path) as shop:
            machine = MachineClock(shop)
            await machine.boot(300 * DAY_S)
            await when(lambda: shop.edge("pin", stdin=PIN + "\n"), lambda ended: ended.status == 0, "a PIN")
            await shop.stop()
            check = await shop.edge("check")
            assert check.status == 1 and "WRONG  clock: This machine's clock shows" in check.out

    run(scenario())

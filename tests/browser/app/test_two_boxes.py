"""A box is pulled in the middle of sales at two tills: both go on at the other box with what lies on the counter, and
with what was pressed in that moment."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import aiohttp
import msgspec
import pytest
from playwright.async_api import Request, Route, expect

from tests.browser.browsing import Till, till
from tests.http_client import when
from tests.shop_fixture import run
from tests.stack import BREAD, MILK
from tests.twin_boxes import CONFIG, Box, twin_boxes

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.slow]

TEXT = 'registers = ["1", "2"]\n'
UNREACHABLE_MS = 20_000
"""A loaded machine takes longer than a shop may."""
CUSTOMERS, PULLED_AFTER = 6, 4
SEEN_MS = 15_000
"""A cashier looks so long at a line that does not come before they scan it again, or press the key again."""


async def _begins(page: Till, box: Box, register: str) -> None:
    await page.page.goto(f"http://127.0.0.1:{box.port}/?register={register}")
    await page.see('body[data-link="open"]')
    await page.scan(MILK)
    await page.see("#sums .due", "1.20")


async def _goes_on(page: Till, box: Box) -> None:
    """By itself, at the other box, and the cashier is told so."""
    await page.page.wait_for_url(f"http://127.0.0.1:{box.port}/**", timeout=UNREACHABLE_MS)
    await expect(page.page.locator(".two-boxes")).to_have_text("Box b is now active", timeout=UNREACHABLE_MS)
    await page.see('body[data-link="open"]')
    await page.see("#sums .due", "1.20")
    await page.scan(BREAD)
    await page.see("#sums .due", "4.65")


async def _seen(box: Box) -> list[str]:
    """The tills that told a box that they see another one lead."""
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{box.port}/api/v1/twin") as answer:
        return list((await answer.json())["tills"])


def test_two_tills_go_on_at_the_other_box(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with twin_boxes(tmp_path, TEXT + CONFIG) as shop, till() as first, till() as second:
            await shop.start()
            await _begins(first, shop.a, "1")
            await _begins(second, shop.a, "2")
            await when(lambda: _seen(shop.b), lambda tills: tills == ["1", "2"], "the other box knows who sells here")
            await shop.a.api.query("basket")  # both lines are committed: the answer comes behind them
            shop.a.process.kill()
            await first.see(".two-boxes", "One moment")
            await _goes_on(first, shop.b)
            await _goes_on(second, shop.b)
            for register in ("1", "2"):
                status, answer = await shop.b.api.post("/api/v1/commands/Pay", {"kind": "card"}, Register=register)
                assert status == 200, answer

    run(scenario())


def test_what_was_pressed_as_the_box_ended_is_done_at_the_other_one_once(tmp_path: Path) -> None:
    """No one presses anything again: it is asked for under the id that it had."""

    async def scenario() -> None:
        async with twin_boxes(tmp_path, CONFIG) as shop, till() as cashier:
            await shop.start()
            await _begins(cashier, shop.a, "1")
            await shop.a.api.query("basket")
            asked: list[str] = []

            async def hold(route: Route) -> None:
                asked.append(_key(route.request))
                if len(asked) == 1:
                    shop.a.process.kill()
                    await route.abort()  # the cable is out
                else:
                    await route.continue_()

            await cashier.page.route("**/commands/AddLine", hold)
            await cashier.scan(BREAD)
            await cashier.page.wait_for_url(f"http://127.0.0.1:{shop.b.port}/**", timeout=UNREACHABLE_MS)
            await expect(cashier.page.locator("#sums .due")).to_contain_text("4.65", timeout=UNREACHABLE_MS)
            assert len(set(asked)) == 1, "under one id"
            assert "edge-carried" not in await cashier.page.evaluate("document.cookie"), "it is done once"

    run(scenario())


def test_a_till_goes_on_though_its_box_closes_no_line(tmp_path: Path) -> None:
    """A machine without power says nothing more, and ends no connection."""

    async def scenario() -> None:
        async with twin_boxes(tmp_path, TEXT + CONFIG) as shop, till() as cashier, till() as idle:
            await shop.start()
            await _begins(cashier, shop.a, "1")
            await _begins(idle, shop.a, "2")
            shop.a.process.signal(signal.SIGSTOP)
            await cashier.scan(BREAD)
            await cashier.page.wait_for_url(f"http://127.0.0.1:{shop.b.port}/**", timeout=UNREACHABLE_MS)
            await expect(cashier.page.locator("#sums .due")).to_contain_text("4.65", timeout=UNREACHABLE_MS)
            await idle.page.wait_for_url(f"http://127.0.0.1:{shop.b.port}/**", timeout=UNREACHABLE_MS)

    run(scenario())


def _key(request: Request) -> str:
    return request.headers["idempotency-key"]


async def _customer(page: Till, number: int) -> None:
    """Two goods, by card: as a cashier does it, who presses again only what they see is not there."""
    for code, due in ((MILK, "1.20"), (BREAD, "4.65")):
        while not await _is_seen(page, "#sums .due", due, 0):
            await page.see('body[data-link="open"]')
            await page.scan(code)
            await _is_seen(page, "#sums .due", due)
    while not await _is_seen(page, "#sales", f"-{number:06d}", 0):
        await page.see('body[data-link="open"]')
        await page.keys("F9")
        if await _is_seen(page, "#card-dialog[open]"):
            await page.keys("Enter")
        await _is_seen(page, "#sales", f"-{number:06d}")


async def _is_seen(page: Till, place: str, text: str = "", within_ms: int = SEEN_MS) -> bool:
    """Also of a page that goes to the other box meanwhile."""
    try:
        await expect(page.page.locator(place).filter(has_text=text).first).to_be_visible(timeout=max(within_ms, 1))
    except AssertionError:
        return False
    return True


@pytest.mark.timeout(900)
def test_a_busy_hour_at_two_tills_goes_on_as_a_box_is_pulled(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with twin_boxes(tmp_path, TEXT + CONFIG) as shop, till() as first, till() as second:
            await shop.start()
            tills = {"1": first, "2": second}
            sold = dict.fromkeys(tills, 0)
            for register, page in tills.items():
                await page.page.goto(f"http://127.0.0.1:{shop.a.port}/?register={register}")
                await page.see('body[data-link="open"]')

            async def sell(register: str) -> None:
                for number in range(1, CUSTOMERS + 1):
                    await _customer(tills[register], number)
                    sold[register] = number

            async def pull() -> None:
                async def count() -> int:
                    return sum(sold.values())

                await when(count, lambda seen: seen >= PULLED_AFTER, "the hour is busy", 300)
                shop.a.process.kill()

            await asyncio.gather(*(sell(register) for register in tills), pull())
            for page in tills.values():
                assert page.page.url.startswith(f"http://127.0.0.1:{shop.b.port}/"), "both are at the other box"
            papers = [row for row in shop.b.rows() if row.type == "SaleCompleted"]
            for register in tills:
                mine = [msgspec.json.decode(row.body) for row in papers if row.register == register]
                assert [paper["number"] for paper in mine] == [*range(1, CUSTOMERS + 1)], "none is lost, none is twice"
                assert {paper["total_minor"] for paper in mine} == {465}, "each with both goods, once"

    run(scenario(), 600)

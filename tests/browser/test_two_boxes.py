"""A box is pulled in the middle of sales at two tills: both go on at the other box with what lies on the counter."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import expect

from tests.browser.browsing import Till, till
from tests.http_client import when
from tests.shop_fixture import run
from tests.stack import BREAD, MILK
from tests.twin_boxes import CONFIG, Box, twin_boxes

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.slow]

TEXT = 'registers = ["1", "2"]\n'
AWAY_MS = 20_000
"""A loaded machine takes longer than a shop may."""


async def _begins(page: Till, box: Box, register: str) -> None:
    await page.page.goto(f"http://127.0.0.1:{box.port}/?register={register}")
    await page.see('body[data-link="open"]')
    await page.scan(MILK)
    await page.see("#sums .due", "1.20")


async def _goes_on(page: Till, box: Box) -> None:
    """By itself, at the other box, and the cashier is told so."""
    await page.page.wait_for_url(f"http://127.0.0.1:{box.port}/**", timeout=AWAY_MS)
    await expect(page.page.locator(".two-boxes")).to_have_text("Box b leads now", timeout=AWAY_MS)
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

"""Remote help on the pages of a shop: a press turns it on, every manager page says so, a press anywhere ends it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from edge.backoffice.support.commands import AskHelp
from edge.backoffice.support.queries import newest_help
from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.shop_fixture import SYSTEM, done, run
from tests.unit.backoffice.test_remote_help import CASE, DEVICE, SEAL, pin

pytestmark = pytest.mark.needs("chromium")


def test_it_is_seen_on_every_page_while_it_lasts_and_one_press_ends_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        pin(tmp_path)
        async with serve(tmp_path) as served, calling(served) as caller, till((1366, 900)) as page:
            await caller.set_pin()
            await page.open(served, "register=1&lang=en", "/manager/support")
            await page.see("#help", "They see no names")
            await page.page.locator("[data-begin-help]").click()
            await page.see("#remote-help", "Remote help is on until")
            help = newest_help(served.shop.reader)
            assert help is not None
            asked = AskHelp(
                *(CASE, help.id, DEVICE, "restart", "printer", "person-3", served.shop.now_us() + 60_000_000, SEAL)
            )
            await done(served.shop, asked, SYSTEM)
            await page.page.reload()
            await page.see("#help li", "Restart printer")
            if folder := os.environ.get("EDGE_PICTURES"):
                await page.page.screenshot(path=f"{folder}/help-en.png")
                for language in ("fr", "he"):
                    await page.page.goto(f"{served.url}/manager/support?register=1&lang={language}")
                    await page.see("#remote-help [data-end-help]")
                    await page.page.screenshot(path=f"{folder}/help-{language}.png")
            for path in ("/manager", "/manager/status", "/manager/journal", "/manager/products"):
                await page.page.goto(f"{served.url}{path}?register=1&lang=en")
                await page.see("#remote-help", "Remote help is on until")
            await page.page.locator("#remote-help [data-end-help]").click()
            await page.gone("#remote-help [data-end-help]")
            ended = newest_help(served.shop.reader)
            assert ended is not None and ended.ended_us
            await page.page.goto(f"{served.url}/manager/support?register=1&lang=en")
            await page.see("#help [data-begin-help]")
            await page.see("#help li", "expired")
            assert page.complaints == []

    run(scenario())

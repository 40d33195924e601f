"""The description of the API: an example of a request is there, and sending it shows what the shop says."""

from __future__ import annotations

from pathlib import Path

from tests.browser.browsing import till
from tests.browser.serving import serve
from tests.shop_fixture import run


def test_a_request_is_tried_from_its_description(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as opened:
            page = opened.page
            await page.goto(f"{served.url}/api#AddLine")
            await page.locator("#who [name=register]").fill("1")
            await page.locator("#AddLine [data-path]").click()
            text = await (await opened.see("#AddLine textarea")).input_value()
            assert '"code"' in text
            await page.locator("#AddLine textarea").fill('{"code": "4006381333931"}')
            await page.locator("#AddLine [type=submit]").click()
            await opened.see("#AddLine output p", "200 /api/v1/commands/AddLine")
            await page.locator("#AddLine textarea").fill('{"code": 7}')
            await page.locator("#AddLine [type=submit]").click()
            await opened.see("#AddLine output pre", "urn:edge:problem:")

    run(scenario())

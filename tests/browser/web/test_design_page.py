"""The parts that pages are made of, on one page: in three languages, on three sizes, in the light and in the dark."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.browser.web.test_axe import violations
from tests.shop_fixture import run

pytestmark = pytest.mark.needs("chromium")


def test_the_parts_of_pages_fit_everywhere_and_a_button_says_that_it_saved(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as opened:
            await caller.set_pin()
            page = opened.page
            for language, size, scheme in (
                ("he", (390, 664), "light"),
                ("fr", (1024, 768), "dark"),
                ("en", (1366, 768), "light"),
            ):
                await page.set_viewport_size({"width": size[0], "height": size[1]})
                await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                await opened.open(served, f"lang={language}", path="/manager/design")
                await page.locator("#say").click()
                await opened.see("#toast-bar[data-shown]")
                assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth"), language
                assert await violations(page, language) == [], language
            await page.locator(".empty a").click()
            await opened.see("#place")
            assert opened.complaints == []

    run(scenario())

"""No one leads, neither the other box nor the witness is there: a person lets this box lead on its own page."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from edge.backoffice.twin.follower_door import FollowerDoor
from edge.backoffice.twin.status import TwinStatus
from edge.lib.i18n import LANGUAGES, Language, translate
from tests.browser.browsing import till
from tests.browser.web.test_axe import violations
from tests.http_client import PIN
from tests.shop_fixture import run


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_person_lets_this_box_lead_by_the_sentence_and_a_pin(tmp_path: Path, language: Language) -> None:
    promoted: list[str] = []

    async def promote(pin: str) -> bool:
        promoted.append(pin)
        return pin == PIN

    async def is_managers(pin: str) -> bool:
        return pin == PIN

    async def scenario() -> None:
        status = TwinStatus("b", "", "follows", heard_ms={"a": 7_000})
        door = FollowerDoor(lambda: "", lambda: status, promote, is_managers, lambda: {"1": 41}, language)
        async with TestServer(door.make_app()) as server, till((390, 664)) as opened:
            page = opened.page
            await page.goto(str(server.make_url("/")))
            await opened.see("h1", translate(language, "twin.one_moment"))
            await page.locator("summary").click()
            await opened.see("details p", "1-000041")
            assert await violations(page, language) == []
            assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
            await page.fill("[name=pin]", PIN)
            await page.fill("[name=sentence]", "yes")
            await page.locator("button").click()
            await opened.see("#said", translate(language, "twin.promote_sentence"))
            assert promoted == [], "a PIN alone decides nothing"
            await page.fill("[name=sentence]", translate(language, "twin.promote_typed"))
            await page.fill("[name=pin]", "000000")
            await page.locator("button").click()
            await opened.see("#said", translate(language, "twin.promote_pin"))
            await page.fill("[name=pin]", PIN)
            await page.locator("button").click()
            await opened.see("#said", translate(language, "twin.promote_done"))
            assert promoted == ["000000", PIN]

    run(scenario())

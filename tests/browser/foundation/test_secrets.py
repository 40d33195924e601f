"""The page of secrets: one is entered and is not shown again, in three languages and on a phone."""

from __future__ import annotations

import os
from pathlib import Path

from edge.core.messages import Done
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.runtime.secrets import secrets_of
from tests.browser.browsing import till
from tests.browser.serving import serve
from tests.http_client import PIN
from tests.shop_fixture import CONFIG, SYSTEM, run

MAIL = '[notify.email]\nhost = "mail.example"\nuser = "u"\npassword = "secret:mail"\nsender = "a@b.example"\n'
SHOTS = os.environ.get("EDGE_SHOTS", "")


def test_a_secret_is_entered_and_only_its_end_is_shown(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, CONFIG + MAIL) as served, till() as page:
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await page.open(served, path="/manager/secrets")
            await page.see(".secret-rows li", "not entered yet")
            await page.page.locator("[data-enter=mail]").click()
            await page.page.locator("#enter [name=value]").fill("hunter2-hunter2-hunter2")
            await page.page.locator("#enter button").click()
            await page.see("#secrets-said", "Saved")
            await page.see(".secret-rows li", "ter2")
            assert await page.page.locator("#enter [name=value]").input_value() == ""
            assert "hunter2-h" not in await page.page.content()
            assert secrets_of(served.config.folder).open("mail") == "hunter2-hunter2-hunter2"
            assert page.complaints == []
            for language, size in (("en", (1366, 768)), ("he", (1366, 768)), ("fr", (390, 844))):
                await page.page.set_viewport_size({"width": size[0], "height": size[1]})
                await page.open(served, f"register=1&lang={language}", path="/manager/secrets")
                await page.see(".secret-rows li", "mail")
                if SHOTS:
                    await page.page.screenshot(path=f"{SHOTS}/secrets-{language}.png")
                wide = await page.page.evaluate("document.documentElement.scrollWidth > innerWidth")
                assert not wide, language

    run(scenario())

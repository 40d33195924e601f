"""A manager hears on the page why someone was not understood, and wipes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.flow.conversation.test_voice import signed_in, talking
from tests.flow.conversation.test_voice_recording import ROSEBUD, played, say_aloud
from tests.shop_fixture import run

pytestmark = pytest.mark.needs("chromium")
HEARD = """audio => new Promise((heard) => {
  audio.addEventListener("loadeddata", () => heard(audio.duration), { once: true });
  audio.addEventListener("error", () => heard(-1), { once: true });
  audio.load(); audio.play();
})"""


def test_what_was_recorded_is_heard_and_wiped(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till((390, 800)) as phone:
            played(served, ROSEBUD)
            cookie = await signed_in(caller)
            await phone.open(served, "register=1&lang=he", "/manager/assistant")
            page = phone.page
            await page.locator('[data-record="1"][data-minutes="5"]').click()
            await phone.see('[data-record="1"][data-minutes="0"]')
            async with talking(served, cookie) as microphone:
                await say_aloud(microphone)
            await page.reload()
            await phone.see(".heard-list li", ROSEBUD)
            assert await page.evaluate("document.documentElement.scrollWidth") <= 390, "nothing is cut off"
            assert await page.locator(".heard-list audio").evaluate(HEARD) > 0, "the browser plays it"
            await page.locator('[data-record="1"][data-minutes="0"]').click()
            await phone.see('[data-record="1"][data-minutes="5"]')
            assert not await page.locator(".heard-list").count()

    run(scenario(), 60)

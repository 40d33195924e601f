"""Talking about the stock on a phone, in Hebrew, by taps; and a manager's question with the rows behind it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from tests.browser.browsing import ARGS, till
from tests.browser.calling import PIN, calling
from tests.browser.serving import serve
from tests.flow.test_chat_http import filled
from tests.shop_fixture import run

pytestmark = pytest.mark.needs("chromium")
PHONE = (390, 800)


def test_on_a_phone_and_at_the_manager(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till(PHONE) as phone:
            await filled(served)
            await caller.set_pin()
            page = phone.page
            await page.goto(f"{served.url}/chat?lang=he")
            await page.locator("#say input").fill("לקחתי 3 קולה קטן")
            await page.keyboard.press("Enter")
            await phone.see("#who-speaks[open]")
            await page.locator("#who-speaks [name=pin]").fill(PIN)
            await page.keyboard.press("Enter")
            await page.locator('[data-option="cola-can"]').click()
            await page.locator('[data-option="unit"]').click()
            told = await phone.see('[data-mark="done"]', "עדכנתי: -3 פחיות קולה קטן")
            assert await told.locator("bdi").first.evaluate("part => getComputedStyle(part).direction") == "ltr"
            assert await told.locator("p").first.get_attribute("dir") == "rtl"
            assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE[0], "nothing is cut off"
            await page.reload()
            await phone.see('[data-mark="done"]', "עדכנתי")
            await page.locator('[data-say="בטל"]').click()
            await phone.see(".turn.told", "ביטלתי: -3 פחיות קולה קטן")
            await phone.open(served, "register=1&lang=en", "/manager/copilot")
            await page.locator("#say input").fill("how many milks are there?")
            await page.keyboard.press("Enter")
            turn = await phone.see(".turn.told", "Milk 3% 1 l: 30 pcs in stock.")
            assert "100%" in await turn.inner_text()
            await turn.locator("summary").click()
            await phone.see(".rows td", "30000")

    run(scenario())


def test_what_is_said_while_the_button_is_held(tmp_path: Path) -> None:
    """Chromium's own microphone beeps; nobody understands that here, and it is said so."""
    fake = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, async_playwright() as playwright:
            await caller.set_pin()
            chromium = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=[*ARGS, *fake])
            page = await chromium.new_page()
            page.set_default_timeout(10_000)
            try:
                await page.goto(f"{served.url}/chat?lang=en")
                speak = page.locator("#speak")
                await speak.dispatch_event("pointerdown")
                await page.locator("#speak[data-seconds]").wait_for()
                assert await speak.get_attribute("aria-pressed") == "true", "a light while it listens"
                await speak.dispatch_event("pointerup")
                await page.locator("#who-speaks [name=pin]").fill(PIN)
                await page.keyboard.press("Enter")
                await page.locator(".turn.told", has_text="No model here understands speech").wait_for()
            finally:
                await chromium.close()

    run(scenario())

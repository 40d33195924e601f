"""Faces and voices in a browser with a camera and a microphone: enrolled on one's own page, proposed at the till."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.async_api import Page

from edge.core.messages import Done
from edge.lib.sound.wav import Sound
from edge.ordering.recognition import trials
from edge.ordering.recognition.challenge import draw_words, words_of
from edge.ordering.recognition.commands import SetFaceHint
from edge.ordering.recognition.means import FACE
from edge.ordering.recognition.pages import voices_api
from edge.ordering.recognition.pages.hearing import VOICES, HeardVoice
from edge.ordering.recognition.queries import count_templates, read_release
from edge.ordering.recognition.trials import try_model
from edge.ordering.recognition.voice_desk import VoiceDesk
from edge.runtime import inference
from edge.web.context import now_us
from models.engine import Model
from models.kinds import EmbedFace, Picture
from models.tensor import Tensor
from models.vision.face_onnx import FaceOnnx
from tests.browser.browsing import Till, browser
from tests.browser.calling import calling
from tests.browser.serving import DEADLINE_S, Served, serve
from tests.flow.ordering import test_face_hint as of_faces
from tests.flow.ordering import test_voice_hint as of_voices
from tests.scheduling import one_by_day
from tests.shop_fixture import SYSTEM, config, run
from tests.tiny_faces import jpeg, painted, write_faces
from tests.tiny_voice import wav
from tests.voices import ASSESSED, MODEL, PINS, enrolled, hired, rows, shop_text, switched_on

pytestmark = pytest.mark.needs("chromium")
GRANTED = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
OWN = {"en": "We keep a row of numbers.", "fr": "Nous gardons une suite de nombres.", "he": "אנחנו שומרים שורת מספרים."}


def first(below: int) -> int:
    """In place of chance: which words are asked for is known."""
    return min(3, below - 1)


def measured(folder: Path) -> None:
    """Trials of the tiny models, without a worker around them."""
    files = write_faces(config(folder, of_faces.TEXT).folder / "models" / "faces")
    engine = FaceOnnx(FaceOnnx.Config(), Model("faces", files[0].parent, files))
    engine.load()
    turn: Any = type("Turn", (), {"step": lambda self: None})()
    people = []
    for person in range(of_faces.PEOPLE):
        pictures = (Picture(Tensor.of(painted(100 + person, take=take))) for take in range(3))
        found = [engine.run(EmbedFace(picture), turn) for picture in pictures]
        people.append([trials.rows_of(one.values.shape, one.values.data) for one in found])
        made_by = found[0].made_by
    trials.keep(config(folder, of_faces.TEXT).folder, try_model(made_by, people), FACE)


@asynccontextmanager
async def opened(*args: str) -> AsyncIterator[Page]:
    async with browser(*GRANTED, *args) as launched:
        page = await launched.new_page()
        await page.context.grant_permissions(["camera", "microphone"])
        page.set_default_timeout(DEADLINE_S * 1000)
        yield page


def camera(folder: Path, person: int) -> str:
    """A camera before which someone stands, 640 by 480 pixels."""
    large = np.repeat(np.repeat(painted(person), 2, 0), 2, 1)[:480]
    seen = folder / "camera.mjpeg"
    seen.write_bytes(jpeg(large) * 10)
    return f"--use-file-for-fake-video-capture={seen}"


async def in_the_dialog(page: Page, served: Served, register: str = "register=1&lang=en") -> Till:
    there = Till(page)
    await there.open(served, register)
    await page.click('[data-act="sign_in"]')
    return there


def test_a_face_is_enrolled_on_its_page_and_proposed_at_the_till(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inference, "START_S", 0.0)
    measured(tmp_path)

    async def scenario() -> None:
        async with serve(tmp_path, of_faces.TEXT) as served, opened(camera(tmp_path, of_faces.DANA)) as page:
            await of_faces.with_models(served)
            await hired(served.shop, "u1", "Dana")
            assert isinstance(await served.shop.do(SetFaceHint(True, ASSESSED), SYSTEM), Done)
            there = await in_the_dialog(page, served)
            await there.see("#by-face")
            await page.keyboard.type(PINS["u1"])
            await page.keyboard.press("Enter")
            await there.see("#signed_in .pill", "Dana")
            await page.goto(f"{served.url}/account/face?register=1&lang=en")
            await page.fill('#release [name="signed"]', "Dana Levi")
            await page.check('#release [name="yes"]')
            await page.click('#release [type="submit"]')
            for number in (1, 2):
                await page.click("#look")
                await there.see("#seen", f"{number} of 3 taken.")
            await page.click("#look")
            await there.see("main", "Your face template is stored until")
            assert count_templates(served.shop.reader, FACE) == 1
            assert not await page.locator("#mirror").evaluate("video => video.srcObject"), "the camera is off"

            async with calling(served) as caller:
                await caller.call("POST", "/api/v1/sign-out", {}, Surface="cashier")
            await in_the_dialog(page, served)
            await page.click("#by-face")
            await there.see("#by-face-name", "Possible match Dana")
            assert served.access.sessions.user("1") is None, "confirm with"
            await page.keyboard.type(PINS["u1"])
            await page.keyboard.press("Enter")
            await there.see("#signed_in .pill", "Dana")
            await page.goto(f"{served.url}/account/face?register=1&lang=en")
            await page.click("#withdraw")
            await there.see("#release")
            assert read_release(served.shop.reader, "u1", FACE) is None
            assert count_templates(served.shop.reader, FACE) == 0
            assert there.complaints == []

    run(scenario(), 240)


def test_four_words_said_into_the_microphone_propose_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page records, sends, and proposes the name; recognition itself: `tests/flow/ordering/test_voice_hint.py`."""
    sounds: list[Sound] = []

    async def hears(models: Any, sound: Sound, measured: Any, language: str = "") -> HeardVoice:
        sounds.append(sound)
        return HeardVoice(rows(0.0, 2), 3.0, MODEL, " ".join(draw_words("en", first)))

    monkeypatch.setattr(voices_api, "hear_voice", hears)
    monkeypatch.setattr(voices_api, "models_here", lambda request, language="": None)
    spoken = b"".join((np.sin(np.arange(8_000) / 5) * 9_000).astype(np.int16).tobytes() for _ in range(20))
    (tmp_path / "said.wav").write_bytes(wav(spoken))

    async def scenario() -> None:
        sound = f"--use-file-for-fake-audio-capture={tmp_path / 'said.wav'}"
        async with serve(tmp_path, shop_text()) as served, opened(sound) as page:
            await switched_on(served.shop, tmp_path)
            await enrolled(served.shop, "u1", "Dana", 0.0)
            served.site.services.put(VOICES, VoiceDesk(now_us, first))
            there = await in_the_dialog(page, served)
            await page.click("#by-voice")
            await there.see("#by-voice-words", words_of("en")[3])
            await there.see("#by-voice-words", "Possible match Dana")
            (sent,) = sounds
            assert (sent.rate_hz, round(sent.seconds)) == (16_000, 5)
            assert np.abs(np.frombuffer(sent.samples, np.int16)).max() > 1_000, "the microphone was heard"
            assert served.access.sessions.user("1") is None, "confirm with"
            await page.keyboard.type(PINS["u1"])
            await page.keyboard.press("Enter")
            await there.see("#signed_in .pill", "Dana")
            assert there.complaints == []

    run(scenario(), 240)


@pytest.mark.parametrize("language", one_by_day(["en", "fr", "he"]))
def test_a_shops_own_words_stand_on_the_page_that_is_signed(tmp_path: Path, language: str) -> None:
    measured(tmp_path)

    async def scenario() -> None:
        async with serve(tmp_path, of_faces.TEXT) as served, opened() as page, calling(served) as caller:
            assert isinstance(await served.shop.do(SetFaceHint(True, ASSESSED), SYSTEM), Done)
            await caller.set_pin()
            await hired(served.shop, "u1", "Dana")
            boss = Till(page)
            await boss.open(served, path="/manager/recognition")
            await page.click("#face details summary")
            for one, text in OWN.items():
                await page.fill(f'#face [name="{one}"]', text)
            await page.click('#face [data-wording] [type="submit"]')
            await boss.see("#face summary", "own-1")
            await of_voices.signed_in(caller, "u1")
            own = await caller.get(f"/account/face?lang={language}", Surface="cashier")
            assert OWN[language] in own.text and "365" in own.text

    run(scenario())

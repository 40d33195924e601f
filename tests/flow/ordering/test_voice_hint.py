"""A voice as a hint, as a shop meets it: trials, release, enrolment, words said at a till, and the PIN behind them."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from edge.app.cli import models as models_cli
from edge.core.messages import Done
from edge.core.process.parts import Part
from edge.goods.search.service.speech_phrases import Grammar
from edge.ordering.recognition import trials
from edge.ordering.recognition.commands import ReleaseVoice, SetVoiceHint
from edge.ordering.recognition.pages.hearing import VOICES
from edge.ordering.recognition.queries import count_templates, read_release
from edge.ordering.recognition.voice_desk import GOOD_US, MISSES, PLACES, REST_US, VoiceDesk
from edge.runtime import inference
from edge.runtime.inference import Inference
from edge.web.context import now_us
from tests.browser.calling import Answer, Caller, calling
from tests.browser.serving import Served, serve
from tests.shop_fixture import SYSTEM, config, run
from tests.speech import said_by_espeak
from tests.sync_doubles import until
from tests.tiny_voice import SAYINGS, said, wav, write_voices
from tests.voices import ASSESSED, PINS, hired, shop_text, themself

MODEL = """
[[models.model]]
name = "voices"
kind = "embed_voice"
engine = "onnx"
files = { "voices.onnx" = "" }
size_mb = 1
memory_mb = 80
licence = "none"
"""
TEXT = shop_text() + MODEL
TEXTS = [f"{SAYINGS[number]}, {SAYINGS[(number + 1) % 3]}" for number in range(3)]
TRIED = ("klatt2", "klatt4", "m1", "f1", "m4", "f4", "m7", "Andrea", "Gene", "Alex", "Linda")
"""Voices of the trials: with three utterances each, 495 pairs of two."""
THEIRS, OTHER = "klatt2", "klatt4"
"""Voices whose words PocketSphinx understands."""


def prepared(folder: Path) -> None:
    """The model lies beside the ledger, recordings in folders a person."""
    write_voices(config(folder, TEXT).folder / "models" / "voices")
    for voice in TRIED:
        (folder / "recorded" / voice).mkdir(parents=True)
        for number, text in enumerate(TEXTS):
            (folder / "recorded" / voice / f"{number}.wav").write_bytes(wav(said(text, voice)))


async def post(caller: Caller, path: str, sound: bytes, **headers: str) -> Answer:
    kind = {"Content-Type": "audio/wav", "Surface": "cashier"}
    return await caller.call("POST", f"/api/v1/recognition/{path}", sound, **{**kind, **headers})


async def words(caller: Caller) -> Answer:
    return await caller.call("POST", "/api/v1/recognition/voice/words?language=en", {}, Surface="cashier")


async def say(caller: Caller, voice: str, text: str = "") -> Answer:
    """The words that are asked for (or a `text`), said at the till by a voice."""
    answer = await words(caller)
    assert answer.status == 200, answer.text
    asked = answer.json
    sound = wav(said_by_espeak(text or ", ".join(asked["words"]), f"en-us+{voice}", 145), 22_050)
    return await post(caller, f"voice?challenge={asked['challenge']}", sound)


async def with_models(served: Served) -> None:
    models = Inference(served.config, served.shop, Grammar(served.config.ledger))
    served.run_models(models)
    served.supervisor.start(Part("models", models.run))
    await until(lambda: models.has("stt", "en") and models.has("embed_voice"), "the models part runs")


async def signed_in(caller: Caller, person: str) -> None:
    answer = await caller.call("POST", "/api/v1/sign-in", {"pin": PINS[person], "person": person}, Surface="cashier")
    assert answer.status == 200, answer.text


@pytest.mark.needs("espeak-ng")
def test_a_voice_is_tried_signed_for_enrolled_and_proposed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pocketsphinx")
    monkeypatch.setattr(inference, "START_S", 0.0)
    prepared(tmp_path)
    (tmp_path / "config.toml").write_text(TEXT)

    asked = Namespace(config=str(tmp_path / "config.toml"), name=["voice", str(tmp_path / "recorded")])
    assert models_cli.bench(asked) == 0
    measured = trials.read(config(tmp_path, TEXT).folder)
    assert measured is not None and (measured.speakers, measured.other) == (11, 495)
    assert measured.model.startswith("voices@") and measured.equal < 0.1

    async def scenario() -> None:
        async with serve(tmp_path, TEXT) as served, calling(served) as caller:
            await with_models(served)
            served.site.services.put(VOICES, VoiceDesk(now_us, lambda below: min(3, below - 1)))
            dana = await hired(served.shop, "u1", "Dana")
            await hired(served.shop, "u2", "Bo")
            assert (await words(caller)).code == "voice_off"
            assert isinstance(await served.shop.do(SetVoiceHint(True, ASSESSED), SYSTEM), Done)

            await signed_in(caller, "u1")
            utterances = [wav(said(text, THEIRS)) for text in TEXTS]
            assert (await post(caller, "voice/own", utterances[0])).code == "voice_not_released"
            assert isinstance(await served.shop.do(ReleaseVoice("Dana", "en"), dana), Done)
            both = wav(said(SAYINGS[0], "m1") + said(SAYINGS[1], "f1"))
            assert (await post(caller, "voice/own", both)).code == "voice_two"
            assert (await post(caller, "voice/own", wav(said(SAYINGS[0], THEIRS)[:40_000]))).code == "voice_short"
            assert (await post(caller, "voice/own", b"RIFF")).code == "voice_sound"
            for number, sound in enumerate(utterances, 1):
                answer = await post(caller, "voice/own", sound)
                assert answer.json == {"taken": number, "needed": 3}, answer.text
            assert count_templates(served.shop.reader) == 1
            page = await caller.get("/account/voice", Surface="cashier")
            assert page.status == 200 and "You signed this as" in page.text
            await caller.call("POST", "/api/v1/sign-out", {}, Surface="cashier")
            assert 'id="by-voice"' in (await caller.get("/", Surface="cashier")).text

            found = await say(caller, THEIRS)
            assert found.json == {"person": "u1", "name": "Dana"}, found.text
            assert served.access.sessions.user("1") is None, "a hint opens nothing"
            await refusals(served, caller)

    run(scenario(), 240)


async def refusals(served: Served, caller: Caller) -> None:
    """Other words, another voice that says the right ones, an old challenge: one and the same
    answer; the third in a row is the last."""
    codes = [(await say(caller, voice, text)).code for voice, text in ((THEIRS, "good morning to you"), (OTHER, ""))]
    again = await post(caller, "voice?challenge=" + "a" * 22, wav(said(SAYINGS[0], THEIRS)))
    assert codes == ["voice_unknown"] * 2 and again.code == "voice_wait"
    assert (await words(caller)).code == "voice_wait"
    release = read_release(served.shop.reader, "u1")
    assert release is not None and release.expires_us


def test_where_voices_are_off_it_says_so(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, shop_text()) as served, calling(served) as caller:
            await hired(served.shop, "u1", "Dana")
            await signed_in(caller, "u1")
            answers = [await words(caller)]
            answers += [await post(caller, path, wav(bytes(64_000))) for path in ("voice", "voice/own")]
            assert [(answer.status, answer.code) for answer in answers] == [(422, "voice_off")] * 3
            page = await caller.get("/account/voice", Surface="cashier")
            assert "Voice sign-in isn&#39;t used" in page.text
            assert 'id="by-voice"' not in (await caller.get("/", Surface="cashier")).text

    run(scenario())


def test_the_managers_page_names_what_is_lacking(tmp_path: Path) -> None:
    async def scenario() -> None:
        text = shop_text("CA", "QC", privacy="")
        async with serve(tmp_path, text) as served, calling(served) as caller:
            await caller.set_pin()
            grant = await caller.enter_pin()
            for language, said_there in (("en", "60 days in advance"), ("fr", "60 jours avant"), ("he", "60")):
                page = await caller.get(f"/manager/recognition?lang={language}", Grant=grant, Surface="panel")
                assert page.status == 200 and said_there in page.text, page.text[:300]
                assert page.text.count('<span class="tag">') == 13, (
                    "officer, assessment, declaration, trials, of voices and of faces; and of customers another way"
                )
            assert themself("u1").may("sell") and served.shop is not None

    run(scenario())


def test_what_is_remembered_between_two_requests_ends() -> None:
    now = [0]
    desk = VoiceDesk(lambda: now[0])
    first = desk.ask("1", "en")
    second = desk.ask("1", "en")
    assert desk.take("1", first.id) is None, "the ones asked for before are over"
    third = desk.ask("1", "en")
    assert desk.take("2", third.id) is None and desk.take("1", third.id) == third
    assert desk.take("1", third.id) is None and second.words, "once"
    late = desk.ask("1", "en")
    now[0] += GOOD_US + 1
    assert desk.take("1", late.id) is None
    for _ in range(MISSES - 1):
        desk.note_failure("1")
    assert not desk.rests("1")
    desk.note_success("1")
    for _ in range(MISSES):
        desk.note_failure("1")
    assert desk.rests("1") and not desk.rests("2")
    now[0] += REST_US
    assert not desk.rests("1")
    for number in range(PLACES + 5):
        desk.ask(str(number), "en")
    assert desk.take("0", "x") is None
    rows: Any = ((1.0, 0.0),)
    assert len(desk.utter("u1", "a@1", rows).utterances) == 1
    assert len(desk.utter("u1", "a@1", rows).utterances) == 2
    assert len(desk.utter("u1", "b@2", rows).utterances) == 1, "of another model"

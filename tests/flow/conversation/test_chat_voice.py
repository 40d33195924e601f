"""A spoken turn: said by espeak-ng, heard by PocketSphinx, held to the catalogue; and what can't be heard."""

from __future__ import annotations

import io
import wave
from pathlib import Path
from typing import Any

import pytest

from edge.conversation.understanding.speech_input import expected_phrases
from edge.conversation.voice.pages.voice_turns import HearingPlace, VoiceTurns, voice_of
from edge.conversation.voice.voice_line import HeardText, Reply, SecondReading
from edge.core.process.parts import Part
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.search.service.speech_phrases import Grammar
from edge.lib.sound.wav import read_wav
from edge.runtime import inference
from edge.runtime.inference import Inference
from tests.browser.calling import Caller, calling
from tests.browser.serving import serve
from tests.catch_up import catch_up
from tests.chat_fixture import BOSS
from tests.flow.conversation.test_chat_http import filled
from tests.recorded import opus_of, webm_of
from tests.shop_fixture import SYSTEM, run
from tests.speech import noise, said_by_espeak
from tests.sync_doubles import until


def wav(samples: bytes, rate_hz: int = 22_050, channels: int = 1) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as made:
        made.setnchannels(channels)
        made.setsampwidth(2)
        made.setframerate(rate_hz)
        made.writeframes(samples)
    return file.getvalue()


async def say(caller: Caller, grant: str, sound: bytes, session: str = "") -> Any:
    path = f"/api/v1/chat/voice?language=en&session={session}"
    return await caller.call("POST", path, sound, Grant=grant, Surface="panel")


def test_sound_that_is_none(tmp_path: Path) -> None:
    good = wav(b"\0\0" * 100)
    assert read_wav(good) is not None
    for wrong in (b"", b"RIFF", good[:30], wav(b"\0\0" * 100, channels=2), wav(b"\0\0" * 100, 4_000), wav(b"")):
        assert read_wav(wrong) is None
    assert read_wav(wav(b"\0\0" * (61 * 8_000), 8_000)) is None, "too long"
    assert read_wav(wav(b"\0\0" * (60 * 8_000), 8_000)) is not None
    words = expected_phrases("en", ["can", "plastic"])
    assert words[:2] == ("can", "plastic") and {"took", "three", "boxes", "yes"} <= set(words)

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            grant = await caller.enter_pin()
            answer = await say(caller, grant, good)
            assert (answer.status, answer.code) == (503, "no_stt"), "no model runs here"
            assert (await caller.call("POST", "/api/v1/chat/voice", good)).status == 401

    run(scenario())


@pytest.mark.needs("espeak-ng")
def test_a_spoken_turn_is_heard_and_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pocketsphinx")
    monkeypatch.setattr(inference, "START_S", 0.0)

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await filled(served)
            models = Inference(served.config, served.shop, Grammar(served.config.ledger))
            served.run_models(models)
            served.supervisor.start(Part("models", models.run))
            await until(lambda: models.has("stt", "en"), "the models part runs")
            await caller.set_pin()
            grant = await caller.enter_pin()
            for wrong in (b"no sound", wav(b"\0\0" * 100, 4_000)):
                assert (await say(caller, grant, wrong)).code == "voice_wrong"
            said = said_by_espeak("what is running low")
            opus = opus_of(said, 22_050)
            for recorded in (opus, webm_of(opus)):
                phone = await say(caller, grant, recorded)
                assert phone.status == 200 and phone.json["heard"] == "what is running low", phone
            asked = await say(caller, grant, wav(said))
            assert asked.status == 200, asked
            assert (asked.json["heard"], asked.json["text"]) == ("what is running low", "No products are low.")
            again = await say(caller, grant, wav(said_by_espeak("what is running low")), asked.json["session"])
            assert again.json["session"] == asked.json["session"]
            mumbled = await say(caller, grant, wav(noise(1.0, 16_000), 16_000))
            assert mumbled.status in (200, 422) and not (mumbled.json or {}).get("movements")

    run(scenario(), 120)


KINDS = ("mint", "sage", "lemon", "rose", "ginger", "nettle", "fennel", "anise")


@pytest.mark.parametrize("kinds", [KINDS[:5], KINDS])
def test_three_choices_are_said_and_the_next_by_another(tmp_path: Path, kinds: tuple[str, ...]) -> None:
    """Six of them stand on the screen, and what brings the others."""
    teas = [
        Product(kind, {"en": f"Tea {kind}", "fr": f"Thé {kind}", "he": f"תה {kind}"}, (), 300, "reduced", box=0)
        for kind in kinds
    ]

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await served.shop.do(SetProducts(tuple(teas)), SYSTEM)
            await catch_up(served.shop)
            await caller.set_pin()
            who = voice_of(BOSS)
            turns = VoiceTurns(served.site, lambda: who, "en", HearingPlace("ear", "1", "1"))

            async def said(text: str) -> Reply:
                async def again() -> SecondReading:
                    return SecondReading(own=text)

                reply = await turns.answer(HeardText(text, 0.9, True, again))
                assert reply is not None
                return reply

            asked = await said("took three tea")
            assert asked.message.answer is not None and len(asked.message.answer.options) == min(7, len(kinds))
            heard: list[str] = []
            while True:
                named = [kind for kind in kinds if kind in " ".join(asked.aloud)]
                assert 0 < len(named) <= 3 and not set(named) & set(heard), asked.aloud
                heard += named
                assert ("Another" in asked.aloud[-1]) == (len(heard) < len(kinds)), asked.aloud
                if len(heard) == len(kinds):
                    break
                asked = await said("another")
            assert (await said(f"the {named[0]} one")).message.answer is not None

    run(scenario())

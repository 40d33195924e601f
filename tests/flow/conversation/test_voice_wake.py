"""A microphone whose words can't wake it."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers import registry
from edge.conversation.assistant.microphone_groups import ears_of
from edge.conversation.voice.pages.voice_part import VoicePart
from edge.core.process.parts import Part
from edge.runtime.config.device_uses import MicrophoneUse
from tests.browser.serving import serve
from tests.flow.conversation.test_chat_voice import wav
from tests.flow.conversation.test_voice import DEADLINE_S, RATE_HZ, SILENCE
from tests.shop_fixture import run
from tests.sync_doubles import until
from tests.unit.conversation.test_voice_talk import PlayedModels


@pytest.mark.parametrize(
    ("words", "why"), [("good morning", "greeting"), ("what is running low", "meant"), ("", "")], ids=("a", "b", "none")
)
def test_words_that_cannot_wake_it_leave_its_button(tmp_path: Path, words: str, why: str) -> None:
    said = tmp_path / "said.wav"
    said.write_bytes(wav(SILENCE, RATE_HZ))
    microphone = registry.create("microphone", "wav", {"path": str(said), "rate_hz": RATE_HZ})

    async def scenario() -> None:
        async with serve(tmp_path) as served:
            models = PlayedModels()  # waiting for a word would fail
            served.run_models(models)
            part = VoicePart(
                served.site, microphone, None, "ear", "1", MicrophoneUse(wake=words) if words else MicrophoneUse()
            )
            served.supervisor.start(Part("ear", part.run, stage=2))
            await until(lambda: "1" in ears_of(served.site).at, "it runs", DEADLINE_S)
            state = served.supervisor.states["ear"]
            assert (state.state, state.key) == ("ok", why and f"voice.wake_{why}")
            for language in ("en", "fr", "he") if why else ():
                told = served.site.renderer.texts[language].report_text(state.key, state.values)
                assert words in told and "config.toml" in told
            assert ears_of(served.site).at["1"].listen()
            await until(lambda: part.voice.state == "listening", "it listens by its button", DEADLINE_S)

    run(scenario())

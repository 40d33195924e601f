"""Recognition and voices on another box of the shop, and ours for other boxes: by Wyoming, on its real wire."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.event import Event, async_write_event
from wyoming.info import Describe, Info
from wyoming.tts import Synthesize, SynthesizeVoice

from edge.core.process.parts import Part
from edge.runtime import inference, wyoming_server
from edge.runtime.wyoming_server import CONNECTIONS, WyomingPart
from models.errors import ModelError
from models.kinds import Sound
from tests.browser.serving import serve
from tests.flow.conversation.test_voice import models_run
from tests.shop_fixture import CONFIG, run
from tests.speech import said_by_espeak
from tests.sync_doubles import until
from tests.wyoming_box import box_port

MODEL = """
[[models.model]]
name = "other-{kind}"
kind = "{kind}"
engine = "wyoming"
languages = ["he"]
size_mb = 0
memory_mb = 100
licence = "MIT"
options = {{ port = {port} }}
"""
SAID = "four small"


@pytest.mark.needs("espeak-ng")
def test_another_box_hears_and_speaks_for_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pocketsphinx")
    monkeypatch.setattr(inference, "START_S", 0.0)

    async def scenario(port: int) -> None:
        text = CONFIG + "[models.use]\n" + '"stt.he" = "other-stt"\n"tts.he" = "other-tts"\n'
        text += "".join(MODEL.format(kind=kind, port=port) for kind in ("stt", "tts"))
        async with serve(tmp_path, text) as served:
            models = await models_run(served)
            assert models.has("stt", "he")
            async with await models.listen("he", 22_050, 60, ("four", "small", "box")) as reply:
                reply.feed(said_by_espeak(SAID))
                reply.end()
                assert (await reply).text == SAID
            async with models.speak("yes", "he", 60) as said:
                sounds = [sound async for sound in said]
                assert sounds[0].rate_hz == 22_050 and len(sounds[0].samples) > 10_000
            for wrong in ("break off", "rubbish"):
                with pytest.raises(ModelError) as told:
                    await models.speak(wrong, "he", 60)
                assert told.value.code == "refused" and "closed the connection" in told.value.what

    run(scenario(box_port()), 120)


class Endless:
    """Models whose voice never ends."""

    def __init__(self) -> None:
        self.speaking = 0

    @asynccontextmanager
    async def speak(self, text: str, language: str, within_s: float) -> AsyncIterator[AsyncIterator[Sound]]:
        async def sounds() -> AsyncIterator[Sound]:
            while True:
                yield Sound(bytes(64 * 1024), 22_050)

        self.speaking += 1
        try:
            yield sounds()
        finally:
            self.speaking -= 1


def test_who_reads_nothing_holds_neither_an_engine_nor_a_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wyoming_server, "SEND_S", 6.0)
    models = Endless()

    async def scenario() -> None:
        async with serve(tmp_path) as served:
            part = WyomingPart(models, "127.0.0.1", 0)  # type: ignore[arg-type]
            served.supervisor.start(Part("wyoming", part.run))
            await until(lambda: part.port, "it listens")
            lines = [await asyncio.open_connection("127.0.0.1", part.port) for _ in range(CONNECTIONS)]
            for _, writer in lines:
                await async_write_event(Synthesize("yes").event(), writer)
            await until(lambda: models.speaking == CONNECTIONS, "all places are taken")
            async with AsyncTcpClient("127.0.0.1", part.port) as client:
                told = await client.read_event()
                assert told and told.data["code"] == "busy"
            await until(lambda: models.speaking == part.open == 0, "nobody read it", 60)
            for nonsense in (b"[" * 40_000 + b"\n", b'{"type": "describe", "data": []}\n', b'["describe"]\n'):
                async with asyncio.timeout(60):
                    reader, writer = await asyncio.open_connection("127.0.0.1", part.port)
                    writer.write(nonsense)
                    assert b"busy" not in await reader.read()
                    writer.close()
                await until(lambda: part.open == 0, "it is let go")
            for _, writer in lines:
                writer.close()

    run(scenario(), 120)


@pytest.mark.needs("espeak-ng")
def test_other_boxes_hear_and_speak_by_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pocketsphinx")
    monkeypatch.setattr(inference, "START_S", 0.0)

    async def ask(port: int, *events: Event) -> list[Event]:
        """What is answered, up to an answer's end."""
        async with asyncio.timeout(60), AsyncTcpClient("127.0.0.1", port) as client:
            for event in events:
                await client.write_event(event)
            answers: list[Event] = []
            while event_in := await client.read_event():
                answers.append(event_in)
                if event_in.type in ("info", "transcript", "audio-stop", "error"):
                    break
            return answers

    async def scenario() -> None:
        async with serve(tmp_path) as served:
            part = WyomingPart(await models_run(served), "127.0.0.1", 0)
            served.supervisor.start(Part("wyoming", part.run))
            await until(lambda: part.port, "it listens")
            info = Info.from_event((await ask(part.port, Describe().event()))[0])
            assert "en" in info.asr[0].models[0].languages and "he" in info.tts[0].voices[0].languages
            sound = said_by_espeak(SAID)
            chunk = AudioChunk(22_050, 2, 1, sound).event()
            begin = (Transcribe(language="en").event(), AudioStart(22_050, 2, 1).event())
            heard = await ask(part.port, *begin, chunk, AudioStop().event())
            assert Transcript.from_event(heard[0]).text
            said = await ask(part.port, Synthesize("yes", SynthesizeVoice(language="he")).event())
            assert [said[0].type, said[-1].type] == ["audio-start", "audio-stop"] and len(said) > 2
            for wrong in (
                (Transcribe(language="xx").event(),),
                (*begin, AudioChunk(16_000, 2, 1, b"\0\0").event()),
                (*begin, AudioChunk(22_050, 2, 1, b"odd").event()),
                (*begin, AudioChunk(22_050, 2, 1, bytes(300_000)).event()),
                (Synthesize("").event(),),
                (Synthesize("x" * 2_000).event(),),
            ):
                assert [event.type for event in await ask(part.port, *wrong)] == ["error"], wrong[-1].type

    run(scenario(), 120)

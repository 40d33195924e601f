"""Spoken orders for `bench assistant`: how many are understood, clean and in noise, and how soon an answer is heard.

Recordings of people who order drinks, held to the words of such orders. A button is held while each is fed as fast as a
microphone does; from letting it go it is timed until the first piece of our voice.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

import numpy as np

from edge.conversation.assistant.recording import HeardSound
from edge.conversation.voice.utterance import Playing
from edge.conversation.voice.voice_line import HeardText, Reply, VoiceMessage
from edge.conversation.voice.voice_talk import VoiceTalk
from models.kinds import AwaitWord, DetectSpeech, Listen, Speak
from models.registry import ENGINES
from models.runtime import Runtime, Settings
from models.runtime.priority import Priority
from models.runtime.worker_host import Plan
from tests.bench.measure import percentile
from tests.speech import DATA, heard_in_full, order_phrases, orders, pocketsphinx_folder, recording

RATE_HZ = 16_000
FRAME_BYTES = 2 * RATE_HZ // 25
NOISE_DB = 12
ONSET = 0.1
"""The share of the loudest sample at which someone began to speak."""
WITHIN_S = 60.0


class BenchModels:
    """As `Inference`, by a runtime of its own."""

    def __init__(self, runtime: Runtime, phrases: tuple[str, ...]) -> None:
        self._runtime, self._phrases = runtime, phrases

    def has(self, kind: str, language: str = "") -> bool:
        return self._runtime.has(kind, language)

    async def listen(
        self,
        language: str,
        rate_hz: int,
        within_s: float,
        expected: tuple[str, ...] = (),
        free: bool = False,
        guesses: tuple[str, ...] = (),
    ) -> Any:
        request = Listen(language, rate_hz, self._phrases if guesses or not free else (), guesses)
        return self._runtime.ask(request, within_s, Priority.LIVE)

    def checks(self, language: str) -> bool:
        return False

    def notice_speech(self, rate_hz: int, within_s: float, pause_ms: int) -> Any:
        return self._runtime.ask(DetectSpeech(rate_hz, pause_ms=pause_ms), within_s, Priority.LIVE)

    def speak(self, text: str, language: str, within_s: float, voice: str = "", speed: float = 1.0) -> Any:
        return self._runtime.ask(Speak(text, language, voice, speed), within_s, Priority.LIVE)

    def await_word(self, word: str, rate_hz: int, within_s: float) -> Any:
        return self._runtime.ask(AwaitWord((word,), rate_hz=rate_hz), within_s, Priority.LIVE)


class BenchLine:
    """Notes what was heard, and when the answer begins."""

    def __init__(self) -> None:
        self.heard = ""
        self.first_s = self.hushed_s = 0.0
        self.over = asyncio.Event()
        self.listening = asyncio.Event()

    async def tell(self, message: VoiceMessage) -> None:
        if message.kind == "error":
            self.over.set()
        if message.state == "listening":
            self.listening.set()
        if message.kind == "hush":
            self.hushed_s = time.perf_counter()
            self.over.set()

    async def play(self, samples: bytes, rate_hz: int) -> None:
        self.first_s = self.first_s or time.perf_counter()
        self.over.set()

    async def expect_phrases(self) -> tuple[str, tuple[str, ...]]:
        return "en", ()

    async def answer(self, heard: HeardText) -> Reply:
        self.heard = heard.text
        return Reply(VoiceMessage("answer"), ("Added: one large latte, 4.50 $.",), "en")

    async def on_interrupted(self, heard: HeardText) -> Reply | None: ...

    def on_sound(self, heard: HeardSound) -> None: ...


async def spoken(count: int) -> dict[str, float]:
    """Shares of what was ordered that was understood, and times; none where the recordings are not here."""
    if not DATA.exists():
        print("no recordings beside the project: what is heard is not measured")
        return {}
    plans = [
        Plan("orders", "stt", ENGINES["stt", "pocketsphinx"], 150, {}, str(pocketsphinx_folder()), (), ("en",)),
        Plan("voice", "tts", ENGINES["tts", "espeak"], 40, languages=("en",)),
    ]
    runtime = Runtime(plans, [], Settings(memory_mb=1_000), lambda _: None)
    models = BenchModels(runtime, order_phrases())
    asked = clean = noisy = 0
    times: list[float] = []
    try:
        for number, (name, slots) in enumerate(list(orders().items())[: count + 1]):
            sound = recording(name)
            heard, took_ms = await answer_time(models, sound)
            if not number:
                continue  # the first one warms up
            asked += len(slots)
            clean += heard_in_full(heard, slots)
            if took_ms:
                times.append(took_ms)
            async with await models.listen("en", RATE_HZ, WITHIN_S) as reply:
                reply.feed(in_noise(sound, number))
                reply.end()
                noisy += heard_in_full((await reply).text, slots)
    finally:
        await runtime.stop()
    return {"spoken": clean / asked, "spoken_noise_12db": noisy / asked, "voice_p95_ms": percentile(times, 0.95)}


async def answer_time(models: BenchModels, sound: bytes) -> tuple[str, float]:
    """What was heard, and how many milliseconds from letting go until the answer."""
    line = BenchLine()
    talk = VoiceTalk(models, line, RATE_HZ)
    await talk.hold()
    for at in range(0, len(sound), FRAME_BYTES):
        talk.feed(sound[at : at + FRAME_BYTES])
        await asyncio.sleep(0.04)
    began_s = time.perf_counter()
    await talk.release()
    async with asyncio.timeout(WITHIN_S):
        await line.over.wait()
    await talk.close()
    return line.heard, (line.first_s - began_s) * 1000 if line.first_s else 0.0


async def interrupt_time(models: BenchModels, sound: bytes) -> float:
    """How many milliseconds our voice goes on once someone speaks, or WITHIN_S if no one is noticed."""
    line = BenchLine()
    talk = VoiceTalk(models, line, RATE_HZ)
    await talk.listen()
    async with asyncio.timeout(WITHIN_S):
        await line.listening.wait()
    await talk.announce(Playing(("This is a long answer, which goes on until somebody interrupts it. " * 2,), "en"))
    async with asyncio.timeout(WITHIN_S):
        await line.over.wait()
    line.over.clear()
    began_s = 0.0
    loud = np.abs(np.frombuffer(sound, np.int16).astype(np.int32))
    first = int(np.argmax(loud > loud.max() * ONSET)) * 2 // FRAME_BYTES
    for number, at in enumerate(range(0, len(sound), FRAME_BYTES)):
        if number == first:
            began_s = time.perf_counter()
        talk.feed(sound[at : at + FRAME_BYTES])
        await asyncio.sleep(0.04)
        if line.hushed_s:
            break
    await talk.close()
    return max(0.0, line.hushed_s - began_s) * 1000 if line.hushed_s else WITHIN_S * 1000


def in_noise(sound: bytes, seed: int) -> bytes:
    """The same with noise of a room, `NOISE_DB` below the speech."""
    samples = np.frombuffer(sound, np.int16).astype(np.float64)
    loud = float(np.sqrt(np.mean(samples**2))) / 10 ** (NOISE_DB / 20)
    noise = np.cumsum(np.random.default_rng(seed).normal(0, 1, len(samples)))
    noise -= np.convolve(noise, np.ones(400) / 400, "same")  # low, as rooms are, and no drift
    noise *= loud / float(np.sqrt(np.mean(noise**2)))
    mixed: bytes = (samples + noise).clip(-32768, 32767).astype(np.int16).tobytes()
    return mixed

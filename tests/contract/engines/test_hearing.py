"""How Whisper treats sounds that aren't orders, in a real worker."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from edge.conversation.understanding.certainty import certainty
from edge.conversation.understanding.speech_input import SURE
from models.errors import ModelError
from models.kinds import Listen, Transcribed
from models.runtime import Runtime, Settings
from tests.contract.rigs_speech import AMERICANO, ORDER, whisper_plan
from tests.shop_fixture import run
from tests.speech import noise, recording

pytestmark = pytest.mark.slow

RATE_HZ = 16_000
WITHIN_S = 120.0
PHRASES = ("large", "medium roast", "latte", "americano", "took", "two", "milk", "a")


def samples(sound: bytes) -> np.ndarray:
    return np.frombuffer(sound, np.int16).astype(np.float64)


def sound_from(values: np.ndarray) -> bytes:
    made: bytes = values.clip(-32768, 32767).astype(np.int16).tobytes()
    return made


def music(seconds: float) -> bytes:
    """Return piano-like chords, two per second."""
    at = np.arange(round(RATE_HZ / 2)) / RATE_HZ
    chords = [sum(np.sin(2 * np.pi * root * step * at) for step in (1, 1.25, 1.5, 2)) for root in (262, 220, 175, 196)]
    fading = [2_500 * chord * np.exp(-3 * at) for chord in chords]
    return sound_from(np.concatenate([fading[number % 4] for number in range(round(seconds * 2))]))


@asynccontextmanager
async def hearing(folder: Path) -> AsyncIterator[Runtime]:
    runtime = Runtime([whisper_plan(folder)], [], Settings(memory_mb=4_000), lambda _: None)
    try:
        yield runtime
    finally:
        await runtime.stop()


async def heard(runtime: Runtime, sound: bytes, language: str = "en") -> Transcribed:
    async with runtime.ask(Listen(language, RATE_HZ, PHRASES), WITHIN_S) as reply:
        reply.feed(sound)
        reply.end()
        return await reply


def is_sure(reply: Transcribed, language: str = "en") -> bool:
    """Whether the shop would act on it without asking."""
    text = " ".join(reply.text.split())
    words = ((word.text, word.confidence) for word in reply.words)
    return bool(text) and certainty(text, words, language).least >= SURE


def play(folder: Path, scenario: Callable[[Runtime], Coroutine[object, object, None]]) -> None:
    async def main() -> None:
        async with hearing(folder) as runtime:
            await scenario(runtime)

    run(main(), WITHIN_S * 2)


def test_silence_knocks_and_music_are_no_words(tmp_path: Path) -> None:
    async def scenario(runtime: Runtime) -> None:
        for sound in (b"", bytes(2 * RATE_HZ * 5), noise(3), noise(0.05, loud=9_000), music(4)):
            reply = await heard(runtime, sound)
            assert not is_sure(reply), reply.text
        assert (await heard(runtime, bytes(2 * RATE_HZ * 5))).text == ""

    play(tmp_path, scenario)


def test_a_shout_is_heard_and_two_at_once_are_asked_again(tmp_path: Path) -> None:
    async def scenario(runtime: Runtime) -> None:
        shout = sound_from(samples(recording(ORDER)) * 8)
        alone = await heard(runtime, shout)
        assert "large" in alone.text
        one, other = samples(recording(ORDER)), samples(recording(AMERICANO))
        length = min(len(one), len(other))
        both = await heard(runtime, sound_from(one[:length] + other[:length]))
        assert not is_sure(both), both.text

    play(tmp_path, scenario)


def test_another_language_than_the_expected_is_asked_again(tmp_path: Path) -> None:
    async def scenario(runtime: Runtime) -> None:
        for language in ("fr", "he"):
            reply = await heard(runtime, recording(ORDER), language)
            assert not is_sure(reply, language), (language, reply.text)

    play(tmp_path, scenario)


def test_a_language_that_is_not_there_and_ten_minutes_at_once_are_refused(tmp_path: Path) -> None:
    async def scenario(runtime: Runtime) -> None:
        with pytest.raises(ModelError) as caught:
            await heard(runtime, recording(ORDER), "xx")
        assert caught.value.what.endswith(".") and caught.value.advice
        with pytest.raises(ModelError) as caught:
            await heard(runtime, bytes(2 * RATE_HZ * 600))
        assert caught.value.code == "behind"
        assert "latte" in (await heard(runtime, recording(ORDER))).text, "it goes on"

    play(tmp_path, scenario)

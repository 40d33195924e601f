"""`bench tts`: sentences spoken by espeak-ng in a worker, against the program called directly, in turn.

And by Piper with the tiny voice of the tests, which shows what lies around the voice, against PiperVoice alone.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from models.hosting import Plan
from models.kinds import Speak
from models.registry import ENGINES
from models.runtime import Runtime, Settings
from tests.bench.measure import median_ratio, result
from tests.speech import write_voice

Times = list[float]
ANSWER_S = 60.0
SENTENCES = (
    "Good morning.",
    "That is three pounds and fifty pence, please.",
    "We have no more of the large ones, but the small ones are two for the price of one until Saturday.",
)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench tts")
    parser.add_argument("--rounds", type=int, default=20)
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_bench(args.rounds, write_voice(Path(folder))))


async def _bench(rounds: int, voice: Path) -> int:
    from piper import PiperVoice

    alone = PiperVoice.load(voice)
    files = (str(voice), str(voice.with_name("voice.onnx.json")))
    plain = Plan("plain", "tts", ENGINES["tts", "espeak"], 40, languages=("en",))
    tiny = Plan("tiny", "tts", ENGINES["tts", "piper"], 200, {}, str(voice.parent), files, ("fr",))
    runtime = Runtime([plain, tiny], [], Settings(memory_mb=1_000), lambda _: None)
    ours, raw, firsts, piper_ours, piper_raw = Times(), Times(), Times(), Times(), Times()
    sound_s = 0.0
    try:
        for number in range(-2, rounds):  # the first ones warm it up
            for sentence in SENTENCES:
                took_s, first_s, spoken_s = await spoken(runtime, Speak(sentence, "en"))
                plain_s = by_program(sentence)
                tiny_s, _, _ = await spoken(runtime, Speak(sentence, "fr"))
                alone_s = by_piper(alone, sentence)
                if number >= 0:
                    values = (
                        (ours, took_s),
                        (firsts, first_s),
                        (raw, plain_s),
                        (piper_ours, tiny_s),
                        (piper_raw, alone_s),
                    )
                    for kept, value in values:
                        kept.append(value)
                    sound_s += spoken_s
    finally:
        await runtime.stop()
    print(
        f"espeak-ng in a worker {statistics.median(ours) * 1000:.1f} ms, alone {statistics.median(raw) * 1000:.1f} ms"
    )
    result(
        ratio=median_ratio(raw, ours),
        first_ms=statistics.median(firsts) * 1_000,
        rtf=sum(ours) / sound_s,
        piper_ratio=median_ratio(piper_raw, piper_ours),
        piper_ms=statistics.median(piper_ours) * 1_000,
    )
    return 0


async def spoken(runtime: Runtime, request: Speak) -> tuple[float, float, float]:
    """Seconds until all of it is here, until its first sound is, and of sound."""
    began = time.perf_counter()
    answer = runtime.ask(request, ANSWER_S)
    first_s = 0.0
    async for _ in answer:
        first_s = first_s or time.perf_counter() - began
    reply = await answer
    return time.perf_counter() - began, first_s, reply.sound_ms / 1_000


def by_program(sentence: str) -> float:
    began = time.perf_counter()
    command = ["espeak-ng", "--stdin", "--stdout", "-b", "1", "-v", "en-gb", "-s", "175"]
    done = subprocess.run(command, input=sentence.encode(), capture_output=True, check=True, timeout=ANSWER_S)
    took = time.perf_counter() - began
    assert len(done.stdout) > 1_000
    return took


def by_piper(voice: Any, sentence: str) -> float:
    began = time.perf_counter()
    assert b"".join(chunk.audio_int16_bytes for chunk in voice.synthesize(sentence))
    return time.perf_counter() - began

"""`bench tts`: sentences spoken by espeak-ng in a worker, against the program called directly, in turn, at the
same priority.

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

from models.kinds import Speak
from models.registry import ENGINES
from models.runtime import Runtime, Settings
from models.runtime.worker_host import Plan
from tests.bench.measure import Spent, as_a_worker, ratios, result, spent
from tests.speech import write_voice

Times = list[Spent]
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
    kept: tuple[list[Spent], ...] = ([], [], [], [])
    firsts: list[float] = []
    sound_s = 0.0
    run = asyncio.get_running_loop().run_in_executor
    try:
        with as_a_worker() as aside:
            for number in range(-2, rounds):  # the first ones warm it up
                for sentence in SENTENCES:
                    (first_s, spoken_s), took = await spent(spoken(runtime, Speak(sentence, "en")))
                    _, took_raw = await spent(run(aside, by_program, sentence))
                    _, tiny_took = await spent(spoken(runtime, Speak(sentence, "fr")))
                    _, tiny_raw = await spent(run(aside, by_piper, alone, sentence))
                    if number >= 0:
                        for one, times in zip((took, took_raw, tiny_took, tiny_raw), kept, strict=True):
                            times.append(one)
                        firsts.append(first_s)
                        sound_s += spoken_s
    finally:
        await runtime.stop()
    return _said(*kept, firsts, sound_s)


def _said(ours: Times, raw: Times, piper_ours: Times, piper_raw: Times, firsts: list[float], sound_s: float) -> int:
    ours_ms, raw_ms, piper_ms, alone_ms = (
        statistics.median(one.wall_s for one in times) * 1_000 for times in (ours, raw, piper_ours, piper_raw)
    )
    print(f"espeak-ng in a worker {ours_ms:.1f} ms, alone {raw_ms:.1f} ms")
    print(f"Piper's tiny voice in a worker {piper_ms:.1f} ms, alone {alone_ms:.1f} ms")
    ratio, cpu_ratio = ratios(raw, ours)
    result(
        ratio=ratio,
        cpu_ratio=cpu_ratio,
        first_ms=statistics.median(firsts) * 1_000,
        rtf=sum(one.wall_s for one in ours) / sound_s,
        piper_ratio=ratios(piper_raw, piper_ours)[0],
        piper_ms=piper_ms,
    )
    return 0


async def spoken(runtime: Runtime, request: Speak) -> tuple[float, float]:
    """Seconds until its first sound is here, and of sound."""
    began = time.perf_counter()
    answer = runtime.ask(request, ANSWER_S)
    first_s = 0.0
    async for _ in answer:
        first_s = first_s or time.perf_counter() - began
    return first_s, (await answer).sound_ms / 1_000


def by_program(sentence: str) -> None:
    command = ["espeak-ng", "--stdin", "--stdout", "-b", "1", "-v", "en-gb", "-s", "175"]
    done = subprocess.run(command, input=sentence.encode(), capture_output=True, check=True, timeout=ANSWER_S)
    assert len(done.stdout) > 1_000


def by_piper(voice: Any, sentence: str) -> None:
    assert b"".join(chunk.audio_int16_bytes for chunk in voice.synthesize(sentence))

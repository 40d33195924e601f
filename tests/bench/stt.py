"""`bench stt`: spoken orders understood by PocketSphinx in a worker, against the library alone in this process.

Both have the same grammar and the same cutting into utterances, and hear each recording in turn, all at once. Times are
by the clock, over the length of the sound.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
from typing import Any

from models.engine import Model
from models.kinds import Listen
from models.registry import ENGINES
from models.runtime import Runtime, Settings
from models.runtime.worker_host import Plan
from models.speech.stt_pocketsphinx import learn, open_decoder, transitions
from models.speech.stt_words import words_of
from tests.bench.measure import Spent, as_a_worker, ratios, result, spent
from tests.speech import heard_in_full, order_phrases, orders, pocketsphinx_folder, recording

ANSWER_S = 300.0
FRAME_BYTES = 960


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench stt")
    parser.add_argument("--recordings", type=int, default=20)
    return asyncio.run(_bench(parser.parse_args(argv)))


async def _bench(args: argparse.Namespace) -> int:
    phrases = order_phrases()
    plan = Plan("orders", "stt", ENGINES["stt", "pocketsphinx"], 150, {}, str(pocketsphinx_folder()), (), ("en",))
    runtime = Runtime([plan], [], Settings(memory_mb=1_000), lambda _: None)
    raw = Raw(phrases)
    ours_spent: list[Spent] = []
    raw_spent: list[Spent] = []
    seconds, asked, ours_right, raw_right = 0.0, 0, 0, 0
    loop = asyncio.get_running_loop()
    try:
        with as_a_worker() as alone:
            for number, (name, slots) in enumerate(list(orders().items())[: args.recordings + 1]):
                sound = recording(name)
                ours, took = await spent(_heard(runtime, sound, phrases))
                plain, took_raw = await spent(loop.run_in_executor(alone, raw.heard, sound))
                if number:  # the first one warms both up
                    ours_spent.append(took)
                    raw_spent.append(took_raw)
                    seconds += len(sound) / 32_000
                    asked += len(slots)
                    ours_right += heard_in_full(ours, slots)
                    raw_right += heard_in_full(plain, slots)
    finally:
        await runtime.stop()
    ours_s, raw_s = (sum(one.wall_s for one in times) for times in (ours_spent, raw_spent))
    print(f"{len(ours_spent)} orders, {seconds:.0f} s of sound, {asked} things ordered")
    print(f"in a worker {ours_s / seconds:.3f} s a second, {ours_right} understood")
    print(f"alone       {raw_s / seconds:.3f} s a second, {raw_right} understood")
    ratio, cpu_ratio = ratios(raw_spent, ours_spent)
    result(
        ratio=ratio,
        cpu_ratio=cpu_ratio,
        rtf=ours_s / seconds,
        rtf_raw=raw_s / seconds,
        answer_ms=statistics.median(one.wall_s for one in ours_spent) * 1_000,
        understood=ours_right / asked,
        understood_raw=raw_right / asked,
    )
    return 0


async def _heard(runtime: Runtime, sound: bytes, phrases: tuple[str, ...]) -> str:
    answer = runtime.ask(Listen("en", phrases=phrases), ANSWER_S)
    answer.feed(sound)
    answer.end()
    return (await answer).text


class Raw:
    """PocketSphinx as its own examples use it: an endpointer in front of a decoder."""

    def __init__(self, phrases: tuple[str, ...]) -> None:
        self._decoder: Any = open_decoder(Model("raw", pocketsphinx_folder()))
        self._decoder.config["bestpath"] = False  # as the engine has it: it may take minutes
        learn(self._decoder, phrases)
        grammar = self._decoder.create_fsg("orders", 0, 0, transitions([words_of(phrase) for phrase in phrases]))
        self._decoder.add_fsg("orders", grammar)
        self._decoder.activate_search("orders")
        self._cmn = self._decoder.get_cmn()

    def heard(self, sound: bytes) -> str:
        from pocketsphinx import Endpointer

        self._decoder.set_cmn(self._cmn)
        ends = Endpointer(window=0.5)
        texts, speaking = [], False
        for start in range(0, len(sound), FRAME_BYTES):
            frame = sound[start : start + FRAME_BYTES]
            speech = ends.process(frame) if len(frame) == FRAME_BYTES else ends.end_stream(frame)
            if speech is None:
                continue
            if not speaking:
                self._decoder.start_utt()
                speaking = True
            self._decoder.process_raw(speech)
            if not ends.in_speech:
                texts.append(self._end())
                speaking = False
        return " ".join([*texts, self._end()] if speaking else texts)

    def _end(self) -> str:
        self._decoder.end_utt()
        hypothesis = self._decoder.hyp()
        return str(hypothesis.hypstr) if hypothesis else ""

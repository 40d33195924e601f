"""`bench llm`: the small language model through the runtime, against its library called directly, in turn.

Both hold the same model with the same options and are asked the same, at the same priority: first the conversation
(which both have read before, but for its last question) until the first token, then on to the last one. `ratio`: tokens
a second from the first token to the last; `ttft_ratio`: the time to the first one. Each is the median of the pairs,
with the interval in which the true median lies with 95 %.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Sequence
from functools import partial
from math import comb
from pathlib import Path
from typing import Any, NamedTuple

from models.engine import Model
from models.errors import ModelError
from models.kinds import Complete, Message
from models.llm.gguf import read
from models.llm.llama_server import serve
from models.llm.options import Options
from models.llm.prompt import Template
from models.manifest.availability import usual_threads
from models.registry import ENGINES
from models.runtime import Runtime, Settings
from models.runtime.worker_host import Plan
from tests.bench.measure import as_a_worker, result
from tests.contract.rigs_llm import small_model

SYSTEM = "You stand at the counter of a grocery shop. You are kind and brief, and you say what things cost. " * 6
CONTEXT = 1_024
WITHIN_S = 300.0


class Timed(NamedTuple):
    first_s: float
    tokens_per_s: float


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench llm")
    parser.add_argument("--pairs", type=int, default=15)
    parser.add_argument("--tokens", type=int, default=64)
    parser.add_argument(
        "--engine", choices=sorted(name for kind, name in ENGINES if kind == "llm"), default="xllamacpp"
    )
    parser.add_argument("--model", type=Path, help="a GGUF file (the small model)")
    args = parser.parse_args(argv)
    return asyncio.run(_bench(args, args.model or small_model()))


async def _bench(args: argparse.Namespace, file: Path) -> int:
    threads = usual_threads()
    options = {"context": CONTEXT}
    plan = Plan(
        "bench", "llm", ENGINES["llm", args.engine], 4_000, options, str(file.parent), (str(file),), (), threads
    )
    runtime = Runtime([plan], [], Settings(memory_mb=100_000), lambda notice: print(notice))
    ours: list[Timed] = []
    theirs: list[Timed] = []
    aside = as_a_worker()
    by_library = partial(asyncio.get_running_loop().run_in_executor, aside)
    try:
        raw = await by_library(RAW[args.engine], file, threads)
        for number in range(-1, args.pairs):  # the first pair reads what all begin with
            asked = Complete(
                (Message("system", SYSTEM), Message("user", f"Tell me a long story about {number + 2} apples.")),
                max_tokens=args.tokens,
            )
            if number % 2:
                one, other = await by_runtime(runtime, asked), await by_library(raw.ask, asked)
            else:
                other, one = await by_library(raw.ask, asked), await by_runtime(runtime, asked)
            if number >= 0:
                ours.append(one)
                theirs.append(other)
    except ModelError as error:
        print(error)
        return 1
    finally:
        aside.shutdown()
        await runtime.stop()
    return _said(args.engine, ours, theirs)


def _said(engine: str, ours: list[Timed], theirs: list[Timed]) -> int:
    speeds = [one.tokens_per_s / other.tokens_per_s for one, other in zip(ours, theirs, strict=True)]
    firsts = [one.first_s / other.first_s for one, other in zip(ours, theirs, strict=True)]
    for name, values in (("through the runtime", ours), ("called directly", theirs)):
        first_ms = statistics.median(value.first_s for value in values) * 1000
        print(
            f"{name:20} {statistics.median(v.tokens_per_s for v in values):.1f} tokens/s, first after {first_ms:.0f} ms"
        )
    (low, high), (first_low, first_high) = interval(speeds), interval(firsts)
    result(
        ratio=statistics.median(speeds),
        ratio_low=low,
        ratio_high=high,
        ttft_ratio=statistics.median(firsts),
        ttft_low=first_low,
        ttft_high=first_high,
        tokens_per_s=statistics.median(value.tokens_per_s for value in ours),
        ttft_ms=statistics.median(value.first_s for value in ours) * 1000,
        pairs=len(ours),
        engine=engine,
    )
    return 0


async def by_runtime(runtime: Runtime, asked: Complete) -> Timed:
    began_s = time.perf_counter()
    first_s = 0.0
    answer = runtime.ask(asked, WITHIN_S)
    async for _ in answer:
        first_s = first_s or time.perf_counter() - began_s
    reply = await answer
    return _timed(began_s, first_s, reply.tokens)


class RawXllamacpp:
    """The same server, asked by its own Python call."""

    def __init__(self, file: Path, threads: int) -> None:
        self._template = Template(read(file))
        self._server = serve(Model("raw", None, (file,), (), threads), CONTEXT, Options().batch, cache_mb=64)

    def ask(self, asked: Complete) -> Timed:
        began_s = time.perf_counter()
        body = {
            "prompt": self._template.parts(asked.messages, CONTEXT),
            "n_predict": asked.max_tokens,
            "temperature": 0,
            "stream": True,
        }
        texts: list[float] = []
        pieces: list[Any] = []

        def take(piece: dict[str, Any]) -> bool:
            pieces.append(piece)
            if piece["choices"][0]["text"]:
                texts.append(time.perf_counter() - began_s)
            return False

        self._server.handle_completions(body, take)
        return _timed(began_s, texts[0], pieces[-1]["usage"]["completion_tokens"])


class RawLlamaCppPython:
    """`Llama.create_completion`, as its README has it."""

    def __init__(self, file: Path, threads: int) -> None:
        import llama_cpp

        self._template = Template(read(file))
        self._llama = llama_cpp.Llama(
            str(file), n_ctx=CONTEXT, n_threads=threads, n_threads_batch=threads, verbose=False
        )

    def ask(self, asked: Complete) -> Timed:
        began_s = time.perf_counter()
        tokens: list[int] = []
        for part in self._template.parts(asked.messages, CONTEXT):
            text = part if isinstance(part, int) else self._llama.tokenize(part.encode(), add_bos=False)
            tokens += [text] if isinstance(text, int) else text
        times: list[float] = []
        more = {"max_tokens": asked.max_tokens, "temperature": 0, "stream": True, "repeat_penalty": 1.0}
        for piece in self._llama.create_completion(tokens, **more):
            if piece["choices"][0]["text"]:
                times.append(time.perf_counter() - began_s)
        return _timed(began_s, times[0], asked.max_tokens)


RAW: dict[str, type[RawXllamacpp] | type[RawLlamaCppPython]] = {
    "xllamacpp": RawXllamacpp,
    "llama-cpp-python": RawLlamaCppPython,
}


def _timed(began_s: float, first_s: float, tokens: int) -> Timed:
    whole_s = time.perf_counter() - began_s
    return Timed(first_s, (tokens - 1) / max(whole_s - first_s, 1e-9))


def interval(values: Sequence[float]) -> tuple[float, float]:
    """The two values between which the median of all that could be measured lies with 95 % (by the sign test)."""
    ordered, count = sorted(values), len(values)
    below, cut = 0.0, 0
    while cut < count // 2 and below + comb(count, cut) / 2**count <= 0.025:
        below += comb(count, cut) / 2**count
        cut += 1
    cut = max(cut - 1, 0)
    return ordered[cut], ordered[count - 1 - cut]

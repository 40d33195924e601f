"""`bench handover`: a picture of 640 by 480 to a worker and its answer back, and a killed worker's restart.

The engine looks at one byte. Against it, in turn: the same array sent through a pipe of multiprocessing,
as that pickles it, to a process that looks at the same byte and answers; and one copy of it in memory.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import signal
import statistics
import time
from multiprocessing.connection import Connection

import numpy as np

from models.errors import ModelError
from models.kinds import Detect, Picture
from models.runtime import Runtime, Settings
from models.runtime.restart_policy import Notice
from models.tensor import Tensor
from tests.bench.measure import median_ratio, percentile, result
from tests.contract.engine_rigs import text
from tests.toy_engines import plan

ANSWER_S = 30.0
SEED = 7


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench handover")
    parser.add_argument("--pictures", type=int, default=2_000)
    parser.add_argument("--restarts", type=int, default=9)
    args = parser.parse_args(argv)
    pictures = np.random.default_rng(SEED).integers(0, 256, (8, 480, 640, 3), np.uint8)
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=look, args=(theirs,), daemon=True)
    process.start()
    try:
        return asyncio.run(_bench(args, pictures, ours))
    finally:
        process.kill()
        process.join()


def look(pipe: Connection) -> None:
    """The process that the raw way speaks to."""
    while True:
        pipe.send(int(pipe.recv()[-1, -1, -1]))


async def _bench(args: argparse.Namespace, pictures: np.ndarray, pipe: Connection) -> int:
    notices: list[Notice] = []
    runtime = Runtime([plan("detect"), plan("llm")], [], Settings(memory_mb=1_000), notices.append)
    handed, piped, copied = [], [], []
    try:
        for number in range(-50, args.pictures):  # the first ones warm it up
            picture = pictures[number % len(pictures)]
            times = await by_runtime(runtime, picture), by_pipe(pipe, picture), by_copy(picture)
            if number >= 0:
                for values, value in zip((handed, piped, copied), times, strict=True):
                    values.append(value * 1_000)
        restarts = [await restart_s(runtime) for _ in range(args.restarts)]
    finally:
        await runtime.stop()
    for name, values in (("to a worker", handed), ("by a pipe", piped), ("one copy", copied)):
        print(f"{name:12} {statistics.median(values):.3f} ms (p99 {percentile(values, 0.99):.3f})")
    print(f"a killed worker answers again after {statistics.median(restarts):.3f} s (at most {max(restarts):.3f})")
    result(
        ms=statistics.median(handed),
        p99_ms=percentile(handed, 0.99),
        ratio=median_ratio(piped, handed),
        copy_ms=statistics.median(copied),
        restart_s=statistics.median(restarts),
        restart_most_s=max(restarts),
    )
    return 0


async def by_runtime(runtime: Runtime, picture: np.ndarray) -> float:
    began = time.perf_counter()
    request = Detect((Picture(Tensor.of(picture)),), labels=("corner",))
    answer = await runtime.ask(request, ANSWER_S)
    took = time.perf_counter() - began
    assert round(answer.boxes[0][0].score * 255) == picture[-1, -1, -1]
    return took


def by_pipe(pipe: Connection, picture: np.ndarray) -> float:
    began = time.perf_counter()
    pipe.send(picture)
    corner = pipe.recv()
    took = time.perf_counter() - began
    assert corner == picture[-1, -1, -1]
    return took


def by_copy(picture: np.ndarray) -> float:
    began = time.perf_counter()
    picture.copy()
    return time.perf_counter() - began


async def restart_s(runtime: Runtime) -> float:
    """From killing a worker to the next answer, the failed request between included."""
    worker = int((await runtime.ask(text("PID"), ANSWER_S)).text)
    at_work = runtime.ask(text("begun WAIT"), ANSWER_S)
    await anext(aiter(at_work))
    began = time.perf_counter()
    os.kill(worker, signal.SIGKILL)
    try:
        await at_work
    except ModelError as error:
        assert error.code == "memory"
    assert (await runtime.ask(text("again"), ANSWER_S)).text == "again"
    return time.perf_counter() - began

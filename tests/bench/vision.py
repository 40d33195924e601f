"""`bench vision`: pictures a second of a detector behind the runtime, and pages read, against their libraries alone.

Raw is the library in a process of its own, at a worker's priority and on as many threads: ONNX Runtime given the
picture as the model wants it, nothing of its answer read; RapidOCR called once a page. Ours is everything from asking
to boxes and lines. Both take turns, forty pictures each.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import statistics
import time
from collections.abc import Awaitable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from models.kinds import Detect, Picture, Read
from models.manifest import entries
from models.manifest.availability import find, usual_threads
from models.registry import ENGINES
from models.runtime import Runtime, Settings
from models.runtime.worker_host import Plan
from models.tensor import Tensor
from models.worker import cpu_priority
from tests.bench.measure import Spent, percentile, ratios, result, spent

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
MODEL = DATA / "vision_models" / "yolox_nano.onnx"
SIDE = 416
ANSWER_S = 120.0
ROUND = 4
"""How often a round goes through all pictures: how a stream of them begins and ends is no part of its speed."""
AHEAD = 2
"""Pictures that are asked at a time: one is made ready while the other is looked at."""


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench vision")
    parser.add_argument("--rounds", type=int, default=15, help="of forty pictures each way")
    parser.add_argument("--pages", type=int, default=5, help="pages of text each way")
    args = parser.parse_args(argv)
    if not MODEL.exists():
        print("shared/data/vision_models is not beside the project: there is no detector to measure")
        return 0
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=raw, args=(theirs, usual_threads()), daemon=True)
    process.start()
    try:
        return asyncio.run(_bench(args, ours))
    finally:
        process.kill()
        process.join()


async def _bench(args: argparse.Namespace, pipe: Connection) -> int:
    threads = usual_threads()
    seeing = Plan("seeing", "detect", ENGINES["detect", "onnx"], 200, {}, None, (str(MODEL),), (), threads)
    reading = find(entries()["rapidocr"], Path("/nonexistent"), threads)
    assert isinstance(reading, Plan)
    runtime = Runtime([seeing, reading], [], Settings(4_000), lambda _: None)
    photos, page = photographs() * ROUND, written_page()
    try:
        seen = [await pair(look(runtime, photos), pipe, "look", photos) for _ in range(args.rounds + 2)][2:]
        read = [await pair(read_page(runtime, page), pipe, "read", [page]) for _ in range(args.pages + 1)][1:]
        alone_ms = [await one_ms(runtime, photos[n % len(photos)]) for n in range(50)]
    finally:
        await runtime.stop()
    said(f"{len(photos)} pictures of 640 by 480, YOLOX-nano, {threads} thread(s)", seen)
    said("a page of 40 lines, RapidOCR", read)
    (ratio, cpu_ratio), (ocr_ratio, ocr_cpu_ratio) = (
        ratios(*reversed(list(zip(*p, strict=True)))) for p in (seen, read)
    )
    result(
        ratio=ratio,
        cpu_ratio=cpu_ratio,
        frames_per_s=len(photos) / statistics.median(ours.wall_s for ours, _ in seen),
        alone_ms=statistics.median(alone_ms),
        ocr_ratio=ocr_ratio,
        ocr_cpu_ratio=ocr_cpu_ratio,
        ocr_page_s=statistics.median(ours.wall_s for ours, _ in read),
    )
    return 0


async def pair(ours: Awaitable[None], pipe: Connection, what: str, pictures: list[Any]) -> tuple[Spent, Spent]:
    """What the same took us, and the library alone."""
    _, took = await spent(ours)
    pipe.send((what, pictures))
    return took, await asyncio.to_thread(pipe.recv)


async def look(runtime: Runtime, photos: list[Any]) -> None:
    """Two at a time, as a camera's pictures come: while one is looked at, the next is on its way."""
    waiting = []
    for photo in photos:
        waiting.append(runtime.ask(Detect((Picture(Tensor.of(photo)),), 0.3), ANSWER_S))
        if len(waiting) == AHEAD:
            await waiting.pop(0)
    for answer in waiting:
        await answer


async def one_ms(runtime: Runtime, photo: Any) -> float:
    began = time.perf_counter()
    await runtime.ask(Detect((Picture(Tensor.of(photo)),), 0.3), ANSWER_S)
    return (time.perf_counter() - began) * 1000


async def read_page(runtime: Runtime, page: Any) -> None:
    reply = await runtime.ask(Read(Picture(Tensor.of(page))), ANSWER_S)
    assert len(reply.lines) >= 40


def raw(pipe: Connection, threads: int) -> None:
    """The process in which the libraries are alone."""
    import onnxruntime
    from rapidocr import RapidOCR

    cv2.setNumThreads(threads)
    cpu_priority.settle()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads, options.log_severity_level = threads, 1, 3
    detector = onnxruntime.InferenceSession(str(MODEL), options, providers=["CPUExecutionProvider"])
    reader = RapidOCR(params={"Global.log_level": "critical", "EngineConfig.onnxruntime.intra_op_num_threads": threads})
    while True:
        what, pictures = pipe.recv()
        began, cpu = time.perf_counter(), time.process_time()
        for picture in pictures:
            if what == "look":
                canvas = np.full((SIDE, SIDE, 3), 114, np.uint8)
                canvas[: SIDE * 3 // 4] = cv2.resize(picture, (SIDE, SIDE * 3 // 4))
                detector.run(None, {"images": canvas.transpose(2, 0, 1)[None].astype(np.float32)})
            else:
                assert len(reader(picture)) >= 40
        pipe.send(Spent(time.perf_counter() - began, time.process_time() - cpu))


def photographs() -> list[Any]:
    """Ten of a shop's shelves and fruit, as a camera would send them."""
    fruit = sorted((DATA / "grocery_photos" / "val").rglob("*.jpg"))[::40][:6]
    shelves = sorted((DATA / "shelf_photos").glob("*.png"))
    return [cv2.resize(cv2.imread(str(path)), (640, 480)) for path in (*fruit, *shelves)]


def written_page() -> Any:
    """Forty lines, as a supplier's invoice has them."""
    page = np.full((2_000, 1_400, 3), 255, np.uint8)
    for number in range(40):
        text = f"{number + 1:02} Product with a name {number * 37 % 91} pcs {number * 1.25 + 3:.2f}"
        cv2.putText(page, text, (60, 60 + number * 47), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (0, 0, 0), 2)
    return page


def said(name: str, pairs: list[tuple[Spent, Spent]]) -> None:
    each = [theirs.wall_s / ours.wall_s for ours, theirs in pairs]
    spread = f"{percentile(each, 0.25):.3f} to {percentile(each, 0.75):.3f}"
    ours, theirs = (statistics.median(one.wall_s for one in times) for times in zip(*pairs, strict=True))
    print(f"{name}: ours {ours * 1000:.0f} ms, raw {theirs * 1000:.0f} ms; ratio {spread} (middle half of the pairs)")

"""The appliance with a watch on its event loop and its writer: `python -m tests.loop_watch FILE --config ... run`.

Each callback of the loop and each request of the writer that takes more than LIMIT_MS of its thread's processor time is
written to FILE: a line of JSON with the time and the functions that were seen running. Processor time, because a busy
machine lets every thread wait. Python's garbage collections are told apart, as kind "gc": they may happen in any call.
"""

from __future__ import annotations

import asyncio.events
import gc
import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import msgspec

ROOT = Path(__file__).resolve().parent.parent
LIMIT_MS = 5.0
SAMPLE_S = 0.001
INNERMOST = 4
"""Functions of the product that name a sample."""


class Slow(NamedTuple):
    """One of them: `kind` is "loop", "writer" or "gc", `function` the innermost functions seen most often."""

    kind: str
    ms: float
    what: str
    function: str


class Watch:
    """Measures calls, on any thread."""

    def __init__(self, file: Path) -> None:
        self._file = file.open("a", buffering=1)
        self._running: dict[int, float] = {}
        self._seen: dict[int, Counter[str]] = {}
        self._collected: dict[int, float] = {}
        gc.callbacks.append(self._note_collection)
        threading.Thread(target=self._sample, daemon=True, name="watch").start()

    def call(self, kind: str, what: Callable[[], str], work: Callable[[], Any]) -> Any:
        """Call `work`, and write down what it was if it took too long."""
        thread, began_s = threading.get_ident(), time.thread_time()
        self._running[thread] = time.perf_counter()
        self._collected[thread] = 0.0
        try:
            return work()
        finally:
            took_ms = (time.thread_time() - began_s - self._collected[thread]) * 1000
            del self._running[thread]
            seen = self._seen.pop(thread, Counter())
            if took_ms > LIMIT_MS:
                function = next(iter(seen.most_common(1)), ("", 0))[0]
                self._file.write(json.dumps(Slow(kind, round(took_ms, 1), what(), function)) + "\n")

    def _note_collection(self, phase: str, info: dict[str, int]) -> None:
        thread = threading.get_ident()
        if phase == "start":
            self._began_s = time.thread_time()
            return
        took_s = time.thread_time() - self._began_s
        self._collected[thread] = self._collected.get(thread, 0.0) + took_s
        if took_s * 1000 > LIMIT_MS and thread in self._running:
            self._file.write(
                json.dumps(Slow("gc", round(took_s * 1000, 1), f"generation {info['generation']}", "")) + "\n"
            )

    def _sample(self) -> None:
        never = threading.Event()
        while True:
            never.wait(SAMPLE_S)
            for thread, since_s in list(self._running.items()):
                if time.perf_counter() - since_s > LIMIT_MS / 2000 and (frame := sys._current_frames().get(thread)):
                    self._seen.setdefault(thread, Counter())[_named(frame)] += 1


def _named(frame: FrameType | None) -> str:
    """The innermost functions of the product, as file:function."""
    found: list[str] = []
    while frame is not None and len(found) < INNERMOST:
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(ROOT / "edge"):
            found.append(f"{path.relative_to(ROOT)}:{frame.f_code.co_name}")
        frame = frame.f_back
    return " < ".join(found)


def read(file: Path) -> list[Slow]:
    """All that a watch has written."""
    return [Slow(*msgspec.json.decode(line)) for line in file.read_text().splitlines()]


def _of_callback(callback: Any) -> str:
    coroutine = getattr(getattr(callback, "__self__", None), "get_coro", lambda: None)()
    return str(getattr(coroutine, "__qualname__", None) or getattr(callback, "__qualname__", repr(callback)))


def watch(file: Path) -> None:
    """From now on the loop and the writer of this process are watched."""
    from edge.core.writer import Request, Writer

    seen = Watch(file)
    run, attempt = asyncio.events.Handle._run, Writer._attempt

    def run_watched(handle: Any) -> None:
        seen.call("loop", lambda: _of_callback(handle._callback), lambda: run(handle))

    def attempt_watched(writer: Writer, request: Any, behind_others: bool) -> Any:
        what = lambda: type(request.command).__name__ if isinstance(request, Request) else repr(request.change)  # noqa: E731
        return seen.call("writer", what, lambda: attempt(writer, request, behind_others))

    asyncio.events.Handle._run = run_watched  # type: ignore[method-assign]
    Writer._attempt = attempt_watched  # type: ignore[method-assign]


if __name__ == "__main__":
    watch(Path(sys.argv.pop(1)))
    from edge.__main__ import main

    sys.exit(main())

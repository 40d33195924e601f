"""A worker's implementation of an engine's turn: see `engine.Turn`."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator

from models.errors import Code, Stopped
from models.limits import FEED_BYTES, PAUSE_S


class Way:
    """Whether a worker yields to the till; shared by all its turns."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._clear = threading.Event()
        self._clear.set()

    @property
    def threads(self) -> int:
        """Half of the threads, at least one, while yielding."""
        return self._threads if self._clear.is_set() else max(1, self._threads // 2)

    def give(self, on: bool) -> None:
        if on:
            self._clear.clear()
        else:
            self._clear.set()

    def rest(self, worked_s: float) -> None:
        """Pause for as long as the engine worked, within a limit, but only while the till is active."""
        if not self._clear.is_set():
            self._clear.wait(min(worked_s, PAUSE_S))


class WorkerTurn:
    """A worker's turn at a request.

    `send` sends a partial result; `until_ns` is the deadline on the monotonic clock.
    """

    def __init__(self, until_ns: int, way: Way, send: Callable[[object], None]) -> None:
        self._until_ns = until_ns
        self._way = way
        self._send = send
        self._sound: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._unheard = 0
        self._lock = threading.Lock()
        self._why: tuple[Code, str] | None = None
        self._began_s = self._stepped_s = time.monotonic()
        self._idle_s = 0.0

    @property
    def threads(self) -> int:
        return self._way.threads

    @property
    def is_stopped(self) -> bool:
        return self._why is not None or time.monotonic_ns() > self._until_ns

    @property
    def why(self) -> tuple[Code, str]:
        """The code and reason for stopping, once stopped."""
        return self._why or ("late", "Its deadline passed.")

    @property
    def worked_ms(self) -> float:
        """Working time since the start, without pauses and waiting for sound."""
        return (time.monotonic() - self._began_s - self._idle_s) * 1000

    def begin(self) -> None:
        """Start the request. Raises `Stopped` if no caller is still waiting."""
        self._began_s = self._stepped_s = time.monotonic()
        if self.is_stopped:
            raise Stopped

    def step(self) -> None:
        with _Idle(self):
            self._way.rest(time.monotonic() - self._stepped_s)
        if self.is_stopped:
            raise Stopped
        self._stepped_s = time.monotonic()

    def emit(self, partial: object) -> None:
        if self.is_stopped:
            raise Stopped
        self._send(partial)
        self.step()

    def chunks(self) -> Iterator[bytes]:
        while True:
            self.step()
            with _Idle(self):
                data = self._next()
            if data is None:
                return
            yield data

    def _next(self) -> bytes | None:
        remaining_s = max(0.0, (self._until_ns - time.monotonic_ns()) / 1e9)
        try:
            data = self._sound.get(timeout=remaining_s)
        except queue.Empty:
            raise Stopped from None
        if self._why:
            raise Stopped
        with self._lock:
            self._unheard -= len(data or b"")
        return data

    # -- for the thread that runs the worker's connection

    def feed(self, data: bytes, last: bool) -> None:
        """Add fed sound; cancels the request if the engine is too far behind."""
        with self._lock:
            self._unheard += len(data)
        if self._unheard > FEED_BYTES:
            self.cancel("behind", "The model can't keep up with speech.")
        elif data:
            self._sound.put(data)
        if last:
            self._sound.put(None)

    def cancel(self, code: Code, what: str) -> None:
        """Cancel; the engine notices at its next step."""
        self._why = self._why or (code, what)
        self._sound.put(None)

    def note_idle(self, seconds: float) -> None:
        self._idle_s += seconds


class _Idle:
    """A context whose time doesn't count as work."""

    def __init__(self, turn: WorkerTurn) -> None:
        self._turn = turn

    def __enter__(self) -> None:
        self._since_s = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self._turn.note_idle(time.monotonic() - self._since_s)

"""Client of `reader_process.py`: reads a file's rows in a separate process."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import msgspec

from edge.goods.ingest.ipc import SAMPLE_S, Began, FailedFrame, Frame, ReadRequest, cpu_limit_s, read_frames
from edge.lib.errors import ConfigError, NeedsHuman
from edge.lib.tables import refusal
from sandbox.environment import bare_environment


class FileReader:
    """Reads one file by a `ReadRequest`. Always close it."""

    def __init__(self, ask: ReadRequest) -> None:
        self._ask = ask
        self._process = subprocess.Popen(
            [sys.executable, "-m", "edge.goods.ingest.reader_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=bare_environment(),
        )
        # A person waits for a sample; a job runs only when the till leaves it time.
        self._limit = threading.Timer(SAMPLE_S, self._give_up) if ask.sample else None
        self._slow = False
        if self._limit:
            self._limit.daemon = True
            self._limit.start()

    def frames(self) -> Iterator[Frame]:
        """Yield messages, `Began` first. Raises `NeedsHuman` for a faulty file, `ConfigError` for a faulty mapping."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        try:
            stdin.write(msgspec.json.encode(self._ask))
            stdin.close()
        except BrokenPipeError:
            pass  # the process has already ended; the reason is read below
        for frame in read_frames(stdout):
            if isinstance(frame, FailedFrame):
                kind = ConfigError if frame.key.startswith("ingest.") else NeedsHuman
                raise kind(frame.what, frame.advice, frame.key, frame.values)
            yield frame
        if (status := self._process.wait()) and (self._slow or status == -signal.SIGXCPU):
            raise refusal("slow", file=self._ask.path.rpartition("/")[2], limit=cpu_limit_s(self._ask))
        if status:
            raise refusal("reader_died", file=self._ask.path.rpartition("/")[2])

    def began(self, frames: Iterator[Frame]) -> Began:
        """The first message."""
        first = next(frames)
        if not isinstance(first, Began):
            raise refusal("reader_died", file=self._ask.path.rpartition("/")[2])
        return first

    def stop(self) -> None:
        """Abort from any thread, which ends the messages."""
        self._process.kill()

    def _give_up(self) -> None:
        self._slow = True
        self._process.kill()

    def close(self) -> None:
        if self._limit:
            self._limit.cancel()
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe and not pipe.closed:
                pipe.close()

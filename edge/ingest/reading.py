"""The other end of `child.py`: a file's rows, read by a process of their own."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import msgspec

from edge.core.errors import ConfigError, NeedsHuman
from edge.ingest.frames import SAMPLE_S, Ask, Began, Failed, Frame, cpu_limit_s, read_frames
from edge.sheets import refusal


class FileReader:
    """Reads one file as an `Ask` says. Close it, whatever happens."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._process = subprocess.Popen(
            [sys.executable, "-m", "edge.ingest.child"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        # Somebody waits for the first rows; a job takes the time that the till leaves it.
        self._limit = threading.Timer(SAMPLE_S, self._give_up) if ask.sample else None
        self._slow = False
        if self._limit:
            self._limit.daemon = True
            self._limit.start()

    def frames(self) -> Iterator[Frame]:
        """What it says, `Began` first. `NeedsHuman`: the file cannot be taken; `ConfigError`: nor can its mapping."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        try:
            stdin.write(msgspec.json.encode(self._ask))
            stdin.close()
        except BrokenPipeError:
            pass  # it is gone already: what it said of that is to be read
        for frame in read_frames(stdout):
            if isinstance(frame, Failed):
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
        """Give up, from any thread: the frames end."""
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

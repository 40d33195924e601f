"""The other end of `child.py`: a file's rows, read by a process of their own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import msgspec

from edge.core.errors import ConfigError, NeedsHuman
from edge.ingest.frames import Ask, Began, Failed, Frame, read_frames
from edge.sheets import refusal


class FileReader:
    """Reads one file as an `Ask` says. Close it, whatever happens."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._process = subprocess.Popen(
            [sys.executable, "-m", "edge.ingest.child"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

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
        if self._process.wait():
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

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe and not pipe.closed:
                pipe.close()

"""A microphone that plays a file in real time: for testing a shop's sentences, and for demonstrations."""

from __future__ import annotations

import asyncio
import errno
import wave
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

import msgspec

from drivers.os_errors import device_error
from drivers.roles import DeviceError

FILE_S = 600
LOOK_FRAMES = 5
"""Interval at which the file is checked for changes, in frames of 1/25 second."""


class WavMicrophone:
    """A Microphone that plays a file, followed by silence or by the file again."""

    class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
        """Options of the wav microphone."""

        path: Annotated[str, msgspec.Meta(description="WAV file, 16-bit mono, at most 10 minutes")]
        again: Annotated[bool, msgspec.Meta(description="repeat from the start at the end")] = False
        watched: Annotated[bool, msgspec.Meta(description="play it again whenever the file is rewritten")] = False
        rate_hz: Annotated[int, msgspec.Meta(ge=8_000, le=48_000, description="samples per second in the file")] = (
            16_000
        )

    def __init__(self, config: Config) -> None:
        self._config = config
        self._samples = b""
        self._read_as = (0, 0)
        self._open = False

    @property
    def rate_hz(self) -> int:
        return self._config.rate_hz

    async def open(self) -> None:
        """See Microphone."""
        try:
            self._samples = await asyncio.to_thread(self._read)
        except OSError as error:
            raise device_error(error, f"sound file {self._config.path}") from error
        self._open = True

    async def frames(self) -> AsyncIterator[bytes]:
        """See Microphone."""
        size = 2 * (self.rate_hz // 25)
        at, loop = 0, asyncio.get_running_loop()
        due_s, frames = loop.time(), 0
        while self._open:
            frames += 1
            if self._config.watched and frames % LOOK_FRAMES == 0 and await asyncio.to_thread(self._written_anew):
                at = 0
            frame = self._samples[at : at + size]
            at = (at + size) % len(self._samples) if self._config.again else at + size
            yield frame.ljust(size, b"\0")
            due_s += 1 / 25
            await asyncio.sleep(max(0.0, due_s - loop.time()))

    async def close(self) -> None:
        """See Microphone."""
        self._open = False

    def _written_anew(self) -> bool:
        """Whether the file was replaced, so that the new one is played."""
        try:
            if self._stamp() == self._read_as:
                return False
            self._samples = self._read()
        except (OSError, DeviceError):
            return False  # half-written, or missing for a moment
        return True

    def _stamp(self) -> tuple[int, int]:
        found = Path(self._config.path).stat()
        return found.st_ino, found.st_mtime_ns

    def _read(self) -> bytes:
        if not Path(self._config.path).is_file():
            raise OSError(errno.ENOENT, "no such file")
        self._read_as = self._stamp()
        try:
            with wave.open(self._config.path) as file:
                plain = (file.getsampwidth(), file.getnchannels(), file.getframerate()) == (2, 1, self.rate_hz)
                if plain and 0 < file.getnframes() <= FILE_S * self.rate_hz:
                    samples: bytes = file.readframes(file.getnframes())
                    return samples
        except (wave.Error, EOFError):
            pass
        what = f"The file {self._config.path} isn't 16-bit mono audio at {self.rate_hz} Hz."
        raise DeviceError(what, "Make one: ffmpeg -i IN -ac 1 -ar 16000 -sample_fmt s16 OUT.wav", "failed")

"""A loudspeaker that writes to a file: for testing a shop's sentences, and for demonstrations."""

from __future__ import annotations

import asyncio
import wave
from typing import Annotated

import msgspec

from drivers.os_errors import device_error

FILE_BYTES = 64 * 1024 * 1024
"""Maximum size of the file; further sound isn't written."""


class WavSpeaker:
    """A Speaker. The file has the rate of the first sound; sound with another rate isn't written."""

    class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
        """Options of the wav speaker."""

        path: Annotated[str, msgspec.Meta(description="file to write; overwritten at each start")]

    def __init__(self, config: Config) -> None:
        self._path = config.path
        self._file: wave.Wave_write | None = None
        self._rate_hz = self._written = 0

    async def open(self) -> None:
        """See Speaker."""
        try:
            self._file = await asyncio.to_thread(wave.open, self._path, "wb")
        except OSError as error:
            raise device_error(error, f"sound file {self._path}") from error
        self._rate_hz = self._written = 0

    async def play(self, samples: bytes, rate_hz: int) -> None:
        """See Speaker."""
        self._written += len(samples)
        if self._file is None or self._written > FILE_BYTES or rate_hz != (self._rate_hz or rate_hz):
            return
        if not self._rate_hz:
            self._rate_hz = rate_hz
            self._file.setnchannels(1)
            self._file.setsampwidth(2)
            self._file.setframerate(rate_hz)
        try:
            await asyncio.to_thread(self._file.writeframes, samples)
        except OSError as error:
            raise device_error(error, f"sound file {self._path}") from error

    async def hush(self) -> None:
        """Do nothing, as written sound stays."""

    async def close(self) -> None:
        """See Speaker."""
        file, self._file = self._file, None
        if file is not None and self._rate_hz:
            await asyncio.to_thread(file.close)

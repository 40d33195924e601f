"""A loudspeaker of the machine: through ALSA, or PipeWire's ALSA plugin."""

from __future__ import annotations

import asyncio
import threading
from typing import Annotated, Any

import msgspec

from drivers.portaudio import open_stream
from drivers.roles import DeviceError

QUEUED_S = 120
"""Maximum seconds of queued sound; queueing more is the caller's error."""


class AlsaSpeaker:
    """A Speaker. It is reopened for sound with another sample rate."""

    class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
        """Options of the alsa speaker."""

        device: Annotated[
            str, msgspec.Meta(max_length=200, description="ALSA device name; empty: the default device")
        ] = ""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._stream: Any = None
        self._rate_hz = 0
        self._queued = bytearray()
        self._lock = threading.Lock()

    async def open(self) -> None:
        """See Speaker."""
        await self._at(22_050)

    async def play(self, samples: bytes, rate_hz: int) -> None:
        """See Speaker."""
        if rate_hz != self._rate_hz:
            await self._at(rate_hz)
        with self._lock:
            if len(self._queued) + len(samples) > QUEUED_S * 2 * rate_hz:
                raise DeviceError("The loudspeaker can't keep up.", "Restart the appliance.", "failed")
            self._queued += samples

    async def hush(self) -> None:
        """See Speaker."""
        with self._lock:
            self._queued.clear()

    async def close(self) -> None:
        """See Speaker."""
        stream, self._stream, self._rate_hz = self._stream, None, 0
        if stream is not None:
            await asyncio.to_thread(stream.abort)
            await asyncio.to_thread(stream.close)

    async def _at(self, rate_hz: int) -> None:
        await self.close()
        self._stream = await asyncio.to_thread(open_stream, "RawOutputStream", self._config.device, rate_hz, self._give)
        self._rate_hz = rate_hz

    def _give(self, out: Any, *_: object) -> None:
        """Fill PortAudio's buffer; called in its thread."""
        size = len(out)
        with self._lock:
            piece = bytes(self._queued[:size])
            del self._queued[:size]
        out[:] = piece.ljust(size, b"\0")

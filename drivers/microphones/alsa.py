"""A microphone of the machine: through ALSA, or PipeWire's ALSA plugin."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

import msgspec

from drivers.portaudio import open_stream
from drivers.roles import DeviceError

WAITING = 50
"""Maximum unread frames: two seconds. Above it, the oldest are dropped, as they are too late to act on."""


class AlsaMicrophone:
    """A Microphone."""

    class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
        """Options of the alsa microphone."""

        device: Annotated[
            str, msgspec.Meta(max_length=200, description="ALSA device name; empty: the default device")
        ] = ""
        rate_hz: Annotated[int, msgspec.Meta(ge=8_000, le=48_000, description="samples per second")] = 16_000

    def __init__(self, config: Config) -> None:
        self._config = config
        self._stream: Any = None
        self._frames: asyncio.Queue[bytes | None] = asyncio.Queue(WAITING)

    @property
    def rate_hz(self) -> int:
        return self._config.rate_hz

    async def open(self) -> None:
        """See Microphone."""
        loop = asyncio.get_running_loop()
        self._frames = asyncio.Queue(WAITING)

        def put_chunk(data: Any, *_: object) -> None:
            loop.call_soon_threadsafe(self._put, bytes(data))

        config = self._config
        self._stream = await asyncio.to_thread(open_stream, "RawInputStream", config.device, config.rate_hz, put_chunk)

    async def frames(self) -> AsyncIterator[bytes]:
        """See Microphone."""
        while self._stream is not None:
            try:
                async with asyncio.timeout(5):
                    frame = await self._frames.get()
            except TimeoutError as error:
                raise DeviceError("The microphone no longer sends sound.", "Check its cable.", "gone") from error
            if frame is None:
                return
            yield frame

    async def close(self) -> None:
        """See Microphone."""
        stream, self._stream = self._stream, None
        if stream is not None:
            await asyncio.to_thread(stream.abort)
            await asyncio.to_thread(stream.close)
            self._put(None)

    def _put(self, frame: bytes | None) -> None:
        if self._frames.full():
            self._frames.get_nowait()
        self._frames.put_nowait(frame)

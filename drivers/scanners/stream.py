"""A scanner whose codes arrive as bytes through a file descriptor: serial line, keyboard, or connection."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import AsyncIterator
from typing import Protocol

from drivers.os_errors import device_error
from drivers.roles import Scan
from drivers.scanners.decoded import DecodedScan
from drivers.scanners.queue import ScanQueue

READ_BYTES = 4096
"""Bytes read at a time; not aligned to record sizes, so decoders keep partial records."""


class Decoder(Protocol):
    """Decodes bytes to codes, without I/O.

    The result doesn't depend on how the bytes are split, and memory is bounded.
    """

    @property
    def dropped(self) -> int:
        """Number of discarded scans: too long, cut short, or damaged."""

    @property
    def pending(self) -> bool:
        """Whether a scan has begun but not ended."""

    def feed(self, data: bytes) -> list[DecodedScan]:
        """The codes completed by `data`, in order. Never raises, for any bytes."""

    def pause(self) -> list[DecodedScan]:
        """End or discard the current scan, as no data arrived for the idle gap."""

    def reset(self) -> None:
        """Discard the current scan, as the line was reopened."""


class StreamScanner:
    """A Scanner on a file descriptor. Drivers define how to get one (`_connect`) and release it (`_release`)."""

    def __init__(self, thing: str, decoder: Decoder, idle_gap_ms: int) -> None:
        self._thing = thing
        self._decoder = decoder
        self._idle_gap_s = idle_gap_ms / 1000
        self._queue = ScanQueue(self._listen)
        self._fd: int | None = None
        self._listening = False
        self._gap: asyncio.TimerHandle | None = None

    @property
    def dropped(self) -> int:
        """Number of scans that were too long, damaged or cut short since this object was made."""
        return self._decoder.dropped

    async def open(self) -> None:
        """Open the device. Raises DeviceError. Earlier scans are forgotten."""
        if self._fd is not None:
            return
        self._fd = await self._connect()
        self._decoder.reset()
        self._queue.open()
        self._listen(True)

    def scans(self) -> AsyncIterator[Scan]:
        """All scans since `open`, in order. See Scanner."""
        return self._queue.scans()

    async def close(self) -> None:
        """Release the device."""
        if self._fd is not None:
            self._listen(False)
            self._fd = None
            self._queue.end()
            await self._release()

    async def _connect(self) -> int:
        """A non-blocking file descriptor to read from. Raises DeviceError."""
        raise NotImplementedError

    async def _release(self) -> None:
        """Release the descriptor that `_connect` returned."""
        raise NotImplementedError

    @property
    def _pending(self) -> bool:
        """Whether silence would end a scan."""
        return self._decoder.pending

    def _decode(self, data: bytes) -> list[DecodedScan]:
        """Decode data. Drivers whose protocol has acknowledgements send them here."""
        return self._decoder.feed(data)

    def _silence(self) -> list[DecodedScan]:
        """Decode after no data arrived for the idle gap."""
        return self._decoder.pause()

    def _listen(self, on: bool) -> None:
        if on == self._listening or self._fd is None:
            return
        self._listening = on
        loop = asyncio.get_running_loop()
        if on:
            loop.add_reader(self._fd, self._on_readable, self._fd)
        else:
            loop.remove_reader(self._fd)
            self._stop_gap()

    def _on_readable(self, fd: int) -> None:
        try:
            data = os.read(fd, READ_BYTES)
        except BlockingIOError:
            return
        except OSError as err:
            self._lose(err)
            return
        if not data:
            self._lose(OSError(errno.ENODEV, "hung up"))
            return
        self._put(self._decode(data))
        self._stop_gap()
        if self._pending and self._listening:
            self._gap = asyncio.get_running_loop().call_later(self._idle_gap_s, self._on_gap)

    def _on_gap(self) -> None:
        self._put(self._silence())

    def _stop_gap(self) -> None:
        if self._gap is not None:
            self._gap.cancel()
            self._gap = None

    def _put(self, codes: list[DecodedScan]) -> None:
        if codes:
            self._queue.put(codes)

    def _lose(self, err: OSError) -> None:
        self._listen(False)
        self._queue.lose(device_error(err, self._thing))

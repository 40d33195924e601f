"""A queue of scans between a device and its reader, shared by all scanner drivers."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable

from drivers.roles import DeviceError, Scan
from drivers.scanners.decoded import DecodedScan

MAX_WAITING = 1000
"""Maximum scans waiting for the reader. While it's reached, the device isn't read."""


class ScanQueue:
    """Scans in order of arrival, for one reader.

    `listen(False)` is called when the queue is full, `listen(True)` when it has room again. `open` starts afresh. After
    `end` or `lose`, the reader still gets the earlier scans.
    """

    def __init__(self, listen: Callable[[bool], None]) -> None:
        self._listen = listen
        self._waiting: deque[Scan] = deque()
        self._change = asyncio.Event()
        self._lost: DeviceError | None = None
        self._open = False
        self._full = False

    def open(self) -> None:
        """Forget earlier scans and accept new ones."""
        self._waiting.clear()
        self._change.clear()
        self._lost = None
        self._open = True
        self._full = False

    def put(self, codes: Iterable[DecodedScan]) -> None:
        """Add codes whose last byte has just arrived."""
        now_us = time.monotonic_ns() // 1000
        self._waiting.extend(Scan(code.data, code.symbology, now_us, code.id) for code in codes)
        self._change.set()
        if len(self._waiting) >= MAX_WAITING and not self._full:
            self._full = True
            self._listen(False)

    def lose(self, error: DeviceError) -> None:
        """Record that the device is gone; the reader gets `error` after the scans before it."""
        self._lost = error
        self._change.set()

    def end(self) -> None:
        """End the scans; idempotent."""
        self._open = False
        self._change.set()

    async def scans(self) -> AsyncIterator[Scan]:
        """See Scanner.scans."""
        while True:
            while self._waiting:
                scan = self._waiting.popleft()
                if self._full and len(self._waiting) < MAX_WAITING // 2 and not self._lost:
                    self._full = False
                    self._listen(True)
                yield scan
            if self._lost is not None:
                raise self._lost
            if not self._open:
                return
            self._change.clear()
            await self._change.wait()

"""A non-blocking write buffer, through which every simulated device sends."""

from __future__ import annotations

import asyncio
import os


class Outbox:
    """Writes to a non-blocking descriptor. Bytes that don't fit are sent as soon as there is room."""

    def __init__(self, fd: int, limit_bytes: int) -> None:
        self._fd = fd
        self._limit_bytes = limit_bytes
        self._pending = bytearray()
        self._waiting = False
        os.set_blocking(fd, False)

    def send(self, data: bytes) -> None:
        """Send data. Raises BlockingIOError, having sent nothing, if more than the limit would wait."""
        if len(self._pending) + len(data) > self._limit_bytes:
            raise BlockingIOError(f"{len(self._pending)} bytes are waiting to be read")
        self._pending += data
        self._push()

    def close(self) -> None:
        """Drop waiting data; the descriptor belongs to its owner."""
        self._pending.clear()
        self._stop_waiting()

    def _push(self) -> None:
        try:
            while self._pending:
                del self._pending[: os.write(self._fd, self._pending)]
        except BlockingIOError:
            if not self._waiting:
                asyncio.get_running_loop().add_writer(self._fd, self._push)
                self._waiting = True
        else:
            self._stop_waiting()

    def _stop_waiting(self) -> None:
        if self._waiting:
            asyncio.get_running_loop().remove_writer(self._fd)
            self._waiting = False

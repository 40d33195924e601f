"""Exclusive use of a printer behind a file descriptor: a socket, a serial port, a device file."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os

from drivers.fd_output import WriteStopped, wait_until_drained, write_all
from drivers.os_errors import device_error, send_failed
from drivers.roles import DeviceError, ReceiptPrinter, SendFailed

HEARD_BYTES = 4096
"""Maximum unread output of the printer; the oldest is dropped."""


class FdReader:
    """Buffers the input of a non-blocking descriptor.

    `gone` completes when the peer disconnects: with its error, or with None after a clean close. A device that can't be
    read (EINVAL) only stays silent.
    """

    def __init__(self, fd: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._fd = fd
        self._heard = bytearray()
        self._more = asyncio.Event()
        self.gone: asyncio.Future[OSError | None] = self._loop.create_future()
        with contextlib.suppress(PermissionError):  # epoll_ctl(2): a device that can't be polled sends nothing
            self._loop.add_reader(fd, self._listen)

    async def read(self, timeout_ms: int) -> bytes:
        """Return the input since the last call, or else the next input; empty if none arrives in time."""
        if not self._heard:
            self._more.clear()
            if not self.gone.done():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(timeout_ms / 1000):
                        await self._more.wait()
        heard = bytes(self._heard)
        self._heard.clear()
        return heard

    def close(self) -> None:
        self._loop.remove_reader(self._fd)

    def _listen(self) -> None:
        try:
            data = os.read(self._fd, HEARD_BYTES)
        except BlockingIOError:
            return
        except OSError as err:
            self.close()
            if err.errno != errno.EINVAL:
                self._end(err)
            return
        if not data:
            self.close()
            self._end(None)
        self._heard += data
        del self._heard[:-HEARD_BYTES]
        self._more.set()

    def _end(self, why: OSError | None) -> None:
        if not self.gone.done():
            self.gone.set_result(why)
        self._more.set()


class FdLine:
    """A printer connection on a descriptor.

    `thing`: its name in messages; `drains`: the kernel reports unsent bytes.
    """

    reads = True
    shared = False

    def __init__(self, fd: int, thing: str, stall_timeout_ms: int, drains: bool = True) -> None:
        self._fd = fd
        self._thing = thing
        self._stall_timeout_ms = stall_timeout_ms
        self._drains = drains
        self._written = 0
        self._reader = FdReader(fd)

    async def write(self, data: bytes) -> None:
        try:
            await write_all(self._fd, data, self._stall_timeout_ms)
            if self._drains:
                await self._await_drain(len(data))
        except WriteStopped as stop:
            raise self._send_failure(stop.cause, stop.sent_bytes) from stop
        self._written += len(data)

    async def read(self, timeout_ms: int) -> bytes:
        heard = await self._reader.read(timeout_ms)
        if not heard and self._reader.gone.done():
            err = self._reader.gone.result() or ConnectionResetError(errno.ECONNRESET, "the peer closed early")
            raise device_error(err, self._thing) from err
        return heard

    async def finish(self) -> None:
        """Do nothing, as the last byte is already on the line."""

    def close(self) -> None:
        """Stop reading; the descriptor belongs to its owner."""
        self._reader.close()

    def _send_failure(self, err: OSError, sent_bytes: int) -> SendFailed:
        return send_failed(err, self._thing, sent_bytes)

    async def _await_drain(self, count: int) -> None:
        try:
            await wait_until_drained(self._fd, self._stall_timeout_ms, self._reader.gone)
        except OSError as err:
            raise WriteStopped(count, err) from err


class SendMixin:
    """Implements `send` of a ReceiptPrinter with one turn per job."""

    async def send(self: ReceiptPrinter, data: bytes) -> None:
        """Send one job in its own turn. Raises SendFailed."""
        try:
            async with self.turn() as line:
                await line.write(data)
                await line.finish()
        except SendFailed:
            raise
        except DeviceError as error:
            raise SendFailed(error.what, error.advice, 0, error.code) from error

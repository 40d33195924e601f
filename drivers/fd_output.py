"""Write bytes to a non-blocking file descriptor, counting the bytes sent."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import os
import struct
import termios

CHUNK_BYTES = 64 * 1024
POLL_S = 0.005


class WriteStopped(Exception):
    """Writing stopped before all bytes were sent. `sent_bytes`: the number sent; `cause`: the error."""

    def __init__(self, sent_bytes: int, cause: OSError) -> None:
        super().__init__(sent_bytes, cause)
        self.sent_bytes = sent_bytes
        self.cause = cause


async def write_all(fd: int, data: bytes, stall_timeout_ms: int) -> None:
    """Pass `data` to the kernel. Raises WriteStopped, also after `stall_timeout_ms` without progress."""
    view = memoryview(data)
    sent = 0
    try:
        while sent < len(view):
            try:
                taken = os.write(fd, view[sent : sent + CHUNK_BYTES])
                if not taken:
                    raise OSError(errno.EIO, "the device accepts no data")
                sent += taken
            except BlockingIOError:
                async with asyncio.timeout(stall_timeout_ms / 1000):
                    await writable(fd)
    except OSError as err:
        raise WriteStopped(sent, err) from err


async def wait_until_drained(
    fd: int, stall_timeout_ms: int, gone: asyncio.Future[OSError | None] | None = None
) -> None:
    """Wait until the kernel has no unsent bytes of ours.

    On a serial line they are then on the wire (TIOCOUTQ, ioctl_tty(2)); on TCP the peer has acknowledged them
    (SIOCOUTQ, tcp(7)). Both have the same number. The kernel sends no notification, so this polls. `gone` completes,
    with the reason if any, when the peer disconnects. Raises OSError, or TimeoutError without progress for
    `stall_timeout_ms`.
    """
    loop = asyncio.get_running_loop()
    least = queued = _queued_bytes(fd)
    deadline = loop.time() + stall_timeout_ms / 1000
    while queued:
        if gone is not None and gone.done():
            raise gone.result() or BrokenPipeError(errno.EPIPE, "the peer closed early")
        if queued < least:
            least = queued
            deadline = loop.time() + stall_timeout_ms / 1000
        elif loop.time() > deadline:
            raise TimeoutError(errno.ETIMEDOUT, "the peer accepts no data")
        await asyncio.sleep(POLL_S)
        queued = _queued_bytes(fd)


def discard_output(fd: int) -> None:
    """Discard bytes that the kernel hasn't sent yet."""
    with contextlib.suppress(termios.error):  # unplugged: there is nothing to discard
        termios.tcflush(fd, termios.TCOFLUSH)


def discard_input(fd: int) -> None:
    """Discard unread input."""
    with contextlib.suppress(termios.error):  # unplugged: reading reports it
        termios.tcflush(fd, termios.TCIFLUSH)


def _queued_bytes(fd: int) -> int:
    (count,) = struct.unpack("i", fcntl.ioctl(fd, termios.TIOCOUTQ, bytes(4)))
    return int(count)


async def writable(fd: int) -> None:
    """Wait until the descriptor is writable or has an error; for a socket, also until it's connected."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    loop.add_writer(fd, _set, ready)
    try:
        await ready
    finally:
        loop.remove_writer(fd)


def _set(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)

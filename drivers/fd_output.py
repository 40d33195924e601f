"""Getting bytes out through a non-blocking file descriptor, and knowing how many went."""

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
    """Not all bytes went out: `sent_bytes` did, then `cause` stood in the way."""

    def __init__(self, sent_bytes: int, cause: OSError) -> None:
        super().__init__(sent_bytes, cause)
        self.sent_bytes = sent_bytes
        self.cause = cause


async def write_all(fd: int, data: bytes, stall_timeout_ms: int) -> None:
    """Hand `data` to the kernel. Raises Stopped, also when nothing moves for `stall_timeout_ms`."""
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
    """Wait until the kernel holds no byte of ours any more.

    For a serial line that is when they are on the wire (TIOCOUTQ, ioctl_tty(2)), for TCP
    when the peer has acknowledged them (SIOCOUTQ, tcp(7)); the two are one number. The
    kernel tells nobody when it is through, hence the polling. `gone` is done, with the
    reason if there is one, when the peer has left. Raises OSError, of which TimeoutError
    when nothing moves for `stall_timeout_ms`.
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
    """Throw away what the kernel has not sent yet."""
    with contextlib.suppress(termios.error):  # pulled out: there is nothing left to throw away
        termios.tcflush(fd, termios.TCOFLUSH)


def discard_input(fd: int) -> None:
    """Throw away what came in and was not read."""
    with contextlib.suppress(termios.error):  # pulled out: reading says so
        termios.tcflush(fd, termios.TCIFLUSH)


def _queued_bytes(fd: int) -> int:
    (count,) = struct.unpack("i", fcntl.ioctl(fd, termios.TIOCOUTQ, bytes(4)))
    return int(count)


async def writable(fd: int) -> None:
    """Until the kernel takes bytes, or has an error to say; of a socket, also that it is connected."""
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

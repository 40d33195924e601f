"""A network receipt printer: raw bytes to TCP port 9100, which nearly all of them accept."""

from __future__ import annotations

import asyncio
import errno
import socket
import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from drivers.os_errors import device_error
from drivers.printers.connection import FdLine, SendMixin

RESET_AT_CLOSE = struct.pack("ii", 1, 0)  # socket(7), SO_LINGER: on, for 0 s


class SocketLine(FdLine):
    """A printer connection on a socket."""

    shared = True

    def __init__(self, sock: socket.socket, thing: str, stall_timeout_ms: int, close_wait_ms: int) -> None:
        super().__init__(sock.fileno(), thing, stall_timeout_ms)
        self._sock = sock
        self._close_wait_ms = close_wait_ms

    async def finish(self) -> None:
        """Close our side first, then check whether the printer closes its side or resets."""
        try:
            self._sock.shutdown(socket.SHUT_WR)
        except OSError as err:
            raise self._send_failure(err, self._written) from err
        await asyncio.wait({self._reader.gone}, timeout=self._close_wait_ms / 1000)
        if self._reader.gone.done() and (reason := self._reader.gone.result()):
            raise self._send_failure(reason, self._written)


class NetworkPrinter(SendMixin):
    """A ReceiptPrinter on TCP, with one connection per job.

    Most such printers serve one connection at a time and let others wait, so a till that kept its connection would lock
    out the next one. Many also drop a connection with a reset after 90 s of silence. A job is complete when the printer
    has acknowledged its last byte. Then our side is closed first, and the printer gets `close_wait_ms` to close its
    own. Closing at once would reset the connection if the printer still had output, and lose bytes it hadn't read;
    reconnecting too early garbles jobs.
    """

    class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
        """Options of the network printer."""

        host: Annotated[str, Meta(min_length=1, max_length=253, description="host name or IP address of the printer")]
        port: Annotated[int, Meta(ge=1, le=65_535, description="TCP port")] = 9100
        connect_timeout_ms: Annotated[int, Meta(ge=50, le=60_000, description="timeout for a response")] = 3000
        stall_timeout_ms: Annotated[
            int, Meta(ge=50, le=600_000, description="a job fails if the printer accepts no data for this long")
        ] = 15_000
        close_wait_ms: Annotated[
            int, Meta(ge=0, le=60_000, description="time allowed for the printer to close the connection after a job")
        ] = 500

    def __init__(self, config: Config) -> None:
        self._config = config
        self._thing = f"receipt printer at {config.host}:{config.port}"
        self._turn = asyncio.Lock()

    async def open(self) -> None:
        """Check whether the printer is reachable. Raises DeviceError."""
        async with self.turn() as line:
            await line.finish()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[SocketLine]:
        """A connection. Raises DeviceError."""
        async with self._turn:
            try:
                sock = await self._connect()
            except OSError as err:
                raise device_error(err, self._thing) from err
            with sock:
                line = SocketLine(sock, self._thing, self._config.stall_timeout_ms, self._config.close_wait_ms)
                try:
                    yield line
                except BaseException:
                    # bytes still in the kernel must not print later, ahead of the retry
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_CLOSE)
                    raise
                finally:
                    line.close()

    async def close(self) -> None:
        """Do nothing, as no connection stays open between jobs."""

    async def _connect(self) -> socket.socket:
        """Return a connected, non-blocking socket to the first address that answers. Raises OSError."""
        loop = asyncio.get_running_loop()
        host, port = self._config.host, self._config.port
        async with asyncio.timeout(self._config.connect_timeout_ms / 1000):
            failed = OSError(errno.EHOSTUNREACH, f"no address for {host}")
            for family, kind, proto, _, address in await _addresses(host, port):
                sock = socket.socket(family, kind, proto)
                try:
                    sock.setblocking(False)
                    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    await loop.sock_connect(sock, address)
                except OSError as err:
                    sock.close()
                    failed = err
                except BaseException:
                    sock.close()
                    raise
                else:
                    return sock
            raise failed


async def _addresses(host: str, port: int) -> Sequence[tuple[int, int, int, str, Any]]:
    loop = asyncio.get_running_loop()
    try:
        return await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as err:
        # gaierror has its own numbers, not errno's
        raise OSError(errno.EHOSTUNREACH, f"{host}: {err.strerror}") from err

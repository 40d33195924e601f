"""A Bluetooth receipt printer, by address: the serial port profile (SPP), which is RFCOMM.

Pair it with the system's tools (and its PIN): `bluetoothctl pair ADDRESS`, once. It needn't be bound to /dev/rfcomm0.
"""

from __future__ import annotations

import asyncio
import ctypes
import errno
import os
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Annotated

import msgspec
from msgspec import Meta

from drivers.fd_output import writable
from drivers.os_errors import device_error
from drivers.printers.connection import FdLine, SendMixin
from drivers.printers.network import RESET_AT_CLOSE
from drivers.roles import DeviceError

AF_BLUETOOTH = 31  # bits/socket.h
BTPROTO_RFCOMM = 3  # net/bluetooth/bluetooth.h
READ_BYTES = 4096
_ABSENT = (errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT, errno.EHOSTUNREACH, errno.ENETDOWN, errno.ENODEV)
"""The kernel's errors without Bluetooth support, or without an active adapter (net/bluetooth/rfcomm/core.c)."""
_FAR = (errno.EHOSTDOWN, errno.ETIMEDOUT)


class BluetoothPrinter(SendMixin):
    """A ReceiptPrinter on Bluetooth, keeping one connection as long as possible: connecting takes a second or two.

    A job is complete when the kernel has taken its last byte: the count of unsent bytes, which other drivers use, has
    another meaning for these sockets.
    """

    class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
        """Options of the Bluetooth printer."""

        address: Annotated[
            str,
            Meta(
                pattern=r"^([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}$(?!\n)",
                description="Bluetooth address, such as 00:11:62:1A:2B:3C; see bluetoothctl or the self-test page",
            ),
        ]
        channel: Annotated[int, Meta(ge=1, le=30, description="RFCOMM channel of the serial port")] = 1
        connect_timeout_ms: Annotated[int, Meta(ge=50, le=60_000, description="timeout for a response")] = 8000
        stall_timeout_ms: Annotated[
            int, Meta(ge=50, le=600_000, description="a job fails if the printer accepts no data for this long")
        ] = 15_000

    def __init__(self, config: Config, dial: Callable[[], socket.socket] | None = None) -> None:
        """Create the printer.

        `dial` returns a connecting socket; by default, `rfcomm` with the configured address and channel.
        """
        self._config = config
        self._dial = dial or partial(rfcomm, config.address, config.channel)
        self._thing = f"receipt printer on Bluetooth ({config.address})"
        self._sock: socket.socket | None = None
        self._turn = asyncio.Lock()

    async def open(self) -> None:
        """Connect. Raises DeviceError."""
        async with self._turn:
            await self._connect()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[FdLine]:
        """The connection for exclusive use, renewed if lost. Raises DeviceError."""
        async with self._turn:
            sock = await self._connect()
            line = FdLine(sock.fileno(), self._thing, self._config.stall_timeout_ms, drains=False)
            try:
                yield line
            except BaseException:
                # part of a job must not print later, ahead of its retry
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_CLOSE)
                self._sock = None
                raise
            finally:
                line.close()
                if self._sock is None:
                    sock.close()

    async def close(self) -> None:
        """Disconnect after the current job."""
        async with self._turn:
            self._hang_up()

    def _hang_up(self) -> None:
        sock, self._sock = self._sock, None
        if sock is not None:
            sock.close()

    async def _connect(self) -> socket.socket:
        if self._sock is not None and not _is_closed(self._sock):
            return self._sock
        self._hang_up()
        try:
            async with asyncio.timeout(self._config.connect_timeout_ms / 1000):
                sock = self._dial()
                try:
                    await writable(sock.fileno())
                    if number := sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                        raise OSError(number, os.strerror(number))
                except BaseException:
                    sock.close()
                    raise
        except OSError as err:
            raise _trouble(err, self._thing) from err
        self._sock = sock
        return sock


def _is_closed(sock: socket.socket) -> bool:
    """Whether the printer disconnected: such printers switch off automatically. Discards its earlier output."""
    try:
        while sock.recv(READ_BYTES):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def address_of(address: str, channel: int) -> bytes:
    """`struct sockaddr_rc` (bluetooth/rfcomm.h), with the address in reverse byte order."""
    return struct.pack("=H6sBx", AF_BLUETOOTH, bytes.fromhex(address.replace(":", ""))[::-1], channel)


def rfcomm(address: str, channel: int) -> socket.socket:
    """A connecting, non-blocking socket. Raises OSError.

    Uses the C library: many Pythons are built without <bluetooth/bluetooth.h> and don't support such addresses.
    """
    sock = socket.socket(AF_BLUETOOTH, socket.SOCK_STREAM, BTPROTO_RFCOMM)
    sock.setblocking(False)
    where = address_of(address, channel)
    if ctypes.CDLL(None, use_errno=True).connect(sock.fileno(), where, len(where)):
        number = ctypes.get_errno()
        if number != errno.EINPROGRESS:
            sock.close()
            raise OSError(number, os.strerror(number))
    return sock


def _trouble(err: OSError, thing: str) -> DeviceError:
    if err.errno in _ABSENT:
        what = f"The {thing} can't be reached: Bluetooth is missing or turned off on this machine."
        return DeviceError(what, "Check with `bluetoothctl show`; plug in an adapter if there is none.", "no_bluetooth")
    if err.errno in _FAR or isinstance(err, TimeoutError):
        what = f"The {thing} can't be reached by Bluetooth."
        return DeviceError(what, "Check that it is turned on, nearby and not connected to another till.", "not_near")
    return device_error(err, thing)

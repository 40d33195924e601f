"""A serial receipt printer: RS-232, USB as a virtual COM port, or Bluetooth bound to /dev/rfcomm0."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Literal

import msgspec
import serial
from msgspec import Meta

from drivers.fd_output import discard_input, discard_output
from drivers.os_errors import device_error
from drivers.printers.connection import FdLine, SendMixin
from drivers.serial_port import open_port


class SerialPrinter(SendMixin):
    """A ReceiptPrinter on a serial port. A job is complete when its last byte is on the line."""

    class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
        """Options of the serial printer; its self-test page shows them."""

        path: Annotated[str, Meta(min_length=1, description="serial port; a path in /dev/serial/by-id doesn't change")]
        baud: Annotated[int, Meta(ge=300, le=921_600, description="baud rate")] = 38_400
        bits: Annotated[Literal[7, 8], Meta(description="data bits")] = 8
        parity: Annotated[Literal["none", "even", "odd"], Meta(description="parity bit")] = "none"
        flow: Annotated[
            Literal["rts_cts", "xon_xoff", "none"],
            Meta(description="flow control; without it the printer loses data sent too fast"),
        ] = "rts_cts"
        stall_timeout_ms: Annotated[
            int, Meta(ge=50, le=600_000, description="a job fails if the printer accepts no data for this long")
        ] = 15_000

    def __init__(self, config: Config) -> None:
        self._config = config
        self._thing = f"receipt printer on {config.path}"
        self._port: serial.Serial | None = None
        self._turn = asyncio.Lock()

    async def open(self) -> None:
        """Open the port. Raises DeviceError."""
        if self._port is None:
            self._port = await asyncio.to_thread(
                open_port,
                self._thing,
                self._config.path,
                baudrate=self._config.baud,
                bytesize=self._config.bits,
                parity=self._config.parity[0].upper(),
                rtscts=self._config.flow == "rts_cts",
                xonxoff=self._config.flow == "xon_xoff",
            )

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[FdLine]:
        """The line for exclusive use. Discards the printer's earlier output. Raises DeviceError."""
        async with self._turn:
            port = self._port
            if port is None:
                raise device_error(OSError(errno.ENXIO, "not open"), self._thing)
            discard_input(port.fd)
            line = FdLine(port.fd, self._thing, self._config.stall_timeout_ms)
            try:
                yield line
            except BaseException:
                # part of a job must not print later, ahead of its retry
                discard_output(port.fd)
                raise
            finally:
                line.close()

    async def close(self) -> None:
        """Close the port after the current job."""
        async with self._turn:
            port, self._port = self._port, None
            if port is not None:
                await asyncio.to_thread(port.close)

"""A scanner on a serial port: opening, setting the speed, and closing."""

from __future__ import annotations

import asyncio

import serial

from drivers.scanners.stream import Decoder, StreamScanner
from drivers.serial_port import open_port


class SerialLineScanner(StreamScanner):
    """A Scanner on the serial port at `path`. Drivers define its speed (`baud`)."""

    def __init__(self, path: str, decoder: Decoder, idle_gap_ms: int, bits: int = 8, parity: str = "none") -> None:
        super().__init__(f"barcode scanner on {path}", decoder, idle_gap_ms)
        self._path = path
        self._frame = {"bytesize": bits, "parity": parity[0].upper()}
        self._port: serial.Serial | None = None

    @property
    def baud(self) -> int:
        """The speed in bits per second; with `find_baud`, the detected one."""
        raise NotImplementedError

    async def _connect(self) -> int:
        port = await asyncio.to_thread(open_port, self._thing, self._path, baudrate=self.baud, **self._frame)
        self._port = port
        return int(port.fd)

    async def _release(self) -> None:
        port, self._port = self._port, None
        if port is not None:
            await asyncio.to_thread(port.close)

    def _retune(self) -> None:
        """Switch the port to the changed `baud`, and discard a scan begun before as noise."""
        self._decoder.reset()
        if self._port is not None:
            try:
                self._port.baudrate = self.baud
            except serial.SerialException as err:
                self._lose(OSError(err.errno, str(err)))

"""A scanner whose codes come through a serial port: how the port is taken, tuned and given back."""

from __future__ import annotations

import asyncio

import serial

from drivers.scanners.stream import Decoder, StreamScanner
from drivers.serial_port import open_port


class SerialLineScanner(StreamScanner):
    """A Scanner on the serial port at `path`. A driver says at which speed (`baud`)."""

    def __init__(self, path: str, decoder: Decoder, idle_gap_ms: int, bits: int = 8, parity: str = "none") -> None:
        super().__init__(f"barcode scanner on {path}", decoder, idle_gap_ms)
        self._path = path
        self._frame = {"bytesize": bits, "parity": parity[0].upper()}
        self._port: serial.Serial | None = None

    @property
    def baud(self) -> int:
        """The speed listened at, in bits a second; with `find_baud`, the one that was found."""
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
        """Listen at `baud`, which has changed; what had begun was noise."""
        self._decoder.reset()
        if self._port is not None:
            try:
                self._port.baudrate = self.baud
            except serial.SerialException as err:
                self._lose(OSError(err.errno, str(err)))

"""A Zebra (Symbol, Motorola) scanner on a serial line in SSI mode: codes are checked and acknowledged."""

from __future__ import annotations

import os
from typing import Annotated

import msgspec
from msgspec import Meta

from drivers.roles import DeviceError
from drivers.scanners.decoded import DecodedScan
from drivers.scanners.decoding.baud import USUAL
from drivers.scanners.decoding.ssi import BEEP, HOST, ONE_SHORT_HIGH, REQUEST_REVISION, SsiDecoder, packet
from drivers.scanners.serial_line import SerialLineScanner


class SsiScanner(SerialLineScanner):
    """A Scanner on a serial port, by SSI."""

    class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
        """Options of the SSI scanner."""

        path: Annotated[str, Meta(min_length=1, description="serial port; a path in /dev/serial/by-id doesn't change")]
        baud: Annotated[int, Meta(ge=300, le=921_600, description="baud rate")] = 9600
        find_baud: Annotated[bool, Meta(description="try other common baud rates until the scanner responds")] = False
        idle_gap_ms: Annotated[
            int, Meta(ge=10, le=10_000, description="an incomplete message is requested again after this pause")
        ] = 300
        max_bytes: Annotated[int, Meta(ge=1, le=65_536, description="longer scans are dropped")] = 4096

    def __init__(self, config: Config) -> None:
        self._packets = SsiDecoder(config.max_bytes)
        super().__init__(config.path, self._packets, config.idle_gap_ms)
        self._config = config
        self._speeds = (config.baud, *(speed for speed in USUAL if speed != config.baud))
        self._tried = 0

    @property
    def baud(self) -> int:
        return self._speeds[self._tried % len(self._speeds)]

    async def _connect(self) -> int:
        fd = await super()._connect()
        if self._searching:
            self._send(packet(REQUEST_REVISION, HOST))
        return fd

    @property
    def _searching(self) -> bool:
        return self._config.find_baud and not self._packets.understood

    @property
    def _pending(self) -> bool:
        return super()._pending or self._searching

    async def beep(self) -> None:
        """Sound one short high tone (BEEP, "Simple Serial Interface Programmer's Guide", chapter 3)."""
        if self._port is None:
            raise DeviceError(f"The scanner at {self._config.path} isn't connected.", "Plug it in.", "not_found")
        self._send(packet(BEEP, HOST, data=bytes([ONE_SHORT_HIGH])))

    def _decode(self, data: bytes) -> list[DecodedScan]:
        codes = super()._decode(data)
        self._answer()
        return codes

    def _silence(self) -> list[DecodedScan]:
        codes = super()._silence()
        self._answer()
        if self._searching:
            self._try_next_speed()
        return codes

    def _answer(self) -> None:
        answers = self._packets.answers()
        if answers and not self._searching:  # at the wrong speed, answers are noise to the scanner
            self._send(answers)

    def _try_next_speed(self) -> None:
        self._tried += 1
        self._retune()
        self._send(packet(REQUEST_REVISION, HOST))

    def _send(self, data: bytes) -> None:
        """Send a few bytes. Without room for them they are dropped, and the scanner repeats after its time-out."""
        if self._port is None:
            return
        try:
            os.write(self._port.fd, data)
        except BlockingIOError:
            return
        except OSError as err:
            self._lose(err)

"""A barcode scanner on a serial line: RS-232, or USB in its virtual COM port mode."""

from __future__ import annotations

import asyncio
import errno
import os
import time
from collections import deque
from collections.abc import AsyncIterator
from typing import Annotated, Literal

import msgspec
import serial
from msgspec import Meta

from drivers.faults import device_error
from drivers.framing import Framer
from drivers.roles import DeviceError, Scan
from drivers.serial_port import close_port, open_port

READ_BYTES = 4096
MAX_WAITING = 1000  # scans; beyond it the line is not read until the reader has caught up
ENDS = {"line": b"\r\n", "etx": b"\x03", "tab": b"\t", "none": b""}


class SerialScanner:
    """A Scanner on a serial port."""

    class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
        """Options of the serial scanner."""

        path: Annotated[str, Meta(min_length=1, description="the port; one in /dev/serial/by-id stays the same")]
        baud: Annotated[int, Meta(ge=300, le=921_600, description="speed of the line in bits a second")] = 9600
        suffix: Annotated[
            Literal["line", "etx", "tab", "none"],
            Meta(description="what ends a scan: CR, LF or both; ETX; a tab; or nothing but a pause"),
        ] = "line"
        idle_gap_ms: Annotated[
            int,
            Meta(
                ge=1,
                le=10_000,
                description="after this long a pause, with suffix none, a scan is complete; "
                "with any other suffix the unfinished rest of one is thrown away",
            ),
        ] = 500
        max_bytes: Annotated[int, Meta(ge=1, le=65_536, description="longer scans are dropped")] = 512

    def __init__(self, config: Config) -> None:
        self._config = config
        self._thing = f"barcode scanner on {config.path}"
        self._framer = Framer(ENDS[config.suffix], config.max_bytes)
        self._port: serial.Serial | None = None
        self._reading = False
        self._waiting: deque[Scan] = deque()
        self._change = asyncio.Event()
        self._lost: DeviceError | None = None
        self._pause: asyncio.TimerHandle | None = None

    @property
    def dropped(self) -> int:
        """How many scans were too long or broke off half-way, since this object was made."""
        return self._framer.dropped

    async def open(self) -> None:
        """Take the port. Raises DeviceError. What was scanned before is forgotten."""
        if self._port is not None:
            return
        self._port = await asyncio.to_thread(open_port, self._thing, self._config.path, baudrate=self._config.baud)
        self._framer.discard()
        self._waiting.clear()
        self._lost = None
        self._change.clear()
        self._read(True)

    async def scans(self) -> AsyncIterator[Scan]:
        """Every scan since `open`, in order. See Scanner."""
        while True:
            while self._waiting:
                scan = self._waiting.popleft()
                if len(self._waiting) < MAX_WAITING // 2 and not self._lost:
                    self._read(True)
                yield scan
            if self._lost is not None:
                raise self._lost
            if self._port is None:
                return
            self._change.clear()
            await self._change.wait()

    async def close(self) -> None:
        """Let go of the port."""
        port = self._port
        if port is not None:
            self._read(False)
            self._port = None
            self._change.set()
            await asyncio.to_thread(close_port, port)

    def _read(self, on: bool) -> None:
        if on == self._reading or self._port is None:
            return
        self._reading = on
        loop = asyncio.get_running_loop()
        if on:
            loop.add_reader(self._port.fd, self._on_readable, self._port.fd)
        else:
            loop.remove_reader(self._port.fd)
            self._stop_pause()

    def _on_readable(self, fd: int) -> None:
        try:
            data = os.read(fd, READ_BYTES)
        except BlockingIOError:
            return
        except OSError as err:
            self._lose(err)
            return
        if not data:
            self._lose(OSError(errno.ENODEV, "hung up"))
            return
        self._take(self._framer.feed(data))
        self._stop_pause()
        if self._framer.pending:
            gap_s = self._config.idle_gap_ms / 1000
            self._pause = asyncio.get_running_loop().call_later(gap_s, self._on_pause)

    def _on_pause(self) -> None:
        if self._config.suffix != "none":
            self._framer.discard()
        elif frame := self._framer.flush():
            self._take([frame])

    def _stop_pause(self) -> None:
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None

    def _take(self, frames: list[bytes]) -> None:
        now_us = time.monotonic_ns() // 1000
        self._waiting.extend(Scan(data=frame, symbology=None, at_mono_us=now_us) for frame in frames)
        if len(self._waiting) >= MAX_WAITING:
            self._read(False)
        if frames:
            self._change.set()

    def _lose(self, err: OSError) -> None:
        self._read(False)
        self._lost = device_error(err, self._thing)
        self._change.set()

"""A customer display on a serial line: two lines of text, by RS-232 or a USB virtual COM port.

Sources: Epson, DM-D series, ESC/POS commands of customer displays (`epson`); the CD5220 mode, supported by nearly all
other makers' displays (`cd5220`). A display's manual or start page states its mode.
"""

from __future__ import annotations

import asyncio
import errno
from typing import Annotated, Literal

import msgspec
import serial
from msgspec import Meta

from drivers.fd_output import WriteStopped, discard_output, wait_until_drained, write_all
from drivers.os_errors import device_error
from drivers.serial_port import open_port

INITIALIZE = b"\x1b@"
CLEAR = b"\x0c"
SELECT_PAGE = b"\x1bt"
MOVE_CURSOR = b"\x1f$"  # followed by column and line, each counted from 1
UPPER_LINE, LOWER_LINE, END_LINE = b"\x1bQA", b"\x1bQB", b"\r"


class SerialDisplay:
    """A CustomerDisplay on a serial port. Its content is written at once, without clearing, to avoid flicker."""

    class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
        """Options of the serial display."""

        path: Annotated[str, Meta(min_length=1, description="serial port; a path in /dev/serial/by-id doesn't change")]
        baud: Annotated[int, Meta(ge=300, le=115_200, description="baud rate")] = 9_600
        commands: Annotated[Literal["epson", "cd5220"], Meta(description="command set of the display")] = "epson"
        columns: Annotated[int, Meta(ge=16, le=40, description="characters per line")] = 20
        code_page: Annotated[
            Literal["cp437", "cp850", "cp858", "cp862", "cp1252", "cp1255"],
            Meta(description="character set; texts that don't fit are shown in another language"),
        ] = "cp437"
        page: Annotated[int, Meta(ge=0, le=255, description="the display's number for that code page")] = 0
        stall_timeout_ms: Annotated[
            int,
            Meta(ge=50, le=60_000, description="the display is reported as lost if it accepts no data for this long"),
        ] = 2_000

    def __init__(self, config: Config) -> None:
        self._config = config
        self._thing = f"customer display on {config.path}"
        self._port: serial.Serial | None = None
        self._turn = asyncio.Lock()

    @property
    def columns(self) -> int:
        return self._config.columns

    def has(self, text: str) -> bool:
        try:
            text.encode(self._config.code_page)
        except UnicodeEncodeError:
            return False
        return text.isprintable()

    async def open(self) -> None:
        """Open the port, and clear the display. Raises DeviceError."""
        if self._port is None:
            self._port = await asyncio.to_thread(open_port, self._thing, self._config.path, baudrate=self._config.baud)
            await self._write(INITIALIZE + SELECT_PAGE + bytes((self._config.page,)) + CLEAR)

    async def show(self, upper: str, lower: str) -> None:
        """Show two lines, padded and cut to the width. Raises DeviceError.

        The code page is set each time, as a display that lost power forgets it.
        """
        lines = [self._encode_line(text) for text in (upper, lower)]
        page = SELECT_PAGE + bytes((self._config.page,))
        if self._config.commands == "cd5220":
            await self._write(page + UPPER_LINE + lines[0] + END_LINE + LOWER_LINE + lines[1] + END_LINE)
        else:
            await self._write(page + MOVE_CURSOR + b"\x01\x01" + lines[0] + MOVE_CURSOR + b"\x01\x02" + lines[1])

    async def close(self) -> None:
        """Close the port; the display keeps its content."""
        async with self._turn:
            port, self._port = self._port, None
            if port is not None:
                await asyncio.to_thread(port.close)

    def _encode_line(self, text: str) -> bytes:
        fitting = "".join(char if char.isprintable() else " " for char in text[: self.columns])
        return fitting.ljust(self.columns).encode(self._config.code_page, "replace")

    async def _write(self, data: bytes) -> None:
        async with self._turn:
            if self._port is None:
                raise device_error(OSError(errno.ENXIO, "not open"), self._thing)
            fd = self._port.fd
            try:
                await write_all(fd, data, self._config.stall_timeout_ms)
                await wait_until_drained(fd, self._config.stall_timeout_ms)
            except (WriteStopped, OSError) as err:
                discard_output(fd)
                cause = err.cause if isinstance(err, WriteStopped) else err
                raise device_error(cause, self._thing) from err

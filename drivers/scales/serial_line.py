"""A serial line to a polled scale: shared by its drivers."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Annotated, Literal, TypeVar

import msgspec
import serial
from msgspec import Meta

from drivers.fd_output import WriteStopped, discard_input, discard_output, write_all
from drivers.os_errors import device_error
from drivers.roles import DeviceError
from drivers.serial_port import open_port

T = TypeVar("T")
ANSWER_BYTES = 256
"""Maximum length of an answer; anything longer is noise."""
READ_BYTES = 256
TRIES = 3
"""Attempts of a request with an unreadable answer, as a line may be disturbed once."""
GRAMS = {"KG": Decimal(1000), "G": Decimal(1), "LB": Decimal("453.59237"), "OZ": Decimal("28.349523125")}
"""Grams per unit (lb and oz: international avoirdupois)."""
_PARITY = {"none": serial.PARITY_NONE, "even": serial.PARITY_EVEN, "odd": serial.PARITY_ODD}


class Garbled(ValueError):
    """An unreadable answer."""


class ScaleOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options of every scale on a serial line."""

    path: Annotated[str, Meta(min_length=1, description="serial port; a path in /dev/serial/by-id doesn't change")]
    baud: Annotated[int, Meta(ge=300, le=115_200, description="baud rate")] = 9_600
    bits: Annotated[Literal[7, 8], Meta(description="data bits")] = 8
    parity: Annotated[Literal["none", "even", "odd"], Meta(description="parity bit")] = "none"
    answer_timeout_ms: Annotated[
        int, Meta(ge=50, le=10_000, description="the scale is reported as lost if it doesn't respond for this long")
    ] = 1_000


class ScaleLine:
    """The line to a scale: one request and answer at a time."""

    def __init__(self, options: ScaleOptions) -> None:
        self._options = options
        self.thing = f"scale on {options.path}"
        self._port: serial.Serial | None = None
        self._turn = asyncio.Lock()

    async def open(self) -> None:
        """Open the port. Raises DeviceError."""
        if self._port is None:
            settings = {
                "baudrate": self._options.baud,
                "bytesize": self._options.bits,
                "parity": _PARITY[self._options.parity],
            }
            self._port = await asyncio.to_thread(lambda: open_port(self.thing, self._options.path, **settings))

    async def close(self) -> None:
        async with self._turn:
            port, self._port = self._port, None
            if port is not None:
                discard_output(port.fd)
                await asyncio.to_thread(port.close)

    async def ask(self, steps: tuple[tuple[bytes, Callable[[bytes], bool]], ...], read: Callable[[bytes], T]) -> T:
        """Send each step after the previous answer is complete, by its function; `read` parses the last answer.

        An unreadable answer is requested again. Raises DeviceError.
        """
        async with self._turn:
            for _ in range(TRIES):
                try:
                    return read(await self._talk(steps))
                except Garbled:
                    continue
        what = f"The {self.thing} sends data that isn't from a scale of this type."
        raise DeviceError(what, "Check that it uses this protocol and speed.", "scale_garbled")

    async def _talk(self, steps: tuple[tuple[bytes, Callable[[bytes], bool]], ...]) -> bytes:
        if self._port is None:
            raise device_error(OSError(errno.ENXIO, "not open"), self.thing)
        fd, answer = self._port.fd, b""
        try:
            discard_input(fd)
            for data, whole in steps:
                await write_all(fd, data, self._options.answer_timeout_ms)
                async with asyncio.timeout(self._options.answer_timeout_ms / 1000):
                    answer = await self._read(fd, whole)
        except TimeoutError:
            what = f"The {self.thing} isn't responding."
            raise DeviceError(what, "Check that it is turned on, and check its cable.", "scale_silent") from None
        except (WriteStopped, OSError) as err:
            raise device_error(err.cause if isinstance(err, WriteStopped) else err, self.thing) from err
        return answer

    async def _read(self, fd: int, whole: Callable[[bytes], bool]) -> bytes:
        answer = b""
        while not whole(answer):
            if len(answer) > ANSWER_BYTES:
                raise Garbled
            await _readable(fd)
            data = os.read(fd, READ_BYTES)
            if not data:
                raise OSError(errno.EIO, "the line hung up")
            answer += data
        return answer


class SerialScale:
    """A scale on such a line, with its tare in grams, which is forgotten when the port is closed."""

    def __init__(self, config: ScaleOptions) -> None:
        self._line = ScaleLine(config)
        self._tare_g = 0

    async def open(self) -> None:
        """Open the port. Raises DeviceError."""
        await self._line.open()

    async def close(self) -> None:
        """Close the port."""
        self._tare_g = 0
        await self._line.close()


def grams(number: str, unit: str) -> int:
    """A weight in a scale's notation, in whole grams, rounded half up. Raises Garbled."""
    try:
        value = Decimal(number.replace(" ", "")) * GRAMS[unit.strip().upper()]
    except (InvalidOperation, KeyError):
        raise Garbled from None
    if not value.is_finite() or abs(value) > 10_000_000:
        raise Garbled
    return int(value.to_integral_value(ROUND_HALF_UP))


async def _readable(fd: int) -> None:
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    loop.add_reader(fd, _set, ready)
    try:
        await ready
    finally:
        loop.remove_reader(fd)


def _set(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)

"""A receipt printer as a device file such as /dev/usb/lp0; or a file or folder that collects jobs."""

from __future__ import annotations

import asyncio
import errno
import os
import stat
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from drivers.fd_output import discard_output
from drivers.os_errors import device_error, send_failed
from drivers.printers.connection import FdLine, SendMixin
from drivers.roles import PrinterConnection, SendFailed

NEW_FILE_RIGHTS = 0o640


class DeviceLine(FdLine):
    """A printer connection on a device file."""

    def _send_failure(self, err: OSError, sent_bytes: int) -> SendFailed:
        if err.errno == errno.ENOSPC:  # as the kernel's printer drivers report it (drivers/usb/class/usblp.c)
            what = f"The {self._thing} has no paper."
            return SendFailed(what, "Put in a new roll and close the lid.", sent_bytes, "paper_out")
        return super()._send_failure(err, sent_bytes)


class StoreLine:
    """A printer connection on a file or folder, without replies."""

    reads = False
    shared = False

    def __init__(self, keep: Callable[[bytes], None], thing: str) -> None:
        self._keep = keep
        self._thing = thing

    async def write(self, data: bytes) -> None:
        try:
            await asyncio.to_thread(self._keep, data)
        except OSError as err:
            raise send_failed(err, self._thing, 0) from err

    async def read(self, timeout_ms: int) -> bytes:
        return b""

    async def finish(self) -> None:
        """Do nothing, as the whole job is already on disk."""


class FilePrinter(SendMixin):
    """A ReceiptPrinter on a path.

    The path must exist: creating it would put a plain file in place of an unplugged device, and swallow receipts. A job
    is written to a file or folder entirely or not at all, and is on disk when `send` returns.
    """

    class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
        """Options of the file printer."""

        path: Annotated[
            str,
            Meta(
                min_length=1,
                description="existing device file, file to append jobs to, or folder for one file per job",
            ),
        ]
        stall_timeout_ms: Annotated[
            int, Meta(ge=50, le=600_000, description="a job fails if the device accepts no data for this long")
        ] = 15_000
        max_bytes: Annotated[
            int,
            Meta(ge=1, description="maximum size of the file or folder; jobs beyond it are refused"),
        ] = 64 * 1024 * 1024

    def __init__(self, config: Config) -> None:
        self._config = config
        self._path = Path(config.path)
        self._thing = f"receipt printer at {config.path}"
        self._turn = asyncio.Lock()
        self._jobs = 0

    async def open(self) -> None:
        """Check whether the path is writable. Raises DeviceError."""
        async with self._turn:
            try:
                mode = self._path.stat().st_mode
                if not os.access(self._path, os.W_OK):
                    raise PermissionError(errno.EACCES, "not writable")
                if stat.S_ISCHR(mode):
                    os.close(await asyncio.to_thread(_open_device, self._path))
            except OSError as err:
                raise device_error(err, self._thing) from err

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[PrinterConnection]:
        """Open the device, or prepare to write to the file or folder, for one job. Raises DeviceError."""
        async with self._turn:
            try:
                mode = self._path.stat().st_mode
                fd = await asyncio.to_thread(_open_device, self._path) if stat.S_ISCHR(mode) else None
            except OSError as err:
                raise device_error(err, self._thing) from err
            if fd is None:
                yield StoreLine(self._to_folder if stat.S_ISDIR(mode) else self._to_file, self._thing)
                return
            line = DeviceLine(fd, self._thing, self._config.stall_timeout_ms, drains=False)
            try:
                yield line
            except BaseException:
                discard_output(fd)  # discards data that the kernel hasn't sent; only a serial port supports this
                raise
            finally:
                line.close()
                os.close(fd)

    async def close(self) -> None:
        """Do nothing, as nothing stays open between jobs."""

    def _to_file(self, data: bytes) -> None:
        with self._path.open("r+b") as file:
            before = file.seek(0, os.SEEK_END)
            self._check_room(before, len(data))
            try:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                file.truncate(before)
                raise

    def _to_folder(self, data: bytes) -> None:
        self._check_room(sum(entry.stat().st_size for entry in os.scandir(self._path)), len(data))
        self._jobs += 1
        # names sort by time; .part until complete
        done = self._path / f"{time.time_ns():020d}-{os.getpid()}-{self._jobs}.bin"
        part = done.with_suffix(".part")
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, NEW_FILE_RIGHTS), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.rename(done)
        except OSError:
            part.unlink(missing_ok=True)
            raise
        _sync_folder(self._path)

    def _check_room(self, held: int, more: int) -> None:
        if held + more > self._config.max_bytes:
            raise OSError(errno.EFBIG, f"{held} of {self._config.max_bytes} bytes are in use")


def _open_device(path: Path) -> int:
    """Open for reading too, if permitted: most printers answer."""
    flags = os.O_NONBLOCK | os.O_NOCTTY
    try:
        return os.open(path, os.O_RDWR | flags)
    except PermissionError:
        return os.open(path, os.O_WRONLY | flags)


def _sync_folder(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)

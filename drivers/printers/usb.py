"""A USB receipt printer, through its two bulk pipes: the Printer class, or a maker's own similar interface.

Source: USB Device Class Definition for Printing Devices 1.1 (class 7; bulk OUT for jobs, bulk IN for replies). Needs
access to the device: see systemd/ for the udev rule.
"""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Annotated, Any, NamedTuple, TypeVar

import msgspec
from msgspec import Meta

from drivers.os_errors import device_error, send_failed
from drivers.printers.connection import SendMixin

T = TypeVar("T")
PRINTER_CLASS = 7
VENDOR_CLASS = 0xFF
BULK = 2
CHUNK_BYTES = 4096
READ_BYTES = 512
SLICE_MS = 50
"""Maximum milliseconds for which a transfer may block its thread, and so delay the end of a turn."""


class Pipes(NamedTuple):
    """A device's interface with its bulk endpoints; `in_` is None without replies."""

    number: int
    setting: int
    out: int
    in_: int | None


def pipes_of(configuration: Any) -> Pipes | None:
    """The interface for printing: of class 7, or a maker's own with a bulk OUT pipe. Pure."""
    found: dict[int, Pipes] = {}
    for interface in configuration:
        bulk = [end.bEndpointAddress for end in interface if end.bmAttributes & 3 == BULK]
        out = next((address for address in bulk if not address & 0x80), None)
        if out is not None and interface.bInterfaceClass in (PRINTER_CLASS, VENDOR_CLASS):
            in_ = next((address for address in bulk if address & 0x80), None)
            pipes = Pipes(interface.bInterfaceNumber, interface.bAlternateSetting, out, in_)
            found.setdefault(interface.bInterfaceClass, pipes)
    return found.get(PRINTER_CLASS) or found.get(VENDOR_CLASS)


class UsbPrinter(SendMixin):
    """A ReceiptPrinter on USB. A job is complete when the printer has taken its last byte."""

    class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
        """Options of the USB printer."""

        usb: Annotated[
            str,
            Meta(
                pattern=r"^([0-9a-fA-F]{4}:[0-9a-fA-F]{4})?$(?!\n)",
                description="vendor:product id, such as 04b8:0e15, as shown by lsusb; empty: the first printer",
            ),
        ] = ""
        serial: Annotated[str, Meta(description="serial number, if several of the same model are connected")] = ""
        stall_timeout_ms: Annotated[
            int, Meta(ge=50, le=600_000, description="a job fails if the printer accepts no data for this long")
        ] = 15_000

    def __init__(self, config: Config, backend: Any = None) -> None:
        self._config = config
        self._backend = backend
        self._thing = f"receipt printer on USB ({config.usb or 'the first one'})"
        self._device: Any = None
        self._pipes: Pipes | None = None
        self._turn = asyncio.Lock()

    async def open(self) -> None:
        """Find and claim the device. Raises DeviceError."""
        async with self._turn:
            if self._device is None:
                try:
                    self._device, self._pipes = await asyncio.to_thread(self._take)
                except OSError as err:
                    raise device_error(err, self._thing) from err

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[UsbLine]:
        """The pipes for exclusive use. Raises DeviceError."""
        async with self._turn:
            if self._device is None or self._pipes is None:
                raise device_error(OSError(errno.ENXIO, "not open"), self._thing)
            line = UsbLine(self._device, self._pipes, self._thing, self._config.stall_timeout_ms)
            await line.forget()
            yield line

    async def close(self) -> None:
        """Release the device after the current job."""
        async with self._turn:
            device, self._device = self._device, None
            if device is not None:
                await asyncio.to_thread(_release, device, self._pipes)

    def _take(self) -> tuple[Any, Pipes]:
        """Claim the device. Raises OSError (the base of pyusb's errors)."""
        import usb.core
        import usb.util

        try:
            for device in usb.core.find(find_all=True, backend=self._backend, custom_match=self._is_this_printer):
                for configuration in device:
                    if pipes := pipes_of(configuration):
                        _claim(device, configuration, pipes)
                        return device, pipes
        except usb.core.NoBackendError as err:
            raise OSError(errno.ENOENT, "libusb isn't installed") from err
        raise OSError(errno.ENOENT, "this printer isn't plugged in")

    def _is_this_printer(self, device: Any) -> bool:
        wanted = self._config
        if wanted.usb and f"{device.idVendor:04x}:{device.idProduct:04x}" != wanted.usb.lower():
            return False
        return not wanted.serial or str(device.serial_number) == wanted.serial


class UsbLine:
    """A printer connection on USB."""

    shared = False

    def __init__(self, device: Any, pipes: Pipes, thing: str, stall_timeout_ms: int) -> None:
        self._device = device
        self._pipes = pipes
        self._thing = thing
        self._stall_timeout_ms = stall_timeout_ms

    @property
    def reads(self) -> bool:
        return self._pipes.in_ is not None

    async def write(self, data: bytes) -> None:
        sent = 0
        now = asyncio.get_running_loop().time
        deadline = now() + self._stall_timeout_ms / 1000
        try:
            while sent < len(data):
                taken = await _run_shielded(self._give, data[sent : sent + CHUNK_BYTES])
                sent += taken
                if taken:
                    deadline = now() + self._stall_timeout_ms / 1000
                elif now() > deadline:
                    raise TimeoutError(errno.ETIMEDOUT, "the printer accepts no data")
        except OSError as err:
            raise send_failed(err, self._thing, sent) from err

    async def read(self, timeout_ms: int) -> bytes:
        now = asyncio.get_running_loop().time
        deadline = now() + timeout_ms / 1000
        try:
            while not (heard := await _run_shielded(self._look)) and now() < deadline:
                pass
        except OSError as err:
            raise device_error(err, self._thing) from err
        return heard

    async def finish(self) -> None:
        """Do nothing, as the printer has already taken the last byte."""

    async def forget(self) -> None:
        """Discard output from before this turn. Raises DeviceError."""
        while self.reads and await self.read(0):
            pass

    def _give(self, chunk: bytes) -> int:
        """Write for up to `SLICE_MS`; return the number of bytes that the printer took."""
        import usb.core

        try:
            return int(self._device.write(self._pipes.out, chunk, SLICE_MS))
        except usb.core.USBTimeoutError:
            return 0

    def _look(self) -> bytes:
        """Read for up to `SLICE_MS`."""
        import usb.core

        try:
            return bytes(self._device.read(self._pipes.in_, READ_BYTES, SLICE_MS))
        except usb.core.USBTimeoutError:
            return b""


async def _run_shielded(call: Callable[..., T], *values: Any) -> T:
    """Run `call` in a thread and wait for its end even if cancelled, so that two transfers never overlap."""
    work = asyncio.get_running_loop().run_in_executor(None, call, *values)
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        with suppress(OSError):
            await work
        raise


def _claim(device: Any, configuration: Any, pipes: Pipes) -> None:
    """Detach the kernel's driver (usblp) and claim the interface. Raises OSError."""
    import usb.util

    with suppress(NotImplementedError):  # this platform has no kernel drivers to detach
        if device.is_kernel_driver_active(pipes.number):
            device.detach_kernel_driver(pipes.number)
    active = device.get_active_configuration()
    if active is None or active.bConfigurationValue != configuration.bConfigurationValue:
        device.set_configuration(configuration)
    usb.util.claim_interface(device, pipes.number)
    if pipes.setting:
        device.set_interface_altsetting(pipes.number, pipes.setting)


def _release(device: Any, pipes: Pipes | None) -> None:
    import usb.util

    with suppress(OSError):  # unplugged
        if pipes is not None:
            usb.util.release_interface(device, pipes.number)
        usb.util.dispose_resources(device)
        if pipes is not None:
            device.attach_kernel_driver(pipes.number)

"""A USB scanner in HID point-of-sale mode ("HID POS", "HID bar code scanner"): whole codes with their kind.

It's read with libusb, detached from the kernel; a read is always in progress, so that codes scanned before unplugging
aren't lost.
"""

from __future__ import annotations

import asyncio
import errno
import threading
from collections.abc import AsyncIterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Annotated, Any

import msgspec
import usb.core
import usb.util
from msgspec import Meta

from drivers.os_errors import device_error
from drivers.roles import DeviceError, Scan
from drivers.scanners.decoded import DecodedScan
from drivers.scanners.decoding.hid_pos import HidPosDecoder, is_scanner, layout_of
from drivers.scanners.queue import ScanQueue

HID, KEYBOARD = 3, 1  # an interface's class, and the protocol that is never claimed
GET_DESCRIPTOR, REPORT_DESCRIPTOR, SET_REPORT, FEATURE = 6, 0x22, 9, 3
TO_INTERFACE, FROM_INTERFACE = 0x21, 0x81
DESCRIPTOR_BYTES = 4096
READ_MS = 200
"""Time limit of a read; closing waits for it."""
WAKE_UP = {0x0C2E: (0xFE, b"\xfe\x01"), 0x23D0: (0xFE, b"\xfe\x01")}
"""The feature report, by maker, that makes Honeywell's scanners start sending (as in WebHID drivers)."""


class HidPosScanner:
    """A Scanner in HID point-of-sale mode. `backend` is pyusb's USB backend; None is libusb."""

    class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
        """Options of the HID point-of-sale scanner."""

        usb: Annotated[
            str,
            Meta(
                pattern=r"^[0-9a-f]{4}:[0-9a-f]{4}$(?!\n)",
                description="vendor:product id of the scanner, such as '0c2e:0b6a'",
            ),
        ]
        serial: Annotated[str, Meta(description="serial number, if several of the same model are connected")] = ""
        max_bytes: Annotated[int, Meta(ge=1, le=65_536, description="longer scans are dropped")] = 4096

    def __init__(self, config: Config, backend: Any = None) -> None:
        self._config = config
        self._backend = backend
        self._thing = f"barcode scanner {config.usb}"
        self._queue = ScanQueue(self._listen)
        self._room = threading.Event()
        self._taken_over = threading.Event()
        self._stop = threading.Event()
        self._thread: ThreadPoolExecutor | None = None
        self._reading: Future[None] | None = None

    async def open(self) -> None:
        """Detach the scanner from the kernel and claim it. Raises DeviceError."""
        if self._thread is not None:
            return
        thread = ThreadPoolExecutor(1, "hid_pos")
        loop = asyncio.get_running_loop()
        try:
            taken = await loop.run_in_executor(thread, self._take)
        except BaseException:
            thread.shutdown(wait=False)
            raise
        self._thread = thread
        self._stop.clear()
        self._taken_over.clear()
        self._room.set()
        self._queue.open()
        self._reading = thread.submit(self._read, taken, loop)

    def scans(self) -> AsyncIterator[Scan]:
        """Yield scans since `open`, in order. See Scanner."""
        return self._queue.scans()

    async def close(self) -> None:
        """Release the scanner."""
        if self._thread is not None:
            thread, self._thread = self._thread, None
            self._stop.set()
            self._room.set()
            self._queue.end()
            await asyncio.to_thread(thread.shutdown)

    def _listen(self, on: bool) -> None:
        if on:
            self._room.set()
        else:
            self._room.clear()

    def _put(self, codes: list[DecodedScan]) -> None:
        self._queue.put(codes)
        self._taken_over.set()

    def _read(self, taken: _Taken, loop: asyncio.AbstractEventLoop) -> None:
        """Read in the scanner's thread until stopped or the scanner is gone."""
        try:
            while not self._stop.is_set():
                self._room.wait()
                codes = taken.read()
                if codes:
                    loop.call_soon_threadsafe(self._put, codes)
                    while not self._taken_over.wait(READ_MS / 1000) and not self._stop.is_set():
                        pass  # read one at a time: unprocessed codes stay in the scanner
                    self._taken_over.clear()
        except usb.core.USBError as err:
            loop.call_soon_threadsafe(self._queue.lose, device_error(_as_os_error(err), self._thing))
        finally:
            taken.give_back()

    def _take(self) -> _Taken:
        vendor, product = (int(number, 16) for number in self._config.usb.split(":"))
        try:
            found = usb.core.find(find_all=True, idVendor=vendor, idProduct=product, backend=self._backend)
            for device in list(found):
                if self._config.serial and self._config.serial != _serial(device):
                    continue
                if taken := self._scanner_in(device):
                    return taken
        except usb.core.NoBackendError as err:
            what = f"The {self._thing} can't be used: libusb isn't installed."
            raise DeviceError(what, "Install the package libusb-1.0-0.", "no_libusb") from err
        except usb.core.USBError as err:
            raise device_error(err, self._thing) from err
        raise device_error(FileNotFoundError(errno.ENOENT, "no such device"), self._thing)

    def _scanner_in(self, device: Any) -> _Taken | None:
        """Return the device's scanner interface, claimed; None if it has none."""
        for interface in device.get_active_configuration():
            if interface.bInterfaceClass == HID and interface.bInterfaceProtocol != KEYBOARD:
                taken = _Taken(device, interface)
                if taken.begin(self._config.max_bytes):
                    return taken
        usb.util.dispose_resources(device)
        return None


class _Taken:
    """A claimed interface."""

    def __init__(self, device: Any, interface: Any) -> None:
        self._device = device
        self._number = interface.bInterfaceNumber
        self._endpoint = next((end for end in interface if usb.util.endpoint_direction(end.bEndpointAddress)), None)
        self._had_driver = False
        self._decoder: HidPosDecoder | None = None

    def begin(self, max_bytes: int) -> bool:
        """Claim the interface; if it isn't a scanner's, release it and return False. Raises USBError."""
        if self._endpoint is None:
            return False
        try:
            self._claim()
            wanted = REPORT_DESCRIPTOR << 8
            answer = self._device.ctrl_transfer(FROM_INTERFACE, GET_DESCRIPTOR, wanted, self._number, DESCRIPTOR_BYTES)
        except usb.core.USBError:
            self.give_back()
            raise
        descriptor = bytes(answer)
        if not is_scanner(descriptor):
            self.give_back()
            return False
        self._wake_up()
        self._decoder = HidPosDecoder(layout_of(descriptor), max_bytes)
        return True

    def read(self) -> list[DecodedScan]:
        """The codes of one report; empty after READ_MS without one. Raises USBError."""
        assert self._decoder is not None and self._endpoint is not None
        try:
            report = self._endpoint.read(self._endpoint.wMaxPacketSize, READ_MS)
        except usb.core.USBTimeoutError:
            return []
        return self._decoder.feed(bytes(report))

    def give_back(self) -> None:
        """Return the interface to the kernel, if the device is still connected."""
        try:
            usb.util.release_interface(self._device, self._number)
            if self._had_driver:
                self._device.attach_kernel_driver(self._number)
        except usb.core.USBError:
            pass  # unplugged: nothing to return
        usb.util.dispose_resources(self._device)

    def _claim(self) -> None:
        try:
            usb.util.claim_interface(self._device, self._number)
        except usb.core.USBError as err:
            # Busy with the kernel's driver, like any HID device; or with another program, which keeps it.
            if err.errno != errno.EBUSY or not self._device.is_kernel_driver_active(self._number):
                raise
            self._device.detach_kernel_driver(self._number)
            self._had_driver = True
            usb.util.claim_interface(self._device, self._number)

    def _wake_up(self) -> None:
        report, data = WAKE_UP.get(self._device.idVendor, (0, b""))
        if data:
            try:
                self._device.ctrl_transfer(TO_INTERFACE, SET_REPORT, FEATURE << 8 | report, self._number, data)
            except usb.core.USBError as err:
                if err.errno != errno.EPIPE:  # models that need no wake-up don't know the report
                    raise


def _serial(device: Any) -> str:
    """The scanner's serial number; empty if it has none (pyusb raises ValueError without languages)."""
    try:
        return str(device.serial_number or "")
    except ValueError:
        return ""


def _as_os_error(err: usb.core.USBError) -> OSError:
    """Convert a libusb error. Until the kernel notices an unplugged cable, this is an I/O or pipe error."""
    return OSError(errno.ENODEV if err.errno in (errno.EIO, errno.EPIPE, None) else err.errno, str(err))

"""A USB scanner in HID point-of-sale mode, simulated at the interface of pyusb and libusb (usb.backend.IBackend)."""

from __future__ import annotations

import errno
import threading
from array import array
from collections import deque
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from usb.backend import IBackend
from usb.core import USBError, USBTimeoutError

REPORT_DESCRIPTOR = bytes.fromhex(
    "058c 0902 a101 8502 0912 a102 1500 26ff00 7508"  # a bar code scanner; report 2, scanned data; bytes
    "9501 0501 093b 8102"  # one byte count
    "9503 058c 09fb 09fc 09fd 8102"  # three bytes of symbology identifier
    "9538 09fe 820201"  # 56 bytes of decoded data
    "9502 8103"  # two bytes of padding
    "2501 7501 9501 09ff 8102 7507 8103 c0 c0".replace(" ", "")  # one bit: whether more reports follow
)
DATA_BYTES, REPORT_BYTES = 56, 64
MAX_WAITING = 20_000
GET_DESCRIPTOR, SET_REPORT, ENDPOINT_IN = 6, 9, 0x81


def reports(code: bytes, symbology: str = "]E0") -> Iterator[bytes]:
    """The reports of one scan, as specified in Honeywell's manual."""
    parts = [code[at : at + DATA_BYTES] for at in range(0, len(code), DATA_BYTES)] or [b""]
    for number, part in enumerate(parts, 1):
        more = number < len(parts)
        head = bytes([2, len(part)]) + symbology.encode()
        yield head + part.ljust(DATA_BYTES, b"\0") + b"\0\0" + bytes([more])


class SimUsbScanner(IBackend):  # type: ignore[misc]
    """One scanner on its own bus: pass it to the driver as its `backend`.

    Reports sent before the cable is pulled are still delivered.
    """

    def __init__(self, vendor: int = 0x0C2E, product: int = 0x0B6A, serial: str = "") -> None:
        self.vendor, self.product, self.serial = vendor, product, serial
        self.descriptor = REPORT_DESCRIPTOR
        self.awake = False
        self.kernel_has_it = True
        self._claimed: set[int] = set()
        self._handles = 0
        self._plugged = True
        self._waiting: deque[bytes] = deque()
        self._change = threading.Condition()

    def scan(self, code: str, symbology: str = "]E0") -> None:
        """Scan `code`. Raises OSError while unplugged, BlockingIOError if it isn't being read."""
        with self._change:
            if not self._plugged:
                raise OSError("the scanner is unplugged")
            if len(self._waiting) >= MAX_WAITING:
                raise BlockingIOError(f"{len(self._waiting)} reports are waiting to be read")
            self._waiting.extend(reports(code.encode(), symbology))
            self._change.notify_all()

    def send(self, report: bytes) -> None:
        """Send a report unchanged."""
        with self._change:
            self._waiting.append(report)
            self._change.notify_all()

    def unplug(self) -> None:
        """Pull the cable."""
        with self._change:
            self._plugged = False
            self._claimed.clear()
            self.kernel_has_it, self.awake = True, False
            self._change.notify_all()

    def replug(self) -> None:
        """Put the cable in again."""
        with self._change:
            self._waiting.clear()
            self._plugged = True

    # methods that pyusb calls on a backend

    def enumerate_devices(self) -> Iterator[Any]:
        yield from [self] if self._plugged else []

    def get_device_descriptor(self, dev: Any) -> Any:
        return SimpleNamespace(
            **{"bLength": 18, "bDescriptorType": 1, "bcdUSB": 0x0200, "bDeviceClass": 0, "bDeviceSubClass": 0},
            **{"bDeviceProtocol": 0, "bMaxPacketSize0": 64, "idVendor": self.vendor, "idProduct": self.product},
            **{"bcdDevice": 0x0100, "iManufacturer": 1, "iProduct": 2, "iSerialNumber": 3 if self.serial else 0},
            **{"bNumConfigurations": 1, "address": 2, "bus": 1, "port_number": 1, "port_numbers": (1,), "speed": 2},
        )

    def get_configuration_descriptor(self, dev: Any, config: int) -> Any:
        return SimpleNamespace(
            **{"bLength": 9, "bDescriptorType": 2, "wTotalLength": 34, "bNumInterfaces": 1, "bConfigurationValue": 1},
            **{"iConfiguration": 0, "bmAttributes": 0x80, "bMaxPower": 250, "extra_descriptors": []},
        )

    def get_interface_descriptor(self, dev: Any, intf: int, alt: int, config: int) -> Any:
        if intf or alt or config:
            raise IndexError("there is one interface")
        return SimpleNamespace(
            **{"bLength": 9, "bDescriptorType": 4, "bInterfaceNumber": 0, "bAlternateSetting": 0, "bNumEndpoints": 1},
            **{"bInterfaceClass": 3, "bInterfaceSubClass": 0, "bInterfaceProtocol": 0, "iInterface": 0},
            extra_descriptors=[],
        )

    def get_endpoint_descriptor(self, dev: Any, ep: int, intf: int, alt: int, config: int) -> Any:
        return SimpleNamespace(
            **{"bLength": 7, "bDescriptorType": 5, "bEndpointAddress": ENDPOINT_IN, "bmAttributes": 3},
            **{"wMaxPacketSize": REPORT_BYTES, "bInterval": 1, "bRefresh": 0, "bSynchAddress": 0},
            extra_descriptors=[],
        )

    def open_device(self, dev: Any) -> int:
        self._check()
        self._handles += 1
        return self._handles

    def close_device(self, dev_handle: int) -> None:
        self._claimed.discard(dev_handle)

    def get_configuration(self, dev_handle: int) -> int:
        self._check()
        return 1

    def is_kernel_driver_active(self, dev_handle: int, intf: int) -> bool:
        self._check()
        return self.kernel_has_it

    def detach_kernel_driver(self, dev_handle: int, intf: int) -> None:
        self._check()
        self.kernel_has_it = False

    def attach_kernel_driver(self, dev_handle: int, intf: int) -> None:
        self._check()
        self.kernel_has_it = True

    def claim_interface(self, dev_handle: int, intf: int) -> None:
        self._check()
        if self._claimed or self.kernel_has_it:
            raise USBError("Resource busy", -6, errno.EBUSY)
        self._claimed.add(dev_handle)

    def release_interface(self, dev_handle: int, intf: int) -> None:
        self._check()
        self._claimed.discard(dev_handle)

    def ctrl_transfer(
        self, dev_handle: int, kind: int, request: int, value: int, index: int, data: Any, timeout: int
    ) -> int:
        self._check()
        if request == SET_REPORT and bytes(data) == b"\xfe\x01":
            self.awake = True
            return len(data)
        if request != GET_DESCRIPTOR:
            raise USBError("Pipe error", -9, errno.EPIPE)
        answers = {0x2200: self.descriptor, 0x0300: _string("\u0409"), 0x0303: _string(self.serial)}
        answer = answers[value][: len(data)]
        data[: len(answer)] = array("B", answer)
        return len(answer)

    def intr_read(self, dev_handle: int, ep: int, intf: int, buff: Any, timeout: int) -> int:
        with self._change:
            self._change.wait_for(lambda: self._waiting or not self._plugged, timeout / 1000)
            if self._waiting:
                report = self._waiting.popleft()[: len(buff)]
                buff[: len(report)] = array("B", report)
                return len(report)
            if not self._plugged:
                raise USBError("No such device (it may have been disconnected)", -4, errno.ENODEV)
            raise USBTimeoutError("Operation timed out", -7, errno.ETIMEDOUT)

    def _check(self) -> None:
        if not self._plugged:
            raise USBError("No such device (it may have been disconnected)", -4, errno.ENODEV)


def _string(text: str) -> bytes:
    data = text.encode("utf-16-le")
    return bytes([2 + len(data), 3]) + data

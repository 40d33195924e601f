"""The other ends of printers that need a special system: a USB device, and CUPS's commands."""

from __future__ import annotations

import array
import os
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import usb.core
from usb.backend import IBackend

from drivers import registry
from drivers.printers.usb import UsbPrinter
from drivers.roles import ReceiptPrinter
from tests.contract.printer_reader import Reader

LP = """#!/bin/sh
# takes a job as CUPS does: lp -d QUEUE -o raw -
[ -e "{folder}/$2" ] || {{ echo "lp: The printer or class does not exist." >&2; exit 1; }}
number=$(( $(ls "{folder}/jobs" | wc -l) + 1 ))
cat > "{folder}/jobs/$(printf %06d $number)"
echo "request id is $2-$number (1 file(s))"
"""
LPSTAT = """#!/bin/sh
# lpstat -p QUEUE says how a queue is; lpstat -o QUEUE lists its jobs, of which none stays here
[ "$1" = -o ] && {{ [ -e "{folder}/stuck" ] && echo "$2-1 root 1024 Thu 20 Nov"; exit 0; }}
[ -e "{folder}/$2" ] || {{ echo "lpstat: Invalid destination name in list \\"$2\\"." >&2; exit 1; }}
[ -e "{folder}/paused" ] && echo "printer $2 disabled since Thu 20 Nov -" || echo "printer $2 is idle."
"""
CANCEL = """#!/bin/sh
rm "{folder}/stuck"
"""


class SpoolRig:
    """A CUPS queue, simulated by scripts in place of its commands."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = "till-printer"
        (folder / "jobs").mkdir()
        (folder / self.address).touch()
        commands = folder / "bin"
        commands.mkdir()
        for name, script in {"lp": LP, "lpstat": LPSTAT, "cancel": CANCEL}.items():
            (commands / name).write_text(script.format(folder=folder))
            (commands / name).chmod(0o755)
        self._path = os.environ["PATH"]
        os.environ["PATH"] = f"{commands}:{self._path}"

    def driver(self, **options: object) -> ReceiptPrinter:
        return registry.create("receipt_printer", "spool", {"queue": self.address, **options})

    def arrived(self, count: int) -> bytes:
        return b"".join(job.read_bytes() for job in sorted((self.folder / "jobs").iterdir()))

    def vanish(self) -> None:
        (self.folder / self.address).unlink()

    def close(self) -> None:
        os.environ["PATH"] = self._path


class UsbRig:
    """A USB printer, simulated below pyusb: its descriptors, its two bulk pipes, and a kernel driver that has claimed
    it.
    """

    def __init__(self, folder: Path) -> None:
        self.address = "on USB"
        self.bus = Bus()

    def driver(self, **options: Any) -> ReceiptPrinter:
        printer: ReceiptPrinter = UsbPrinter(UsbPrinter.Config(**options), Backend(self.bus))
        return printer

    def arrived(self, count: int) -> bytes:
        return self.bus.reader.wait_for(count)

    def vanish(self) -> None:
        self.bus.there = False

    def break_after(self, count: int) -> None:
        self.bus.reader.limit = count

    def stall(self) -> None:
        self.bus.reader.flowing.clear()

    def flow(self) -> None:
        self.bus.reader.flowing.set()

    def say(self, data: bytes) -> None:
        self.bus.said += data
        self.bus.spoken.set()

    def forget(self) -> None:
        pass

    def close(self) -> None:
        self.flow()


class Bus:
    """The device and its state. `said`: the printer's next message."""

    def __init__(self) -> None:
        self.there = True
        self.kernel_has_it = True
        self.reader = Reader()
        self.said = b""
        self.spoken = threading.Event()
        self.room = 8192  # what the printer's own buffer still accepts after it stops printing

    def take(self, data: bytes, timeout_ms: int) -> int:
        reader = self.reader
        if not self.there or reader.limit == 0:
            raise _error(19)
        if not reader.flowing.is_set() and self.room:
            data = data[: self.room]
            self.room -= len(data)
        elif not reader.flowing.wait(timeout_ms / 1000):
            raise _timeout()
        if reader.limit >= 0:
            data = data[: reader.limit]
            reader.limit -= len(data)
        reader.put(data)
        return len(data)

    def say(self, timeout_ms: int) -> bytes:
        if not self.there:
            raise _error(19)
        if not self.spoken.wait(timeout_ms / 1000):
            raise _timeout()
        self.spoken.clear()
        said, self.said = self.said, b""
        return said


def _error(number: int) -> OSError:
    error: OSError = usb.core.USBError(os.strerror(number), None, number)
    return error


def _timeout() -> OSError:
    error: OSError = usb.core.USBTimeoutError("Operation timed out", None, 110)
    return error


def end(address: int) -> SimpleNamespace:
    """Return the descriptor of a bulk endpoint."""
    return SimpleNamespace(
        bLength=7,
        bDescriptorType=5,
        bEndpointAddress=address,
        bmAttributes=2,
        wMaxPacketSize=64,
        bInterval=0,
        bRefresh=0,
        bSynchAddress=0,
        extra_descriptors=[],
    )


DEVICE = SimpleNamespace(
    bLength=18,
    bDescriptorType=1,
    bcdUSB=0x0200,
    bDeviceClass=0,
    bDeviceSubClass=0,
    bDeviceProtocol=0,
    bMaxPacketSize0=64,
    idVendor=0x04B8,
    idProduct=0x0E15,
    bcdDevice=0x0100,
    iManufacturer=0,
    iProduct=0,
    iSerialNumber=0,
    bNumConfigurations=1,
    address=5,
    bus=1,
    port_number=1,
    port_numbers=(1,),
    speed=3,
)
CONFIGURATION = SimpleNamespace(
    bLength=9,
    bDescriptorType=2,
    wTotalLength=32,
    bNumInterfaces=1,
    bConfigurationValue=1,
    iConfiguration=0,
    bmAttributes=0xC0,
    bMaxPower=2,
    extra_descriptors=[],
)
INTERFACE = SimpleNamespace(
    bLength=9,
    bDescriptorType=4,
    bInterfaceNumber=0,
    bAlternateSetting=0,
    bNumEndpoints=2,
    bInterfaceClass=7,
    bInterfaceSubClass=1,
    bInterfaceProtocol=2,
    iInterface=0,
    extra_descriptors=[],
)
ENDS = (end(0x01), end(0x82))


class Backend(IBackend):  # type: ignore[misc]
    """A backend of pyusb with one device."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def enumerate_devices(self) -> Any:
        return ["device"] if self._bus.there else []

    def get_device_descriptor(self, dev: Any) -> Any:
        return DEVICE

    def get_configuration_descriptor(self, dev: Any, config: int) -> Any:
        if config:
            raise IndexError
        return CONFIGURATION

    def get_interface_descriptor(self, dev: Any, intf: int, alt: int, config: int) -> Any:
        if intf or alt:
            raise IndexError
        return INTERFACE

    def get_endpoint_descriptor(self, dev: Any, ep: int, intf: int, alt: int, config: int) -> Any:
        return ENDS[ep]

    def open_device(self, dev: Any) -> Any:
        return "handle"

    def close_device(self, dev_handle: Any) -> None:
        pass

    def set_configuration(self, dev_handle: Any, config_value: int) -> None:
        pass

    def get_configuration(self, dev_handle: Any) -> int:
        return 1

    def claim_interface(self, dev_handle: Any, intf: int) -> None:
        if self._bus.kernel_has_it:
            raise _error(16)

    def release_interface(self, dev_handle: Any, intf: int) -> None:
        pass

    def is_kernel_driver_active(self, dev_handle: Any, intf: int) -> bool:
        return self._bus.kernel_has_it

    def detach_kernel_driver(self, dev_handle: Any, intf: int) -> None:
        self._bus.kernel_has_it = False

    def attach_kernel_driver(self, dev_handle: Any, intf: int) -> None:
        self._bus.kernel_has_it = True

    def bulk_write(self, dev_handle: Any, ep: int, intf: int, data: Any, timeout: int) -> int:
        return self._bus.take(bytes(data), timeout)

    def bulk_read(self, dev_handle: Any, ep: int, intf: int, buff: array.array[int], timeout: int) -> int:
        said = self._bus.say(timeout)
        buff[: len(said)] = array.array("B", said)
        return len(said)

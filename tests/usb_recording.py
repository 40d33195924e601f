"""A HID point-of-sale scanner as umockdev plays it to libusb: its descriptors, and a recording of its traffic."""

from __future__ import annotations

import struct
from pathlib import Path

from sim.scanners.usb import REPORT_DESCRIPTOR, reports

PATH = "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-5"
LINKTYPE_USB_LINUX_MMAPPED = 220
INTERRUPT, CONTROL = 1, 2
STARTED = -115  # EINPROGRESS
REPORT_DESCRIPTOR_WANTED = bytes([0x81, 6, 0, 0x22, 0, 0, 0, 0x10])  # up to 4096 bytes
WAKE_UP = bytes([0x21, 9, 0xFE, 3, 0, 0, 2, 0])  # feature report 254, as Honeywell's want it


def description(vendor: int = 0x0C2E, product: int = 0x0B6A) -> str:
    """The device and its root hub, as the kernel has them in /sys."""
    device = bytes([18, 1, 0, 2, 0, 0, 0, 64]) + struct.pack("<HHH", vendor, product, 0x0100) + bytes([1, 2, 3, 1])
    hid = bytes([9, 0x21, 0x11, 1, 0, 1, 0x22]) + struct.pack("<H", len(REPORT_DESCRIPTOR))
    parts = bytes([9, 4, 0, 0, 1, 3, 0, 0, 0]) + hid + bytes([7, 5, 0x81, 3, 64, 0, 1])
    config = bytes([9, 2]) + struct.pack("<H", 9 + len(parts)) + bytes([1, 1, 0, 0x80, 250])
    hub = bytes.fromhex("12010002090001406b1d020010050302010109021900010100e0000904000001090000000705810304000c")
    above = _node(PATH.rpartition("/")[0], 1, 0x1D6B, 2, hub)
    return above + "\n" + _node(PATH, 5, vendor, product, device + config + parts)


def _node(path: str, number: int, vendor: int, product: int, descriptors: bytes) -> str:
    lines = [
        *(
            f"P: {path.removeprefix('/sys')}",
            f"N: bus/usb/001/{number:03}",
            "E: SUBSYSTEM=usb",
            "E: DEVTYPE=usb_device",
        ),
        *(f"E: DEVNAME=/dev/bus/usb/001/{number:03}", "E: BUSNUM=001", f"E: DEVNUM={number:03}"),
        *("E: MAJOR=189", f"E: MINOR={number - 1}", f"A: idVendor={vendor:04x}", f"A: idProduct={product:04x}"),
        *("A: busnum=1", f"A: devnum={number}", "A: speed=12", "A: bConfigurationValue=1"),
        f"H: descriptors={descriptors.hex()}",
    ]
    return "\n".join(lines) + "\n"


class Recording:
    """Transfers between a host and the device, in order."""

    def __init__(self) -> None:
        self._packets = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, LINKTYPE_USB_LINUX_MMAPPED)]
        self._transfers = 0
        self._at_us = 0

    def ask(self, setup: bytes, answer: bytes) -> None:
        """A control transfer in."""
        wanted = int.from_bytes(setup[6:8], "little")
        self._transfer(CONTROL, 0x80, (setup, b"", wanted), answer)

    def tell(self, setup: bytes, data: bytes) -> None:
        """A control transfer out."""
        self._transfer(CONTROL, 0x00, (setup, data, len(data)), b"")

    def scan(self, code: bytes, symbology: str) -> None:
        """The reports of a scan, as interrupt transfers."""
        for report in reports(code, symbology):
            self._transfer(INTERRUPT, 0x81, (None, b"", 64), report)

    def write(self, path: Path) -> None:
        path.write_bytes(b"".join(self._packets))

    def _transfer(self, kind: int, end: int, submitted: tuple[bytes | None, bytes, int], answer: bytes) -> None:
        self._transfers += 1
        setup, data, wanted = submitted
        self._packet("S", kind, end, setup, data, STARTED, wanted)
        self._packet("C", kind, end, None, answer, 0, len(answer) or len(data))

    def _packet(
        self, event: str, kind: int, end: int, setup: bytes | None, data: bytes, status: int, length: int
    ) -> None:
        """One event of usbmon, as Documentation/usb/usbmon.rst of Linux lays it out."""
        self._at_us += 1000
        seconds, us = divmod(self._at_us, 1_000_000)
        no_setup, no_data = 0 if setup else ord("-"), 0 if data else ord("<" if end & 0x80 else ">")
        head = struct.pack(
            "<QBBBBHBBqiiII",
            self._transfers,
            ord(event),
            kind,
            end,
            5,
            1,
            no_setup,
            no_data,
            seconds,
            us,
            status,
            length,
            len(data),
        )
        packet = head + (setup or bytes(8)) + struct.pack("<iiII", 0, 0, 0, 0) + data
        self._packets.append(struct.pack("<IIII", seconds, us, len(packet), len(packet)) + packet)


def of_a_session(scans: list[tuple[bytes, str]]) -> Recording:
    """What a driver says and hears: who are you, wake up, and scans."""
    recording = Recording()
    recording.ask(REPORT_DESCRIPTOR_WANTED, REPORT_DESCRIPTOR)
    recording.tell(WAKE_UP, b"\xfe\x01")
    for code, symbology in scans:
        recording.scan(code, symbology)
    return recording

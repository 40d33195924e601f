"""HID point-of-sale scanners, beyond the common contract: reports of any layout, and only scanners are opened."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from drivers.roles import DeviceError
from drivers.scanners.decoded import DecodedScan
from drivers.scanners.decoding.hid_pos import COMMON, HidPosDecoder, is_scanner, layout_of
from drivers.scanners.decoding.hid_report import Field, Usage, input_fields
from drivers.scanners.hid_pos import HidPosScanner
from sim.scanners.usb import REPORT_DESCRIPTOR, SimUsbScanner, reports
from tests import usb_recording
from tests.scanners import run, take, text

ROOT = Path(__file__).parents[3]
FRAMES = Path(__file__).parent / "frames" / "hid_pos_honeywell.txt"
KEYBOARD = bytes.fromhex("05010906a101050719e029e71500250175019508810295017508810395067508150025650507190029658100c0")
# Identifiers in separate fields and no byte count: the other layout that makers use
NO_COUNT = bytes.fromhex(
    "058c0902a1018502150026ff007508950109fb810209fc810209fd8102953809fe82020175019501250109ff810275078103c0"
)


def recorded() -> list[bytes]:
    return [bytes.fromhex(line) for line in FRAMES.read_text().splitlines() if not line.startswith("#")]


def test_what_a_honeywell_scanner_sent() -> None:
    for layout in (COMMON, layout_of(REPORT_DESCRIPTOR)):
        decoder = HidPosDecoder(layout, 4096)
        codes = [code for report in recorded() for code in decoder.feed(report)]
        assert [code.symbology for code in codes] == ["]X0", "]Z6"]
        assert codes[0].data.startswith(b"Product Name: Voyager 1602g\r\n")
        assert b"Serial Number: 15232B1F0C\r\n" in codes[0].data
        assert codes[0].data.endswith(b"Checksum: N/A")
        assert codes[1].data == b"REVINF\x06."


def test_the_layout_is_the_devices_own() -> None:
    layout = layout_of(NO_COUNT)
    assert (layout.data, layout.symbology, layout.length) == (slice(4, 60), slice(1, 4), None)
    decoder = HidPosDecoder(layout, 100)
    first = b"\x02]Q1" + b"A" * 56 + b"\x01"
    last = b"\x02]Q1" + b"B".ljust(56, b"\0") + b"\x00"
    assert decoder.feed(first) == []
    assert decoder.feed(last) == [DecodedScan(b"A" * 56 + b"B", "]Q1")]


def test_a_byte_count_keeps_zeros_that_are_data() -> None:
    decoder = HidPosDecoder(layout_of(REPORT_DESCRIPTOR), 100)
    (report,) = reports(b"a\0b\0")
    assert decoder.feed(report) == [DecodedScan(b"a\0b\0", "]E0")]


def test_a_keyboard_is_no_scanner() -> None:
    assert not is_scanner(KEYBOARD)
    assert is_scanner(REPORT_DESCRIPTOR)
    assert input_fields(KEYBOARD)[0] == Field(0, Usage(7, 0xE0), 0, 1, 1)
    assert input_fields(KEYBOARD)[-1] == Field(0, Usage(7, 0), 16, 8, 6)


def test_a_scan_too_long_is_dropped_whole() -> None:
    decoder = HidPosDecoder(COMMON, 60)
    for report in reports(b"x" * 500):
        assert decoder.feed(report) == []
    assert decoder.dropped == 1
    assert [code.data for report in reports(b"96385074") for code in decoder.feed(report)] == [b"96385074"]


def test_over_usb_long_codes_and_their_kinds_come_whole() -> None:
    async def go() -> None:
        device = SimUsbScanner()
        scanner = HidPosScanner(HidPosScanner.Config(usb="0c2e:0b6a"), device)
        await scanner.open()
        assert device.awake  # Honeywell scanners only send after a command
        device.scan("https://id.gs1.example/01/09501101020917/10/" + "A" * 200, "]Q1")
        device.scan("96385074", "]E4")
        scans = await take(scanner, 2)
        assert [len(scan.data) for scan in scans] == [244, 8]
        assert [scan.symbology for scan in scans] == ["]Q1", "]E4"]
        await scanner.close()
        assert device.kernel_has_it

    run(go())


def test_a_device_that_is_no_scanner_is_left_to_the_kernel() -> None:
    async def go() -> None:
        device = SimUsbScanner()
        device.descriptor = KEYBOARD
        with pytest.raises(DeviceError, match="wasn't found"):
            await HidPosScanner(HidPosScanner.Config(usb="0c2e:0b6a"), device).open()
        assert device.kernel_has_it

    run(go())


def test_of_two_the_one_with_the_serial_number_is_taken() -> None:
    async def go() -> None:
        device = SimUsbScanner(serial="15232B1F0C")
        with pytest.raises(DeviceError, match="wasn't found"):
            await HidPosScanner(HidPosScanner.Config(usb="0c2e:0b6a", serial="other"), device).open()
        scanner = HidPosScanner(HidPosScanner.Config(usb="0c2e:0b6a", serial="15232B1F0C"), device)
        await scanner.open()
        device.scan("96385074")
        assert text(await take(scanner, 1)) == ["96385074"]
        await scanner.close()

    run(go())


def test_libusb_itself_is_asked_where_there_is_one() -> None:
    """The real path as far as possible without hardware: libusb is loaded, and finds nothing."""

    async def go() -> None:
        with pytest.raises(DeviceError, match=r"wasn't found|libusb"):
            await HidPosScanner(HidPosScanner.Config(usb="ffff:fffe")).open()

    run(go())


READ = """
import asyncio
from drivers import registry
async def main():
    scanner = registry.create("scanner", "hid_pos", {"usb": "0c2e:0b6a"})
    await scanner.open()
    async with asyncio.timeout(20):
        scans = scanner.scans()
        for _ in range(2):
            scan = await anext(scans)
            print(scan.symbology, scan.data.decode())
    await scanner.close()
asyncio.run(main())
"""


@pytest.mark.needs("umockdev-run")
def test_through_libusb_and_the_kernels_calls_a_recorded_session_is_read(tmp_path: Path) -> None:
    """This machine's libusb claims the device, reads its report descriptor, wakes it up, and reads."""
    (tmp_path / "device").write_text(usb_recording.description())
    link = b"https://id.gs1.example/01/09501101020917/10/" + b"A" * 60
    usb_recording.of_a_session([(b"4006381333931", "]E0"), (link, "]Q1")]).write(tmp_path / "pcap")
    played = ["--device", str(tmp_path / "device"), "--pcap", f"{usb_recording.PATH}={tmp_path / 'pcap'}"]
    command = ["umockdev-run", *played, "--", sys.executable, "-c", READ]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env, timeout=60)
    if "libusb" in done.stderr:
        pytest.skip("missing: libusb-1.0-0")
    assert done.stdout.splitlines() == ["]E0 4006381333931", f"]Q1 {link.decode()}"], done.stderr

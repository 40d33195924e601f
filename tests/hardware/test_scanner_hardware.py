"""Scanners as they stand on the counter, with a person who scans. Run with -s, and do what it says."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from drivers import registry
from drivers.roles import DeviceError, Scan, Scanner
from edge.runtime.config import Device

SHEET = {
    "EAN-13": ("4006381333931", zxingcpp.BarcodeFormat.EAN13),
    "EAN-8": ("96385074", zxingcpp.BarcodeFormat.EAN8),
    "Code 128": ("Edge-128/abc XYZ", zxingcpp.BarcodeFormat.Code128),
    "QR": ("https://id.gs1.org/01/09501101020917", zxingcpp.BarcodeFormat.QRCode),
}
MINUTES_S = 120
BACK_WITHIN_S = 5.0


def sheet(path: Path) -> None:
    """The codes to scan, to be shown on a screen or printed."""
    page = Image.new("L", (900, 250 * len(SHEET)), 255)
    pen = ImageDraw.Draw(page)
    for place, (title, (text, kind)) in enumerate(SHEET.items()):
        bars: Any = zxingcpp.create_barcode(text, kind).to_image(scale=3, add_quiet_zones=True)
        height, width = bars.shape[:2]
        page.paste(
            Image.frombuffer("L", (width, height), bytes(bars)).crop((0, 0, width, min(height, 200))),
            (20, place * 250 + 40),
        )
        pen.text((20, place * 250 + 10), title, fill=0)
    page.save(path)


@asynccontextmanager
async def opened(device: Device) -> AsyncIterator[Scanner]:
    scanner = registry.create("scanner", device.driver, device.options)
    await scanner.open()
    try:
        yield scanner
    finally:
        await scanner.close()


def at_the_counter(devices: tuple[Device, ...], test: Callable[[Device], Coroutine[Any, Any, None]]) -> None:
    scanners = [device for device in devices if device.role == "scanner"]
    if not scanners:
        pytest.skip("missing: a scanner in that configuration")
    for device in scanners:
        print(f"\n=== {device.name} ({device.driver}) ===")
        asyncio.run(asyncio.wait_for(test(device), 10 * MINUTES_S))


def told(scan: Scan) -> str:
    late_ms = (time.monotonic_ns() // 1000 - scan.at_mono_us) / 1000
    return f"{scan.data!r} {scan.symbology or ''} ({late_ms:.2f} ms after its last byte)"


def test_each_kind_of_code_comes_as_it_is(devices: tuple[Device, ...], tmp_path: Path) -> None:
    sheet(tmp_path / "codes.png")

    async def go(device: Device) -> None:
        async with opened(device) as scanner:
            scans = scanner.scans()
            for title, (text, _) in SHEET.items():
                print(f"Scan the {title} on {tmp_path / 'codes.png'} ...")
                scan = await asyncio.wait_for(anext(scans), MINUTES_S)
                print("  " + told(scan))
                assert scan.data.decode().endswith(text)  # an AIM identifier may stand before it

    at_the_counter(devices, go)


def test_twenty_fast_scans_are_twenty(devices: tuple[Device, ...]) -> None:
    async def go(device: Device) -> None:
        async with opened(device) as scanner:
            print("Scan any code twenty times, as fast as you can, counting aloud; then wait three seconds ...")
            scans = scanner.scans()
            got = [await asyncio.wait_for(anext(scans), MINUTES_S)]
            with contextlib.suppress(TimeoutError):
                while True:
                    got.append(await asyncio.wait_for(anext(scans), 3))
            took_s = (got[-1].at_mono_us - got[0].at_mono_us) / 1e6
            print(f"  {len(got)} scans in {took_s:.1f} s")
            assert len(got) == 20
            assert len({scan.data for scan in got}) == 1

    at_the_counter(devices, go)


def test_a_pulled_cable_is_said_and_the_scanner_is_back(devices: tuple[Device, ...]) -> None:
    async def go(device: Device) -> None:
        scanner = registry.create("scanner", device.driver, device.options)
        await scanner.open()
        print("Pull the scanner's cable (or switch it off) ...")
        with pytest.raises(DeviceError) as lost:
            await asyncio.wait_for(anext(scanner.scans()), MINUTES_S)
        print(f"  {lost.value}")
        await scanner.close()
        print("Put it in again, and press Enter here at once ...")
        await asyncio.to_thread(input)
        async with asyncio.timeout(BACK_WITHIN_S):
            while True:
                try:
                    await scanner.open()
                    break
                except DeviceError:
                    await asyncio.sleep(0.2)
        print("It is back. Scan something ...")
        print("  " + told(await asyncio.wait_for(anext(scanner.scans()), MINUTES_S)))
        await scanner.close()

    at_the_counter(devices, go)

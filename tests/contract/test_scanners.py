"""What every scanner driver owes the shop. A new driver is one more rig in RIGS."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import os
import statistics
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Protocol

import pytest

from drivers import registry
from drivers.roles import DeviceError, Scan, Scanner
from drivers.scanner_serial import SerialScanner
from sim.scanner import SimScanner

DEADLINE_S = 5.0


class Rig(Protocol):
    """A driver and the device it talks to."""

    address: str

    def driver(self) -> Scanner: ...
    def burst(self, codes: list[str]) -> None:
        """All codes in one write."""

    def pieces(self, code: str) -> Iterator[None]:
        """One code in several writes, one a step."""

    def unplug(self) -> None: ...
    def replug(self) -> None: ...


class SerialRig:
    def __init__(self, folder: Path) -> None:
        self.device = SimScanner(link=folder / "scanner")
        self.address = self.device.path

    def driver(self) -> Scanner:
        return registry.create("scanner", "serial", {"path": self.address})

    def burst(self, codes: list[str]) -> None:
        self.device.type("\r".join(codes))

    def pieces(self, code: str) -> Iterator[None]:
        for byte in code:
            self.device.type(byte, suffix=b"")
            yield
        self.device.type(b"", suffix=b"\r")

    def unplug(self) -> None:
        self.device.unplug()

    def replug(self) -> None:
        self.device.replug()


RIGS: dict[str, Callable[[Path], Rig]] = {"serial": SerialRig}


@pytest.fixture(params=RIGS)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    made = RIGS[request.param](tmp_path)
    yield made
    made.unplug()


def run(test: Coroutine[None, None, None]) -> None:
    async def in_time() -> None:
        async with asyncio.timeout(DEADLINE_S):
            await test

    asyncio.run(in_time())


async def take(scanner: Scanner, count: int) -> list[Scan]:
    got: list[Scan] = []
    async for scan in scanner.scans():
        got.append(scan)
        if len(got) == count:
            break
    return got


def descriptors() -> list[Path]:
    return sorted(Path("/proc/self/fd").iterdir())


def text(scans: list[Scan]) -> list[str]:
    return [scan.data.decode() for scan in scans]


def test_scans_come_in_order(rig: Rig) -> None:
    async def go() -> None:
        scanner = rig.driver()
        await scanner.open()
        before_us = time.monotonic_ns() // 1000
        for code in ("4006381333931", "96385074", "A"):
            rig.burst([code])
        scans = await take(scanner, 3)
        assert text(scans) == ["4006381333931", "96385074", "A"]
        times = [scan.at_mono_us for scan in scans]
        assert before_us <= times[0] <= times[1] <= times[2] <= time.monotonic_ns() // 1000
        await scanner.close()

    run(go())


def test_a_burst_of_200_scans_loses_nothing(rig: Rig) -> None:
    async def go() -> None:
        scanner = rig.driver()
        await scanner.open()
        codes = [f"20{n:011d}" for n in range(200)]
        rig.burst(codes)
        assert text(await take(scanner, 200)) == codes
        await scanner.close()

    run(go())


def test_a_reader_that_sleeps_through_thousands_of_scans_misses_none(rig: Rig) -> None:
    async def go() -> None:
        scanner = rig.driver()
        await scanner.open()
        codes = [f"20{n:011d}" for n in range(3000)]
        for start in range(0, 3000, 100):
            rig.burst(codes[start : start + 100])
        assert text(await take(scanner, 3000)) == codes
        await scanner.close()

    run(go())


def test_a_scan_in_pieces_is_one_scan(rig: Rig) -> None:
    async def go() -> None:
        scanner = rig.driver()
        await scanner.open()
        first = asyncio.create_task(take(scanner, 1))
        for _ in rig.pieces("4006381333931"):
            await asyncio.sleep(0)
        assert text(await first) == ["4006381333931"]
        await scanner.close()

    run(go())


def test_unplugging_is_said_in_plain_words_and_after_the_scans_before_it(rig: Rig) -> None:
    async def go() -> None:
        scanner = rig.driver()
        await scanner.open()
        rig.burst(["11111111", "22222222"])
        scans = scanner.scans()
        assert (await anext(scans)).data == b"11111111"
        rig.unplug()
        assert (await anext(scans)).data == b"22222222"
        with pytest.raises(DeviceError) as lost:
            await anext(scans)
        assert rig.address in lost.value.what
        assert "plug" in lost.value.advice
        await scanner.close()

    run(go())


def test_a_missing_scanner_is_said_in_plain_words(rig: Rig) -> None:
    async def go() -> None:
        rig.unplug()
        with pytest.raises(DeviceError, match="was not found") as absent:
            await rig.driver().open()
        assert rig.address in absent.value.what

    run(go())


def test_a_replugged_scanner_works_again(rig: Rig) -> None:
    async def go() -> None:
        scanner = rig.driver()
        for code in ("11111111", "22222222", "33333333"):
            await scanner.open()
            rig.burst([code])
            assert text(await take(scanner, 1)) == [code]
            rig.unplug()
            with pytest.raises(DeviceError):
                await take(scanner, 1)
            await scanner.close()
            rig.replug()

    run(go())


def test_close_ends_the_scans_and_gives_back_every_descriptor(rig: Rig) -> None:
    async def go() -> None:
        before = descriptors()
        scanner = rig.driver()
        for _ in range(3):
            await scanner.open()
            waiting = asyncio.create_task(take(scanner, 1))
            await asyncio.sleep(0)
            await scanner.close()
            assert await waiting == []
            await scanner.close()
        assert descriptors() == before

    run(go())


def test_a_second_program_is_told_that_the_scanner_is_in_use(rig: Rig) -> None:
    async def go() -> None:
        scanner = rig.driver()
        await scanner.open()
        with pytest.raises(DeviceError, match="in use"):
            await rig.driver().open()
        rig.burst(["11111111"])
        assert text(await take(scanner, 1)) == ["11111111"]
        await scanner.close()

    run(go())


def test_a_scan_arrives_at_once(rig: Rig) -> None:
    """Well under a millisecond on an idle machine; the limit here allows for a busy one."""

    async def go() -> None:
        scanner = rig.driver()
        await scanner.open()
        scans = scanner.scans()
        took_ms = []
        for n in range(100):
            code = f"20{n:011d}"
            start = time.perf_counter()
            rig.burst([code])
            assert (await anext(scans)).data == code.encode()
            took_ms.append((time.perf_counter() - start) * 1000)
        print(f"write to Scan: median {statistics.median(took_ms):.3f} ms, worst {max(took_ms):.3f} ms")
        assert statistics.median(took_ms) < 5
        await scanner.close()

    run(go())


# what the serial driver adds


def serial(device: SimScanner, **options: object) -> Scanner:
    return registry.create("scanner", "serial", {"path": device.path, **options})


@pytest.fixture
def device() -> Iterator[SimScanner]:
    made = SimScanner()
    yield made
    made.close()


@pytest.mark.parametrize(
    ("suffix", "typed"),
    [
        ("line", b"\x02111\x03\r\n222\n333\r"),
        ("etx", b"\x02111\x03\x02222\x03\x02333\x03"),
        ("tab", b"111\t222\t333\t"),
    ],
)
def test_serial_suffixes(device: SimScanner, suffix: str, typed: bytes) -> None:
    async def go() -> None:
        scanner = serial(device, suffix=suffix)
        await scanner.open()
        device.type(typed, suffix=b"")
        assert text(await take(scanner, 3)) == ["111", "222", "333"]
        await scanner.close()

    run(go())


def test_serial_without_suffix_a_pause_ends_the_scan(device: SimScanner) -> None:
    async def go() -> None:
        scanner = serial(device, suffix="none", idle_gap_ms=20)
        await scanner.open()
        device.type("111", suffix=b"")
        assert text(await take(scanner, 1)) == ["111"]
        await scanner.close()

    run(go())


def test_serial_a_scan_that_broke_off_does_not_spoil_the_next(device: SimScanner) -> None:
    async def go() -> None:
        scanner = SerialScanner(SerialScanner.Config(path=device.path, idle_gap_ms=1))
        await scanner.open()
        device.type("400638", suffix=b"")
        while not scanner.dropped:  # noqa: ASYNC110  nothing tells of it; run() has the deadline
            await asyncio.sleep(0)
        device.type("96385074")
        assert text(await take(scanner, 1)) == ["96385074"]
        await scanner.close()

    run(go())


def test_serial_a_file_is_no_port(tmp_path: Path) -> None:
    async def go() -> None:
        (tmp_path / "notes.txt").write_text("")
        with pytest.raises(DeviceError, match="is not a serial port"):
            await registry.create("scanner", "serial", {"path": str(tmp_path / "notes.txt")}).open()

    run(go())


def test_serial_takes_the_port_for_itself_alone(device: SimScanner) -> None:
    """Against programs that ask for no lock the kernel's own flag helps; root passes it."""

    async def go() -> None:
        scanner = serial(device)
        await scanner.open()
        if os.geteuid() != 0:
            with pytest.raises(OSError) as busy:
                os.open(device.path, os.O_RDWR | os.O_NOCTTY)
            assert busy.value.errno == errno.EBUSY
        else:
            with contextlib.closing(open(device.path, "rb", buffering=0)) as other, pytest.raises(OSError):  # noqa: PTH123, ASYNC230
                fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        await scanner.close()

    run(go())


def test_sim_scanner_says_when_nobody_reads(device: SimScanner) -> None:
    async def go() -> None:
        with pytest.raises(BlockingIOError):
            for _ in range(200):
                device.type("x" * 1000)
        device.unplug()
        with pytest.raises(OSError, match="unplugged"):
            device.type("1")

    run(go())

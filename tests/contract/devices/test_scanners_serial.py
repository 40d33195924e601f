"""Serial scanners, beyond the common contract: framing, prefix and suffix, and finding the speed."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import termios
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from drivers import registry
from drivers.roles import DeviceError, Scanner
from drivers.scanners.serial import SerialScanner
from sim.scanners.serial import SimScanner
from tests.scanners import run, take, text
from tests.sync_doubles import until


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


def test_seven_bits_and_a_parity_bit(device: SimScanner, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pty ignores them, so only the request to the port is checked."""
    asked: list[int] = []
    tcsetattr_itself = termios.tcsetattr

    def tcsetattr(fd: int, when: int, attributes: list[Any]) -> None:
        asked.append(attributes[2])
        tcsetattr_itself(fd, when, attributes)

    monkeypatch.setattr("serial.serialposix.termios.tcsetattr", tcsetattr)

    async def go() -> None:
        scanner = serial(device, bits=7, parity="odd")
        await scanner.open()
        await scanner.close()

    run(go())
    assert asked[-1] & termios.CSIZE == termios.CS7
    assert asked[-1] & (termios.PARENB | termios.PARODD) == termios.PARENB | termios.PARODD


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
        await until(lambda: scanner.dropped, "the scan is dropped")
        device.type("96385074")
        assert text(await take(scanner, 1)) == ["96385074"]
        await scanner.close()

    run(go())


def test_serial_a_file_is_no_port(tmp_path: Path) -> None:
    async def go() -> None:
        (tmp_path / "notes.txt").write_text("")
        with pytest.raises(DeviceError, match="isn't a serial port"):
            await registry.create("scanner", "serial", {"path": str(tmp_path / "notes.txt")}).open()

    run(go())


def test_serial_takes_the_port_for_itself_alone(device: SimScanner) -> None:
    """It takes a lock that ends with the process. The kernel's own flag would survive a killed process."""

    async def go() -> None:
        scanner = serial(device)
        await scanner.open()
        # otherwise the port would become this session's terminal
        other = os.open(device.path, os.O_RDONLY | os.O_NOCTTY)
        with pytest.raises(OSError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(other)
        await scanner.close()

    run(go())


def test_sim_scanner_says_when_no_one_reads(device: SimScanner) -> None:
    async def go() -> None:
        with pytest.raises(BlockingIOError):
            for _ in range(200):
                device.type("x" * 1000)
        device.unplug()
        with pytest.raises(OSError, match="unplugged"):
            device.type("1")

    run(go())


def test_serial_a_prefix_is_taken_off_and_what_lacks_it_dropped(device: SimScanner) -> None:
    async def go() -> None:
        scanner = SerialScanner(SerialScanner.Config(path=device.path, prefix="~A"))
        await scanner.open()
        device.type(b"~A111\r4006\r~A\r~A222\r", suffix=b"")
        assert text(await take(scanner, 2)) == ["111", "222"]
        assert scanner.dropped == 1
        await scanner.close()

    run(go())


@pytest.mark.parametrize("baud", [9600, 115_200, 38_400, 19_200, 57_600, 4800])
def test_serial_the_speed_is_found_by_listening(baud: int) -> None:
    """At a wrong speed, neither noise nor the rest of a scan counts as a scan."""

    async def go(device: SimScanner) -> None:
        scanner = SerialScanner(SerialScanner.Config(path=device.path, find_baud=True, idle_gap_ms=20))
        await scanner.open()
        first = asyncio.create_task(take(scanner, 2))
        while not first.done():
            device.type("4006381333931")
            await asyncio.wait([first], timeout=0.05)
        assert set(text(await first)) == {"4006381333931"}
        assert scanner.baud == baud
        await scanner.close()
        await scanner.open()  # the speed found is kept
        device.type("96385074")
        assert text(await take(scanner, 1)) == ["96385074"]
        await scanner.close()

    with contextlib.closing(SimScanner(baud=baud)) as device:
        run(go(device))


def test_serial_without_a_suffix_no_speed_is_looked_for() -> None:
    with pytest.raises(registry.BadOptions, match="to tell scans from noise") as refused:
        registry.create("scanner", "serial", {"path": "/dev/x", "find_baud": True, "suffix": "none"})
    assert refused.value.key == "suffix"

"""The contract of all scanner drivers. A new driver is a new rig in RIGS."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.roles import Beeper, DeviceError
from tests.scanners import (
    CameraRig,
    HidPosRig,
    KeyboardRig,
    ListeningRig,
    NetworkRig,
    PhoneRig,
    Rig,
    SerialRig,
    SsiRig,
    run_with,
    take,
    text,
)

RIGS: dict[str, type[Rig]] = {
    "serial": SerialRig,
    "ssi": SsiRig,
    "keyboard": KeyboardRig,
    "hid_pos": HidPosRig,
    "network": NetworkRig,
    "listen": ListeningRig,
    "camera": CameraRig,
    "phone": PhoneRig,
}


@pytest.fixture(params=RIGS)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    yield RIGS[request.param](tmp_path)


@pytest.fixture
def leaving(rig: Rig) -> Rig:
    if not rig.leaves:
        pytest.skip("its devices come and go, and none is missed")
    return rig


def codes(count: int) -> list[str]:
    return [f"20{n:011d}" for n in range(count)]


def descriptors() -> list[Path]:
    return sorted(Path("/proc/self/fd").iterdir())


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

    run_with(rig, go)


def test_a_burst_of_200_scans_loses_nothing(rig: Rig) -> None:
    async def go() -> None:
        scanner = rig.driver()
        await scanner.open()
        burst = codes(min(200, rig.most))
        rig.burst(burst)
        assert text(await take(scanner, len(burst))) == burst
        await scanner.close()

    run_with(rig, go)


def test_20_scans_a_second_lose_none_and_keep_their_order(rig: Rig) -> None:
    async def go() -> None:
        scanner = rig.driver()
        await scanner.open()
        loop = asyncio.get_running_loop()
        for n, code in enumerate(codes(20)):
            loop.call_later(n / 20, rig.burst, [code])
        assert text(await take(scanner, 20)) == codes(20)
        await scanner.close()

    run_with(rig, go)


def test_a_reader_that_sleeps_through_thousands_of_scans_misses_none(rig: Rig) -> None:
    async def go() -> None:
        scanner = rig.driver()
        await scanner.open()
        due = codes(rig.most)
        for start in range(0, len(due), 100):
            rig.burst(due[start : start + 100])
        assert text(await take(scanner, len(due))) == due
        await scanner.close()

    run_with(rig, go)


def test_a_scan_in_pieces_is_one_scan(rig: Rig) -> None:
    async def go() -> None:
        scanner = rig.driver()
        await scanner.open()
        first = asyncio.create_task(take(scanner, 1))
        for _ in rig.pieces("4006381333931"):
            await asyncio.sleep(0)
        assert text(await first) == ["4006381333931"]
        await scanner.close()

    run_with(rig, go)


def test_unplugging_is_said_in_plain_words_and_after_the_scans_before_it(leaving: Rig) -> None:
    async def go() -> None:
        scanner = leaving.driver()
        await scanner.open()
        leaving.burst(["11111111", "22222222"])
        scans = scanner.scans()
        assert (await anext(scans)).data == b"11111111"
        await leaving.sent()
        leaving.unplug()
        assert (await anext(scans)).data == b"22222222"
        with pytest.raises(DeviceError) as lost:
            await anext(scans)
        assert leaving.address in lost.value.what
        assert "plug" in lost.value.advice
        await scanner.close()

    run_with(leaving, go)


def test_a_missing_scanner_is_said_in_plain_words(leaving: Rig) -> None:
    async def go() -> None:
        leaving.unplug()
        with pytest.raises(DeviceError, match=leaving.missing) as absent:
            await leaving.driver().open()
        assert leaving.address in absent.value.what

    run_with(leaving, go)


def test_a_replugged_scanner_works_again(leaving: Rig) -> None:
    async def go() -> None:
        scanner = leaving.driver()
        for code in ("11111111", "22222222", "33333333"):
            await scanner.open()
            leaving.burst([code])
            assert text(await take(scanner, 1)) == [code]
            leaving.unplug()
            with pytest.raises(DeviceError):
                await take(scanner, 1)
            await scanner.close()
            await leaving.replug()

    run_with(leaving, go)


def test_close_ends_the_scans_and_gives_back_every_descriptor(rig: Rig) -> None:
    async def go() -> None:
        scanner = rig.driver()
        before = descriptors()
        for _ in range(3):
            await scanner.open()
            waiting = asyncio.create_task(take(scanner, 1))
            await asyncio.sleep(0)
            await scanner.close()
            assert await waiting == []
            await scanner.close()
        while descriptors() != before:  # noqa: ASYNC110  the other end, in this process too, closes a moment later
            await asyncio.sleep(0)

    run_with(rig, go)


def test_a_second_program_is_told_that_the_scanner_is_in_use(rig: Rig) -> None:
    if not rig.exclusive:
        pytest.skip("this wire has room for several")

    async def go() -> None:
        scanner = rig.driver()
        await scanner.open()
        with pytest.raises(DeviceError, match="in use"):
            await rig.driver().open()
        rig.burst(["11111111"])
        assert text(await take(scanner, 1)) == ["11111111"]
        await scanner.close()

    run_with(rig, go)


def test_a_scan_arrives_at_once(rig: Rig) -> None:
    """It takes well under a millisecond on an idle machine; the limit here allows for a busy one."""

    async def go() -> None:
        scanner = rig.driver()
        await scanner.open()
        scans = scanner.scans()
        took_ms = []
        for code in codes(min(100, rig.most)):
            start = time.perf_counter()
            rig.burst([code])
            assert (await anext(scans)).data == code.encode()
            took_ms.append((time.perf_counter() - start) * 1000)
        print(f"write to Scan: median {statistics.median(took_ms):.3f} ms, worst {max(took_ms):.3f} ms")
        assert statistics.median(took_ms) < rig.at_once_ms
        await scanner.close()

    run_with(rig, go)


def test_a_scanner_that_a_computer_may_have_beep_does_and_goes_on_reading(tmp_path: Path) -> None:
    rig = SsiRig(tmp_path)

    async def go() -> None:
        scanner = rig.driver()
        assert isinstance(scanner, Beeper)
        with pytest.raises(DeviceError):
            await scanner.beep()
        await scanner.open()
        await scanner.beep()
        rig.burst(["96385074"])
        assert text(await take(scanner, 1)) == ["96385074"]
        while not rig.device.beeps:  # noqa: ASYNC110  run_with has the deadline
            await asyncio.sleep(0)
        await scanner.close()

    run_with(rig, go)

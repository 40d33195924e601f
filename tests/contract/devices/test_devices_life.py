"""Scanners in daily use, over real connections up to the basket: pulled cables, bursts, garbage, and a stuck key."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from edge.lib.i18n import translate
from sim.scanners.keyboard import SimKeyboardScanner, events
from sim.scanners.network import SimNetworkScanner
from sim.scanners.serial import SimScanner
from tests.counter import CODES, open_counter
from tests.shop_fixture import run

BACK_WITHIN_S = 5.0
Device = SimScanner | SimKeyboardScanner | SimNetworkScanner


def section(driver: str, device: Device, name: str = "scanner") -> str:
    where = (
        f'path = "{device.path}"'
        if not isinstance(device, SimNetworkScanner)
        else f'host = "127.0.0.1"\nport = {device.port}'
    )
    return f'[[device]]\nname = "{name}"\nrole = "scanner"\ndriver = "{driver}"\n{where}\n'


MAKE: dict[str, Callable[[Path], Device]] = {
    "serial": lambda folder: SimScanner(folder / "tty"),
    "keyboard": lambda folder: SimKeyboardScanner(folder / "event0"),
    "network": lambda folder: SimNetworkScanner(),
}


@pytest.mark.parametrize("driver", MAKE)
def test_a_pulled_cable_is_said_once_and_the_scanner_back_within_five_seconds(driver: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        device = MAKE[driver](tmp_path)
        async with open_counter(tmp_path, section(driver, device)) as counter:
            await counter.part_is("scanner", "ok")
            device.type(CODES[0])
            await counter.holds(["p0"])
            device.unplug()
            await counter.part_is("scanner", "lost")
            state = counter.supervisor.states["scanner"]
            assert translate("he", state.key) != state.key
            while state.key not in ("device.not_found", "device.refused"):  # until it was tried again
                await asyncio.sleep(0.01)
                state = counter.supervisor.states["scanner"]
            device.replug()
            await counter.part_is("scanner", "ok", BACK_WITHIN_S)
            device.type(CODES[1])
            await counter.holds(["p0", "p1"])
            assert counter.said("scanner") == ["lost", "back"]
        device.unplug()

    run(scenario())


@pytest.mark.parametrize("driver", MAKE)
def test_twenty_scans_a_second_are_all_in_the_basket_in_their_order(driver: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        device = MAKE[driver](tmp_path)
        async with open_counter(tmp_path, section(driver, device)) as counter:
            await counter.part_is("scanner", "ok")
            loop = asyncio.get_running_loop()
            for number, code in enumerate(CODES):
                loop.call_later(number / 20, device.type, code)
            await counter.holds([f"p{number}" for number in range(20)])
        device.unplug()

    run(scenario())


GARBAGE = [
    b"\x00\xff\xfe\x80\x1b[31m\r",  # noise
    CODES[1][:7].encode() + b"\r",  # half a code
    (CODES[1] + CODES[2]).encode() + b"\r",  # two codes glued together
    (CODES[1][:-1] + str((int(CODES[1][-1]) + 1) % 10)).encode() + b"\r",  # a wrong check digit
    b"1" * 5000 + b"\r",  # far too long
    b"\r\r\r\n",
]


@pytest.mark.parametrize("garbage", GARBAGE, ids=["noise", "half", "glued", "check digit", "too long", "empty"])
@pytest.mark.parametrize("driver", ["serial", "network"])
def test_garbage_makes_no_line_and_stops_nothing(driver: str, garbage: bytes, tmp_path: Path) -> None:
    async def scenario() -> None:
        device = MAKE[driver](tmp_path)
        assert not isinstance(device, SimKeyboardScanner)
        async with open_counter(tmp_path, section(driver, device)) as counter:
            await counter.part_is("scanner", "ok")
            device.type(CODES[0])
            for start in range(0, len(garbage), 100):
                device.type(garbage[start : start + 100], suffix=b"")
            device.type(CODES[3])
            await counter.holds(["p0", "p3"])
            assert counter.said("scanner") == []
        device.unplug()

    run(scenario())


def test_a_stuck_key_stops_neither_its_scanner_nor_another(tmp_path: Path) -> None:
    async def scenario() -> None:
        stuck, other = SimKeyboardScanner(tmp_path / "event0"), SimScanner(tmp_path / "tty")
        sections = section("keyboard", stuck, "stuck") + "idle_gap_ms = 20\n" + section("serial", other, "other")
        async with open_counter(tmp_path, sections) as counter:
            await counter.part_is("stuck", "ok")
            await counter.part_is("other", "ok")
            repeats(stuck, 30 * 600)  # ten minutes of repeats at once
            other.type(CODES[0])
            await counter.holds(["p0"])
            while counter.basket() == ["p0"]:  # the text that the key typed is discarded after a moment
                stuck.type(CODES[1])
                await asyncio.sleep(0.1)
            assert set(counter.basket()[1:]) == {"p1"}
            assert counter.said("stuck") == []
        for device in (stuck, other):
            device.unplug()

    run(scenario())


def repeats(device: SimKeyboardScanner, times: int) -> None:
    """Press the key 1, and repeat it without release."""
    device.send(events((1, 2, 1), (0, 0, 0)) + events((1, 2, 2), (0, 0, 1)) * times)


def test_two_scanners_at_once_lose_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        one, two = SimKeyboardScanner(tmp_path / "event0"), SimScanner(tmp_path / "tty")
        async with open_counter(tmp_path, section("keyboard", one, "one") + section("serial", two, "two")) as counter:
            await counter.part_is("one", "ok")
            await counter.part_is("two", "ok")
            for number in range(0, 20, 2):
                one.type(CODES[number])
                two.type(CODES[number + 1])
            async with asyncio.timeout(30):
                while len(counter.basket()) < 20:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            products = counter.basket()
            assert [name for name in products if int(name[1:]) % 2 == 0] == [f"p{n}" for n in range(0, 20, 2)]
            assert [name for name in products if int(name[1:]) % 2 == 1] == [f"p{n}" for n in range(1, 20, 2)]
        for device in (one, two):
            device.unplug()

    run(scenario())

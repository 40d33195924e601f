"""The contract of all customer displays: each driver with a simulated display."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from drivers import registry
from drivers.roles import CustomerDisplay, DeviceError
from sim.display import SimDisplay

DEADLINE_S = 30.0
MODES = ("serial epson", "serial cd5220")
"""A driver, and the command set of its display."""


def driver(display: SimDisplay, mode: str, **options: object) -> CustomerDisplay:
    name, commands = mode.split()
    made = registry.create("customer_display", name, {"path": display.path, "commands": commands, **options})
    assert hasattr(made, "show")
    return made  # type: ignore[return-value]


def at_a_display(
    scenario: Callable[[SimDisplay, CustomerDisplay], Awaitable[None]], mode: str, code_page: str = "cp437"
) -> None:
    async def main() -> None:
        display = SimDisplay(code_page=code_page)
        device = driver(display, mode, code_page=code_page)
        try:
            async with asyncio.timeout(DEADLINE_S):
                await scenario(display, device)
                await device.close()
                assert display.unknown == []
        finally:
            display.close()

    asyncio.run(main())


@pytest.mark.parametrize("mode", MODES)
def test_two_lines_stand_as_they_were_given(mode: str) -> None:
    async def scenario(display: SimDisplay, device: CustomerDisplay) -> None:
        await device.open()
        await device.show("Crème brûlée    3.50", "TOTAL          12.00")
        await display.until(lambda lines: lines == ("Crème brûlée    3.50", "TOTAL          12.00"))
        await device.show("short", "")
        await display.until(lambda lines: lines == ("short" + " " * 15, " " * 20))

    at_a_display(scenario, mode)


@pytest.mark.parametrize("mode", MODES)
def test_what_is_too_long_is_cut_and_what_would_be_a_command_is_blank(mode: str) -> None:
    async def scenario(display: SimDisplay, device: CustomerDisplay) -> None:
        await device.open()
        await device.show("x" * 30, "a\x1b@b\x0cc\rd")
        await display.until(lambda lines: lines == ("x" * 20, "a @b c d" + " " * 12))

    at_a_display(scenario, mode)


@pytest.mark.parametrize("mode", MODES)
def test_hebrew_on_a_display_that_has_it(mode: str) -> None:
    async def scenario(display: SimDisplay, device: CustomerDisplay) -> None:
        await device.open()
        assert device.has("בלח")
        await device.show("בלח", "")
        await display.until(lambda lines: lines[0].rstrip() == "בלח")

    at_a_display(scenario, mode, "cp862")


@pytest.mark.parametrize("mode", MODES)
def test_it_says_which_letters_it_has(mode: str) -> None:
    async def scenario(display: SimDisplay, device: CustomerDisplay) -> None:
        assert device.columns == 20
        assert device.has("Café 1.20")
        assert not device.has("חלב")
        assert not device.has("\x1b")

    at_a_display(scenario, mode)


@pytest.mark.parametrize("mode", MODES)
def test_a_display_that_is_pulled_out_is_said_and_comes_back(tmp_path: Path, mode: str) -> None:
    async def main() -> None:
        display = SimDisplay(link=tmp_path / "display")
        device = driver(display, mode)
        try:
            async with asyncio.timeout(DEADLINE_S):
                await device.open()
                display.unplug()
                with pytest.raises(DeviceError) as lost:
                    await device.show("a", "b")
                assert str(tmp_path / "display") in lost.value.what
                assert lost.value.advice
                await device.close()
                with pytest.raises(DeviceError):
                    await device.open()
                display.replug()
                await device.open()
                await device.show("here", "again")
                await display.until(lambda lines: lines[0].startswith("here"))
                await device.close()
        finally:
            display.close()

    asyncio.run(main())


@pytest.mark.parametrize("mode", MODES)
def test_nothing_is_shown_before_it_is_open(mode: str) -> None:
    async def scenario(display: SimDisplay, device: CustomerDisplay) -> None:
        with pytest.raises(DeviceError):
            await device.show("a", "b")
        await device.close()

    at_a_display(scenario, mode)


@pytest.mark.parametrize("mode", MODES)
def test_a_display_that_takes_nothing_is_lost(mode: str) -> None:
    """Nothing reads at the display's end of the line, so the kernel's buffer fills up."""

    async def main() -> None:
        display = SimDisplay()
        device = driver(display, mode, stall_timeout_ms=100)
        try:
            async with asyncio.timeout(DEADLINE_S):
                await device.open()
                display.stall()
                with pytest.raises(DeviceError):
                    while True:
                        await device.show("a", "b")
                await device.close()
        finally:
            display.close()

    asyncio.run(main())


def test_noise_and_halves_of_commands_do_not_upset_the_simulated_one() -> None:
    display_bytes = b"\x1f$\x01\x02TOTAL\x1bQAup\r\xff\x05\x1f$\x63\x63\x1bZ"

    async def main() -> None:
        display = SimDisplay()
        try:
            for byte in display_bytes:
                display.take(bytes((byte,)))
            assert display.lines[0].startswith("up")
            assert display.lines[1].startswith("TOTAL")
            assert display.unknown == ["0x05", "US $ to 99, 99", "0x1b"]
        finally:
            display.close()

    asyncio.run(main())

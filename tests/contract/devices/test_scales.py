"""The contract of all scales: each driver with a simulated scale."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from drivers import registry
from drivers.roles import DeviceError, Scale, Weight
from sim.scale import ScaleProtocol, SimScale

DEADLINE_S = 30.0
DRIVERS: dict[str, ScaleProtocol] = {"cas": "cas", "nci": "nci", "sics": "sics"}
"""The protocol of each driver's scale."""
each = pytest.mark.parametrize("name", DRIVERS)
commanded = pytest.mark.parametrize("name", [name for name in DRIVERS if name != "cas"])
"""Scales with more commands than a weight request."""


def driver(name: str, sim: SimScale, **options: object) -> Scale:
    return registry.create("scale", name, {"path": sim.path, **options})


def at_a_scale(name: str, scenario: Callable[[SimScale, Scale], Awaitable[None]], **options: object) -> None:
    async def main() -> None:
        sim = SimScale(DRIVERS[name])
        scale = driver(name, sim, **options)
        try:
            async with asyncio.timeout(DEADLINE_S):
                await scale.open()
                await scenario(sim, scale)
                await scale.close()
                await scale.close()
        finally:
            sim.close()

    asyncio.run(main())


@each
@pytest.mark.parametrize("load_g", [0, 1, 20, 1234, 14_999])
def test_what_lies_on_it_is_told_to_the_gram(name: str, load_g: int) -> None:
    async def scenario(sim: SimScale, scale: Scale) -> None:
        sim.put(load_g)
        assert await scale.weigh() == Weight(load_g, "stable")

    at_a_scale(name, scenario)


@each
def test_a_weight_that_moves_says_so(name: str) -> None:
    async def scenario(sim: SimScale, scale: Scale) -> None:
        sim.put(700, stable=False)
        assert (await scale.weigh()).state == "moving"
        sim.put(700)
        assert await scale.weigh() == Weight(700, "stable")

    at_a_scale(name, scenario)


@each
def test_less_than_nothing_is_negative(name: str) -> None:
    async def scenario(sim: SimScale, scale: Scale) -> None:
        sim.put(-45)
        assert await scale.weigh() == Weight(-45, "stable")

    at_a_scale(name, scenario)


@each
def test_too_much_is_no_weight(name: str) -> None:
    async def scenario(sim: SimScale, scale: Scale) -> None:
        sim.put(15_001)
        assert await scale.weigh() == Weight(0, "over")

    at_a_scale(name, scenario)


@commanded
def test_below_its_range_is_no_weight(name: str) -> None:
    async def scenario(sim: SimScale, scale: Scale) -> None:
        sim.put(-900)
        assert (await scale.weigh()).state == "under"

    at_a_scale(name, scenario)


@commanded
def test_it_is_set_to_zero_only_near_it_and_at_rest(name: str) -> None:
    async def scenario(sim: SimScale, scale: Scale) -> None:
        sim.put(12, stable=False)
        assert not await scale.zero()
        sim.put(12)
        assert await scale.zero()
        assert await scale.weigh() == Weight(0, "stable")
        sim.put(5_000)
        assert not await scale.zero()

    at_a_scale(name, scenario)


@commanded
def test_its_own_tare_counts_no_more_and_is_told(name: str) -> None:
    async def scenario(sim: SimScale, scale: Scale) -> None:
        sim.put(120, stable=False)
        assert not await scale.tare()
        sim.put(120)
        assert await scale.tare()
        sim.put(620)
        assert await scale.weigh() == Weight(500, "stable", 120)
        sim.put(0)
        assert (await scale.weigh()).net_g == -120
        assert await scale.tare()
        assert await scale.weigh() == Weight(0, "stable", 0)

    at_a_scale(name, scenario)


def test_one_without_such_commands_says_that_it_did_nothing() -> None:
    async def scenario(sim: SimScale, scale: Scale) -> None:
        sim.knows_tare = False
        sim.put(120)
        assert not await scale.tare()
        assert await scale.weigh() == Weight(120, "stable")
        assert sim.protocol == "nci" or not await scale.zero()

    at_a_scale("cas", scenario)
    at_a_scale("nci", scenario)


@each
def test_an_answer_in_pieces_is_one(name: str) -> None:
    async def scenario(sim: SimScale, scale: Scale) -> None:
        sim.fault = "halves"
        sim.put(640)
        assert await scale.weigh() == Weight(640, "stable")

    at_a_scale(name, scenario)


@each
def test_noise_is_asked_about_again_and_then_said(name: str) -> None:
    async def scenario(sim: SimScale, scale: Scale) -> None:
        sim.fault = "garbage"
        with pytest.raises(DeviceError) as wrong:
            await scale.weigh()
        assert wrong.value.code in ("scale_garbled", "scale_silent")
        assert sim.path in wrong.value.what
        assert wrong.value.advice
        sim.fault = ""
        sim.put(10)
        assert await scale.weigh() == Weight(10, "stable")

    at_a_scale(name, scenario, answer_timeout_ms=300)


@each
def test_one_that_says_nothing_is_lost(name: str) -> None:
    async def scenario(sim: SimScale, scale: Scale) -> None:
        sim.fault = "silent"
        with pytest.raises(DeviceError) as silent:
            await scale.weigh()
        assert silent.value.code == "scale_silent"

    at_a_scale(name, scenario, answer_timeout_ms=100)


@each
def test_one_that_is_pulled_out_is_said_and_comes_back(tmp_path: Path, name: str) -> None:
    async def main() -> None:
        sim = SimScale(DRIVERS[name], tmp_path / "scale")
        scale = driver(name, sim)
        try:
            async with asyncio.timeout(DEADLINE_S):
                await scale.open()
                sim.unplug()
                with pytest.raises(DeviceError) as lost:
                    await scale.weigh()
                assert str(tmp_path / "scale") in lost.value.what
                await scale.close()
                with pytest.raises(DeviceError):
                    await scale.open()
                sim.replug()
                await scale.open()
                sim.put(250)
                assert (await scale.weigh()).net_g == 250
                await scale.close()
        finally:
            sim.close()

    asyncio.run(main())


@each
def test_nothing_is_weighed_before_it_is_open(name: str) -> None:
    async def main() -> None:
        sim = SimScale(DRIVERS[name])
        try:
            with pytest.raises(DeviceError):
                await driver(name, sim).weigh()
        finally:
            sim.close()

    asyncio.run(main())


@each
@pytest.mark.parametrize("wrong", [{"baud": 12}, {"parity": "mark"}, {"path": ""}, {"speed": 9600}])
def test_an_option_that_does_not_fit_is_named(name: str, wrong: dict[str, object]) -> None:
    with pytest.raises(registry.BadOptions) as bad:
        registry.create("scale", name, {"path": "/dev/x", **wrong})
    assert bad.value.key in wrong

"""A customer display on a serial line follows a sale, and comes back with what is so now after its cable was pulled."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import pytest
from msgspec.structs import replace

from drivers import registry
from drivers.roles import CustomerDisplay, DeviceError
from edge.core.command_bus import CommandBus
from edge.core.head_cache import HeadCached
from edge.core.messages import Command, Done
from edge.core.process.parts import Part, Supervisor
from edge.counter.till.commands import (
    AbandonBasket,
    AddLine,
    EndTraining,
    Pay,
    RefundSale,
    SetBasketAside,
    StartTraining,
    TakeBasketUp,
    VoidLastSale,
)
from edge.counter.till.devices import display_part
from edge.counter.till.devices.display_part import DisplayPart
from edge.counter.till.from_config import till_settings
from edge.counter.till.lines.parked_baskets import read_parked
from edge.counter.till.live_settings import live
from edge.foundation.access.commands import SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.settings.commands import SetText
from sim.display import SimDisplay
from tests.counter_shop import SECOND
from tests.shop_fixture import CASHIER, MANAGER, MILK, SYSTEM, config, done, open_shop, run, sync_fails

DEADLINE_S = 30.0


@asynccontextmanager
async def displayed(folder: Path, **options: object) -> AsyncIterator[tuple[CommandBus, SimDisplay]]:
    async with open_shop(folder) as shop, asyncio.timeout(DEADLINE_S):
        display = SimDisplay(link=folder / "display")
        device = cast(CustomerDisplay, registry.create("customer_display", "serial", {"path": display.path, **options}))
        part = DisplayPart(shop, device, "1", HeadCached(shop, live(till_settings(config(folder))).at))
        supervisor = Supervisor(shop.bus)
        supervisor.start(Part("display", part.run))
        try:
            yield shop, display
        finally:
            await supervisor.stop()
            display.close()


async def do(shop: CommandBus, command: Command) -> None:
    assert isinstance(await shop.do(command, CASHIER), Done)


def test_what_another_register_took_over_is_shown_no_more(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with displayed(tmp_path) as (shop, display):
            await do(shop, AddLine(MILK))
            await do(shop, SetBasketAside("Dana"))
            (parked,) = read_parked(shop.reader)
            await do(shop, TakeBasketUp(parked.number))
            await display.until(lambda lines: lines == ("Milk            1.20", "TOTAL           1.20"))
            assert isinstance(await shop.do(TakeBasketUp(parked.number, take_over=True), SECOND), Done)
            await display.until(lambda lines: "Corner Shop" in lines[0])

    run(scenario())


def test_a_sale_as_the_customer_reads_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with displayed(tmp_path) as (shop, display):
            await display.until(lambda lines: "Corner Shop" in lines[0])
            await do(shop, AddLine(MILK))
            await display.until(lambda lines: lines == ("Milk            1.20", "TOTAL           1.20"))
            await do(shop, Pay("cash", 500))
            await display.until(lambda lines: lines == ("TOTAL           1.20", "Change          3.80"))
            await do(shop, AddLine(MILK))
            await do(shop, AddLine(MILK))
            await display.until(lambda lines: lines[1] == "TOTAL           2.40")
            await do(shop, AbandonBasket())
            await display.until(lambda lines: "Corner Shop" in lines[0])
            assert isinstance(await shop.do(SetText("sale", "display", {"en": "Sale today"}), SYSTEM), Done)
            await display.until(lambda lines: "Sale today" in lines[0])
            assert display.unknown == []

    run(scenario())


def test_it_says_that_someone_practises(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with displayed(tmp_path) as (shop, display):
            await display.until(lambda lines: "Corner Shop" in lines[0])
            await done(shop, SetUser("dana", "Dana", "cashier", hash_pin("4711")), SYSTEM)
            await done(shop, StartTraining(), replace(CASHIER, name="dana", anonymous=False))
            await display.until(lambda lines: lines[0].strip() == "TRAINING")
            await done(shop, EndTraining(1), replace(SYSTEM, register="1"))
            await display.until(lambda lines: "Corner Shop" in lines[0])

    run(scenario())


def test_a_line_that_the_disk_never_got_disappears(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = threading.Event()

    def fail() -> None:
        shown.wait(DEADLINE_S)
        sync_fails()

    async def scenario() -> None:
        async with displayed(tmp_path) as (shop, display):
            await do(shop, AddLine(MILK))
            await shop.maintain(lambda db: None)  # its commit is behind us
            with monkeypatch.context() as patch:
                patch.setattr(shop._writer, "_commit", fail)
                await do(shop, AddLine(MILK))
                await display.until(lambda lines: lines[1] == "TOTAL           2.40")
                shown.set()
                await display.until(lambda lines: lines == ("Milk            1.20", "TOTAL           1.20"))

    run(scenario())


def test_what_goes_back_is_shown_to_the_customer(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with displayed(tmp_path) as (shop, display):
            await do(shop, AddLine(MILK))
            await do(shop, Pay("cash", 500))
            await display.until(lambda lines: lines[1] == "Change          3.80")
            assert isinstance(await shop.do(RefundSale(1), MANAGER), Done)
            await display.until(lambda lines: lines == ("REFUND          1.20", "Cash            1.20"))
            await do(shop, AddLine(MILK))
            await do(shop, Pay("cash"))
            await display.until(lambda lines: lines == ("TOTAL           1.20", "Cash            1.20"))
            assert isinstance(await shop.do(VoidLastSale(), MANAGER), Done)
            await display.until(lambda lines: lines == ("VOID            1.20", "Cash            1.20"))

    run(scenario())


def test_one_that_lost_its_power_shows_the_same_again_by_itself(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with displayed(tmp_path, page=36) as (shop, display):
            await do(shop, AddLine(MILK))
            await display.until(lambda lines: lines[1] == "TOTAL           1.20")
            display.power_cycle()
            await display.until(lambda lines: lines == ("Milk            1.20", "TOTAL           1.20"))
            assert display.page == 36

    run(scenario())


def test_one_that_is_pulled_out_is_missed_and_comes_back_though_no_one_sells(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with displayed(tmp_path) as (_, display):
            await display.until(lambda lines: "Corner Shop" in lines[0])
            display.unplug()
            display.replug()
            await display.until(lambda lines: "Corner Shop" in lines[0])

    run(scenario())


def test_selling_goes_on_without_it_and_it_comes_back_with_what_is_so_now(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with displayed(tmp_path) as (shop, display):
            await display.until(lambda lines: "Corner Shop" in lines[0])
            display.unplug()
            await do(shop, AddLine(MILK))
            await do(shop, AddLine(MILK))
            display.replug()
            await display.until(lambda lines: lines[1] == "TOTAL           2.40")

    run(scenario())


def test_a_trial_is_shown_for_a_moment_and_a_sale_comes_before_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop, asyncio.timeout(DEADLINE_S):
            display = SimDisplay(link=tmp_path / "display")
            device = cast(CustomerDisplay, registry.create("customer_display", "serial", {"path": display.path}))
            part = DisplayPart(shop, device, "1", HeadCached(shop, live(till_settings(config(tmp_path))).at))
            supervisor = Supervisor(shop.bus)
            supervisor.start(Part("display", part.run))
            try:
                await display.until(lambda lines: "Corner Shop" in lines[0])
                await part.try_out()
                await display.until(lambda lines: lines == ("    Display test    ", "12345678901234567890"))
                await do(shop, AddLine(MILK))
                await display.until(lambda lines: lines[1] == "TOTAL           1.20")
            finally:
                await supervisor.stop()
                display.close()

    run(scenario())


def test_two_trials_at_once_are_both_answered(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop, asyncio.timeout(DEADLINE_S):
            display = SimDisplay(link=tmp_path / "display")
            device = cast(CustomerDisplay, registry.create("customer_display", "serial", {"path": display.path}))
            part = DisplayPart(shop, device, "1", HeadCached(shop, live(till_settings(config(tmp_path))).at))
            supervisor = Supervisor(shop.bus)
            trials = [asyncio.ensure_future(part.try_out()) for _ in range(2)]
            supervisor.start(Part("display", part.run))
            try:
                await asyncio.gather(*trials)
            finally:
                await supervisor.stop()
                display.close()

    run(scenario())


def test_a_trial_of_a_display_that_is_not_there_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display_part, "TRIAL_S", 0.01)

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            path = str(tmp_path / "nowhere")
            device = cast(CustomerDisplay, registry.create("customer_display", "serial", {"path": path}))
            part = DisplayPart(shop, device, "1", HeadCached(shop, live(till_settings(config(tmp_path))).at))
            with pytest.raises(DeviceError):
                await part.try_out()

    run(scenario())

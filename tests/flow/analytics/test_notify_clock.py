"""Someone sets the clock while people are told of alerts: nothing is told twice, and nothing waits for a year."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection
from edge.foundation.alerts.commands import AcknowledgeAlert, RaiseAlert, ResolveAlert
from edge.foundation.outbox.service.channels.sender import Parcel
from edge.runtime.outgoing.faults import Undelivered
from tests.flow.foundation.test_alerts import Watching
from tests.notify_fixture import DANA, HOUR_S, MAIL, MIN_S, Heard, Telling, telling
from tests.shop_fixture import SYSTEM, run

DAY_S = 24 * HOUR_S
YEAR_S = 365 * DAY_S
BOTH_WAYS = pytest.mark.parametrize("by_s", (-YEAR_S, -5 * HOUR_S, -90, YEAR_S))
PHONE = msgspec.structs.replace(MAIL, phone="+972541234567", urgent_channels=("sms",))


def set_clock(shop: Telling, by_s: int) -> None:
    """The wall clock jumps; the monotonic one goes on."""
    shop.clock.at_us += by_s * 1_000_000


@BOTH_WAYS
def test_what_was_told_is_not_told_again_and_what_waits_does_so_no_longer(tmp_path: Path, by_s: int) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: PHONE}) as shop:
            for number in range(9):
                await shop.raised(f"Told {number}")
                await shop.after(2 * MIN_S)
            told = await shop.raised("Fridge")
            await shop.after(2 * MIN_S)
            await shop.raised("Fire", "critical")
            await shop.part.plan()
            await shop.raised("Freezer")
            await shop.part.plan()
            sent = len(shop.email.sent)
            set_clock(shop, by_s)
            await shop.after(1)
            assert shop.email.titles[sent:] == ["Critical: Fire"], "and nothing of before"
            await shop.after(10 * MIN_S)
            assert shop.sms.titles == ["Critical: Fire"], "the ladder goes on by true time"
            await shop.do(ResolveAlert(told))
            for _ in range(12):
                await shop.after(5 * MIN_S)
            assert shop.email.titles[sent + 1 :] == ["Resolved: Fridge", "High: Freezer"], "ten an hour, no fewer"
            await shop.raised("Door")
            await shop.after(2 * MIN_S)
            assert shop.email.titles[-1] == "High: Door"

    run(scenario())


@BOTH_WAYS
def test_what_failed_is_tried_again_as_long_as_it_is_worth_it(tmp_path: Path, by_s: int) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: MAIL}) as shop:
            shop.email.faults = [Undelivered("server_failed")] * 100
            await shop.raised("Freezer")
            await shop.after(3)
            set_clock(shop, by_s)
            for _ in range(5):
                await shop.after(0)
            assert shop.rows()[0].tries <= 2, "not at once and at once again"
            await shop.after(23 * HOUR_S)
            assert shop.rows()[0].state == "queued"
            for _ in range(4):
                await shop.after(30 * MIN_S)
            assert (shop.rows()[0].state, shop.rows()[0].why) == ("failed", "life_over")

    run(scenario())


def test_a_clock_that_was_set_back_while_the_appliance_was_off(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: MAIL}) as shop:
            await shop.raised("Fridge")
            await shop.after(3)
            await shop.raised("Freezer")
            await shop.part.plan()
            shop.clock.advance(-YEAR_S)
            await shop.restart()
            await shop.after(61)
            assert shop.email.titles == ["High: Fridge", "High: Freezer"]
            await shop.raised("Door")
            await shop.after(2 * MIN_S)
            assert shop.email.titles[2:] == ["High: Door"]

    run(scenario())


@pytest.mark.parametrize("by_s", (3 * HOUR_S, 40 * DAY_S, -5 * HOUR_S))
def test_what_was_told_before_a_start_keeps_its_moment_whatever_the_clock_is_set_to(tmp_path: Path, by_s: int) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: MAIL}) as shop:
            await shop.raised("Fridge")
            await shop.after(3)
            (before,) = shop.rows()
            for _ in range(3):
                shop.clock.advance(MIN_S)
                set_clock(shop, by_s)  # the hardware's clock
                await shop.restart()
                await shop.after(3)
                set_clock(shop, -by_s)
                await shop.after(1)
            assert (before.state, shop.rows()) == ("sent", [before])

    run(scenario())


def test_a_clock_that_is_far_ahead_at_a_start_ends_nothing_that_waits(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: MAIL}) as shop:
            shop.email.faults = [Undelivered("server_failed")] * 3
            await shop.raised("Freezer")
            await shop.after(3)
            shop.part.close()
            set_clock(shop, YEAR_S)  # the battery of the hardware's clock, while the machine was off
            await shop.restart()
            await shop.shop.heartbeat()
            await shop.after(1)
            assert [(row.state, row.why, row.tries) for row in shop.rows()] == [("queued", "server_failed", 2)]
            set_clock(shop, -YEAR_S)
            await shop.after(1)
            await shop.after(HOUR_S)
            assert shop.rows()[0].state == "queued", "the third try failed"
            await shop.after(HOUR_S)
            assert shop.rows()[0].state == "sent"

    run(scenario())


def test_a_night_without_power_and_battery_is_over_once_the_network_says_so(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: MAIL}) as shop:
            for number in range(10):
                await shop.raised(f"Told {number}")
                await shop.after(2 * MIN_S)
            await shop.raised("Fridge")
            await shop.after(3)
            shop.clock.advance(1)
            await shop.restart()
            set_clock(shop, 12 * HOUR_S)
            await shop.after(1)
            assert shop.email.titles[10:] == ["High: Fridge"], "of yesterday's hour nothing is left"
            shop.email.faults = [Undelivered("server_failed")]
            await shop.raised("Freezer")
            await shop.after(3)
            shop.clock.advance(1)
            await shop.restart()
            set_clock(shop, 36 * HOUR_S)
            shop.clock.synced = True
            await shop.shop.heartbeat()
            await shop.after(1)
            assert (shop.rows()[-1].state, shop.rows()[-1].why) == ("failed", "life_over"), "what waits ages, too"

    run(scenario())


def test_ten_told_by_a_clock_that_was_ahead_hold_nothing_back_for_a_year(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: MAIL}) as shop:
            for number in range(10):
                await shop.raised(f"Told {number}")
                await shop.after(2 * MIN_S)
            shop.email.faults = [Undelivered("server_failed")]
            await shop.raised("Fridge", "critical")
            await shop.after(3)
            assert shop.rows()[-1].tries == 1
            shop.clock.advance(-YEAR_S)
            await shop.restart()
            await shop.raised("Freezer")
            await shop.after(3)
            assert shop.email.titles[10:] == ["Critical: Fridge", "High: Freezer"]

    run(scenario())


def test_nobody_looks_at_messages_that_are_still_to_go_along_with_the_clock(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: MAIL}) as shop:
            shop.email.faults = [Undelivered("server_failed")]
            await shop.raised("Freezer")
            await shop.part.plan()
            shop.clock.advance(3)
            set_clock(shop, YEAR_S)
            free = threading.Event()
            busy = asyncio.create_task(shop.shop.maintain(lambda db: free.wait(10)))
            sms = asyncio.create_task(shop.part.dispatch("sms"))
            email = asyncio.create_task(shop.part.dispatch("email"))
            await asyncio.wait((sms, email), timeout=0.1)  # the writer is busy: both have to wait for it
            free.set()
            await asyncio.gather(busy, sms, email)
            assert (shop.rows()[0].state, shop.rows()[0].why) == ("queued", "server_failed")
            await shop.after(MIN_S)
            assert shop.email.titles == ["High: Freezer"]

    run(scenario())


class NetworkComes(Heard):
    """A first try fails, and meanwhile the network sets the clock."""

    def __init__(self, shop: Telling) -> None:
        super().__init__("email")
        self._shop = shop

    async def send(self, parcel: Parcel, to: str) -> str:
        if not self.sent and not self.faults:
            self.faults = [Undelivered("no_connection")]
            set_clock(self._shop, YEAR_S)
            await super().send(parcel, to)
        self.faults = []
        return await super().send(parcel, to)


def test_what_is_on_its_way_while_the_clock_is_set_is_tried_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: MAIL}) as shop:
            shop.add(NetworkComes(shop))
            await shop.restart()
            await shop.raised("Freezer")
            await shop.after(3)
            assert (shop.rows()[0].state, shop.rows()[0].why) == ("queued", "no_connection")

    run(scenario())


def test_a_clock_that_is_ahead_at_a_start_makes_nothing_forgotten(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: MAIL}) as shop:
            await shop.raised("Fridge")
            await shop.after(3)
            shop.clock.advance(40 * DAY_S)
            await shop.restart()
            plan, planned = shop.part.plan, asyncio.Semaphore(0)

            async def counted() -> bool:
                planned.release()
                return await plan()

            shop.part.plan = counted  # type: ignore[method-assign]
            planning = asyncio.create_task(shop.part._planning())
            await planned.acquire()
            await shop.raised("Freezer")
            await planned.acquire()  # once round
            planning.cancel()
            await asyncio.gather(planning, return_exceptions=True)
            assert "sent" in shop.states(), "the network may still correct it"

    run(scenario())


def test_quiet_hours_are_those_of_the_clock_as_it_was_set(tmp_path: Path) -> None:
    async def scenario() -> None:
        night = {"quiet_hours_enabled": True, "quiet_hours_start": "08:00", "quiet_hours_end": "12:00"}
        async with telling(tmp_path, **{DANA: msgspec.structs.replace(MAIL, **night)}) as shop:
            await shop.raised("Freezer")
            await shop.after(3)
            assert shop.email.sent == []
            set_clock(shop, -2 * HOUR_S)
            await shop.after(3)
            assert shop.email.titles == ["High: Freezer"], "it is seven o'clock"

    run(scenario())


def test_what_was_raised_often_before_a_clock_was_set_back_is_no_reason_to_be_silent(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: MAIL}) as shop:
            for _ in range(4):
                await shop.do(ResolveAlert(await shop.raised("Door")))
                await shop.after(DAY_S)
            set_clock(shop, -YEAR_S)
            alert = await shop.raised("Door")
            await shop.after(3)
            assert shop.email.titles == ["High: Door"]
            await shop.do(ResolveAlert(alert))
            await shop.after(11 * MIN_S)
            assert shop.email.titles == ["High: Door", "Resolved: Door"]

    run(scenario())


@pytest.mark.parametrize("by_s", (-YEAR_S, YEAR_S))
def test_who_sees_to_it_does_so_for_an_hour_of_true_time(tmp_path: Path, by_s: int) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            watching = Watching(shop.shop, tmp_path, shop.clock)
            await shop.do(RaiseAlert("message", "fire", "critical", {"title": "Fire"}))
            alert = await shop.raised("Fire", "critical")
            await shop.do(AcknowledgeAlert(alert), SYSTEM)
            assert (await watching.look(10 * MIN_S))["message Fire"].state == "acknowledged"
            set_clock(shop, by_s)
            assert (await watching.look(45 * MIN_S))["message Fire"].state == "acknowledged"
            assert (await watching.look(10 * MIN_S))["message Fire"].state == "raised"
            await shop.do(AcknowledgeAlert(alert), SYSTEM)
            shop.clock.advance(-YEAR_S)
            watching.close()
            watching = Watching(shop.shop, tmp_path, shop.clock)  # the appliance was off meanwhile
            assert (await watching.look(MIN_S))["message Fire"].state == "acknowledged"
            assert (await watching.look(HOUR_S))["message Fire"].state == "raised"
            watching.close()

    run(scenario())


def test_what_is_gone_is_over_and_what_changed_is_shown_although_the_clock_was_set_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as shop:
            left = [Condition("ale", {"left": 3})]

            def read(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
                return iter(left)

            shop.shop.registry.watches["cellar"] = Watch("cellar", "high", read)
            watching = Watching(shop.shop, tmp_path, shop.clock)
            assert (await watching.look())["cellar ale"].values == {"left": 3}
            left[:] = [Condition("ale", {"left": 2})]
            set_clock(shop, -YEAR_S)
            assert (await watching.look())["cellar ale"].values == {"left": 2}
            left.clear()
            await watching.look()
            set_clock(shop, -YEAR_S)
            await watching.look()
            assert "cellar ale" not in await watching.look(6 * MIN_S)
            watching.close()

    run(scenario())


def test_a_full_disk_is_told_of_although_the_clock_was_set_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path, **{DANA: MAIL}) as shop:
            shop.shop.why_read_only = "the disk is full"
            await shop.part.tell_unwritten()
            set_clock(shop, -YEAR_S)
            await shop.part.tell_unwritten()
            shop.clock.advance(11)
            await shop.part.tell_unwritten()
            set_clock(shop, -YEAR_S)
            await shop.part.tell_unwritten()
            shop.clock.advance(11)
            await shop.part.tell_unwritten()
            assert len(shop.email.sent) == 1, "and once"

    run(scenario())

"""What breaks is said once, tried again and shown with what to do; what must not break ends the process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import structlog

from edge.core.bus import Bus, Subscription
from edge.core.limits import SUBSCRIBER_BACKLOG
from edge.core.process import parts
from edge.core.process.parts import PARTS, Part, PartState, Supervisor, TaskSet
from edge.lib.errors import DeviceLost, InvariantBroken
from tests.shop_fixture import run

NO_PAPER = DeviceLost("The printer has no paper.", "Put in a roll and close the lid.")


class Device:
    """A part whose attempts go as told: an error to raise, `None` to work until stopped."""

    def __init__(self, *attempts: Exception | None) -> None:
        self._attempts = list(attempts)
        self.started = 0
        self.again = asyncio.Event()

    async def run(self, ready: Callable[[], None]) -> None:
        self.started += 1
        failure = self._attempts.pop(0)
        if isinstance(failure, Exception):
            raise failure
        ready()
        await self.again.wait()
        self.again.clear()
        raise NO_PAPER


def async_test(scenario: Callable[[Supervisor, Bus], Awaitable[None]]) -> None:
    async def main() -> None:
        bus = Bus()
        supervisor = Supervisor(bus)
        try:
            await scenario(supervisor, bus)
        finally:
            await supervisor.stop()

    run(main(), 20)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PART_BACKOFF_S", (0.001, 0.002))
    monkeypatch.setattr(parts, "SHUTDOWN_STAGE_S", 0.2)


async def reaches(supervisor: Supervisor, bus: Bus, *wanted: PartState) -> None:
    """The parts come to these states, however they get there."""
    subscription = bus.subscribe(PARTS)
    async with asyncio.timeout(30):
        while any(supervisor.states.get(state.name) != state for state in wanted):
            await subscription.next()


async def pass_through(seen: Subscription, *wanted: PartState) -> None:
    """One after the other, the parts are seen in these states (others may come between)."""
    async with asyncio.timeout(30):
        for state in wanted:
            while (await seen.next())[1] != state:
                pass


LOST = PartState("printer", "lost", "The printer has no paper.", "Put in a roll and close the lid.")
OK = PartState("printer", "ok")


def test_a_lost_device_is_said_once_and_once_when_it_is_back() -> None:
    async def scenario(supervisor: Supervisor, bus: Bus) -> None:
        device = Device(None, *[NO_PAPER] * 5, None)
        seen = bus.subscribe(PARTS)
        with structlog.testing.capture_logs() as said:
            supervisor.start(Part("printer", device.run))
            await reaches(supervisor, bus, OK)
            device.again.set()
            await pass_through(seen, PartState("printer", "starting"), OK, LOST, OK)
        assert device.started == 7
        assert [(entry["event"], entry["part"]) for entry in said] == [("lost", "printer"), ("back", "printer")]
        assert said[0]["what"] == "The printer has no paper."
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(seen.next(), 0.01)

    async_test(scenario)


def test_another_fault_of_the_same_device_is_said_too() -> None:
    async def scenario(supervisor: Supervisor, bus: Bus) -> None:
        device = Device(NO_PAPER, DeviceLost("The printer is off.", "Switch it on."), NO_PAPER, None)
        with structlog.testing.capture_logs() as said:
            supervisor.start(Part("printer", device.run))
            await reaches(supervisor, bus, OK)
        whats = [entry.get("what") for entry in said]
        assert whats == ["The printer has no paper.", "The printer is off.", "The printer has no paper.", None]

    async_test(scenario)


def test_the_pauses_grow_and_begin_again_once_it_worked(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(supervisor: Supervisor, bus: Bus) -> None:
        pauses: list[float] = []
        monkeypatch.setattr(parts, "PART_BACKOFF_S", (1.0, 2.0, 4.0))

        async def pause(self: Supervisor, seconds: float) -> None:
            pauses.append(seconds)

        monkeypatch.setattr(Supervisor, "_pause", pause)
        device = Device(*[NO_PAPER] * 5, None, NO_PAPER, None)
        seen = bus.subscribe(PARTS)
        supervisor.start(Part("printer", device.run))
        await pass_through(seen, OK)
        device.again.set()
        await pass_through(seen, LOST, OK)
        assert pauses == [1.0, 2.0, 4.0, 4.0, 4.0, 1.0, 2.0]

    async_test(scenario)


def test_a_lost_part_is_tried_at_once_when_something_was_plugged_in(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(supervisor: Supervisor, bus: Bus) -> None:
        monkeypatch.setattr(parts, "PART_BACKOFF_S", (3600.0,))
        device = Device(NO_PAPER, NO_PAPER, None)
        seen = bus.subscribe(PARTS)
        supervisor.start(Part("printer", device.run))
        await pass_through(seen, LOST)
        supervisor.retry()
        while supervisor.states["printer"] != OK:  # the second attempt fails as well
            supervisor.retry()
            await asyncio.sleep(0)

    async_test(scenario)


def test_a_fault_of_ours_in_a_device_is_no_end_of_the_shop() -> None:
    async def scenario(supervisor: Supervisor, bus: Bus) -> None:
        device = Device(ZeroDivisionError("oops"), None)
        with structlog.testing.capture_logs() as said:
            supervisor.start(Part("printer", device.run))
            await reaches(supervisor, bus, OK)
        assert any("internal error" in entry["event"] and entry.get("exc_info") for entry in said)

    async_test(scenario)


async def stopped_by(supervisor: Supervisor) -> None:
    await asyncio.wait_for(supervisor.until(asyncio.Event(), asyncio.Event().wait()), 5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "critical"), [(ZeroDivisionError("oops"), True), (InvariantBroken("Two and two are five."), False)]
)
def test_what_the_shop_cannot_be_without_ends_the_process(error: Exception, critical: bool) -> None:
    async def scenario(supervisor: Supervisor, bus: Bus) -> None:
        supervisor.start(Part("panel", Device(error).run, critical=critical))
        with pytest.raises(type(error)):
            await stopped_by(supervisor)

    async_test(scenario)


def test_a_critical_part_may_still_lose_what_it_needs_from_outside() -> None:
    """A port that is taken for a moment is no fault of ours."""

    async def scenario(supervisor: Supervisor, bus: Bus) -> None:
        supervisor.start(Part("printer", Device(NO_PAPER, None).run, critical=True))
        await reaches(supervisor, bus, OK)

    async_test(scenario)


def test_a_fault_outside_the_parts_ends_the_process_as_well() -> None:
    async def scenario(supervisor: Supervisor, bus: Bus) -> None:
        async def fault() -> None:
            raise InvariantBroken("The writer died.")

        with pytest.raises(InvariantBroken, match="The writer died"):
            await supervisor.until(asyncio.Event(), fault())
        stop = asyncio.Event()
        stop.set()
        await supervisor.until(stop, asyncio.Event().wait())  # type: ignore[arg-type]

    async_test(scenario)


def test_parts_stop_stage_by_stage_the_highest_first() -> None:
    async def scenario(supervisor: Supervisor, bus: Bus) -> None:
        order: list[str] = []

        def part(name: str, stage: int) -> Part:
            async def work(ready: Callable[[], None]) -> None:
                ready()
                try:
                    await asyncio.Event().wait()
                finally:
                    await asyncio.sleep(0.01 * stage)
                    order.append(name)

            return Part(name, work, stage=stage)

        made = [part("sync", 2), part("panel", 4), part("writer", 1), part("printer", 3)]
        for one in made:
            supervisor.start(one)
        await reaches(supervisor, bus, *(PartState(one.name, "ok") for one in made))
        await supervisor.stop()
        assert order == ["panel", "printer", "sync", "writer"]
        assert {state.state for state in supervisor.states.values()} == {"stopped"}

    async_test(scenario)


def test_a_part_that_ignores_cancellation_holds_up_no_one_for_long() -> None:
    async def scenario(supervisor: Supervisor, bus: Bus) -> None:
        let_go, other_ended = asyncio.Event(), asyncio.Event()

        async def stubborn(ready: Callable[[], None]) -> None:
            ready()
            while not let_go.is_set():
                try:
                    await let_go.wait()
                except asyncio.CancelledError:
                    continue

        async def other(ready: Callable[[], None]) -> None:
            ready()
            try:
                await asyncio.Event().wait()
            finally:
                other_ended.set()

        supervisor.start(Part("stubborn", stubborn, stage=2))
        supervisor.start(Part("other", other, stage=1))
        await reaches(supervisor, bus, PartState("stubborn", "ok"), PartState("other", "ok"))
        with structlog.testing.capture_logs() as said:
            async with asyncio.timeout(30):
                await supervisor.stop()
        assert other_ended.is_set()
        assert [(entry["event"], entry["part"]) for entry in said] == [("a part didn't stop in time", "stubborn")]
        let_go.set()

    async_test(scenario)


def test_a_part_that_came_to_its_end_says_so() -> None:
    async def scenario(supervisor: Supervisor, bus: Bus) -> None:
        async def short(ready: Callable[[], None]) -> None:
            ready()

        supervisor.start(Part("import", short))
        await reaches(supervisor, bus, PartState("import", "stopped"))

    async_test(scenario)


def test_one_part_can_be_stopped_and_started_under_the_same_name() -> None:
    async def scenario(supervisor: Supervisor, bus: Bus) -> None:
        supervisor.start(Part("printer", Device(None).run))
        await reaches(supervisor, bus, OK)
        with pytest.raises(ValueError, match="already a part named printer"):
            supervisor.start(Part("printer", Device(None).run))
        await supervisor.stop_part("printer")
        assert "printer" not in supervisor.states
        supervisor.start(Part("printer", Device(None).run))
        await reaches(supervisor, bus, OK)

    async_test(scenario)


def test_short_tasks_have_a_limit_and_end_together() -> None:
    async def main() -> None:
        tasks = TaskSet(limit=2)
        ended: list[int] = []

        async def work(number: int) -> None:
            try:
                await asyncio.Event().wait()
            finally:
                ended.append(number)

        assert [tasks.start(work(number), f"page {number}") for number in range(3)] == [True, True, False]
        await asyncio.sleep(0)
        await tasks.stop()
        assert sorted(ended) == [0, 1]
        assert tasks.start(work(9), "another")
        await tasks.stop()

    run(main())


def test_a_short_task_that_fails_is_said() -> None:
    async def main() -> None:
        async def fail() -> None:
            raise ZeroDivisionError

        tasks = TaskSet(limit=1)
        with structlog.testing.capture_logs() as said:
            tasks.start(fail(), "page 1")
            await asyncio.sleep(0)
            await tasks.stop()
        assert said[0]["task"] == "page 1"

    run(main(), 5)


def test_a_slow_page_misses_old_news_and_never_holds_up_others() -> None:
    async def main() -> None:
        bus = Bus()
        slow, quick = bus.subscribe("a"), bus.subscribe("a", "b")
        heard: list[Any] = []
        for number in range(SUBSCRIBER_BACKLOG * 2):
            bus.publish("a", number)
            heard.append(await quick.next())
        assert heard == [("a", number) for number in range(SUBSCRIBER_BACKLOG * 2)]
        assert await slow.next() == ("a", SUBSCRIBER_BACKLOG)
        bus.unsubscribe(quick)
        bus.publish("b")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(quick.next(), 0.01)

    run(main())


def breaks(*_: object) -> None:
    raise RuntimeError("the watcher's own fault")


def test_a_part_whose_watcher_died_does_not_look_well(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(supervisor: Supervisor, bus: Bus) -> None:
        monkeypatch.setattr(supervisor, "_log_loss", breaks)
        supervisor.start(Part("printer", Device(NO_PAPER).run))
        seen = bus.subscribe(PARTS)
        async with asyncio.timeout(30):
            while supervisor.states["printer"].state != "lost":
                await seen.next()
        state = supervisor.states["printer"]
        assert (state.key, state.values) == ("part.unwatched", {"why": "the watcher's own fault"})

    async_test(scenario)


def test_a_critical_part_whose_watcher_died_ends_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(supervisor: Supervisor, bus: Bus) -> None:
        monkeypatch.setattr(supervisor, "_log_loss", breaks)
        supervisor.start(Part("panel", Device(NO_PAPER).run, critical=True))
        with pytest.raises(RuntimeError, match="own fault"):
            await stopped_by(supervisor)

    async_test(scenario)


def test_what_waits_for_a_part_goes_on_once_it_works_or_is_lost() -> None:
    async def scenario(supervisor: Supervisor, _bus: Bus) -> None:
        for device in (Device(None), Device(NO_PAPER, NO_PAPER, None)):
            name = f"printer {id(device)}"
            supervisor.start(Part(name, device.run))
            assert supervisor.states[name].state == "starting"
            await supervisor.wait_until_settled(name)
            assert supervisor.states[name].state in ("ok", "lost")

    async_test(scenario)

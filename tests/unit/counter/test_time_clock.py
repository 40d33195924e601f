"""What people notice of the time clock: stamps, breaks, corrections, the law's rest, shares of tips."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from edge.core.command_bus import CommandBus
from edge.core.journal.projections import caught_up
from edge.core.journal.verify import verify
from edge.core.messages import Actor, Refusal, Refused
from edge.core.people.remarks import read_remark
from edge.counter.reports.queries import BEHIND
from edge.counter.till.commands import AddLine, AddTip, Pay
from edge.counter.time_clock.commands import CorrectWork, ExactSpan, StampClock, TypedSpan
from edge.counter.time_clock.events import Step, WorkCorrected, WorkSpan
from edge.counter.time_clock.queries import TipShare, read_clocked_in, shared_tips, work_days
from edge.counter.time_clock.rules import MINUTE_US, Running, break_lacking_min, fitting, require, share_by_minutes
from edge.foundation.access.commands import SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.queries import at_till
from edge.foundation.access.rights import PINS
from edge.lib.regions.breaks import break_needed_min
from tests.shop_fixture import CASHIER, MILK, SYSTEM, FakeClock, done, open_shop, run

PARIS = ZoneInfo("Europe/Paris")
NOON_US = int(datetime(2027, 3, 1, 12, tzinfo=PARIS).timestamp()) * 1_000_000
DAY = "2027-03-01"
HOUR = 3600


async def people(shop: CommandBus) -> tuple[Actor, Actor]:
    """Two who work here."""
    for id, name, pin in (("dana", "Dana", "7391"), ("noam", "Noam", "8264")):
        await done(shop, SetUser(id, name, "cashier", hash_pin(pin)), SYSTEM.with_rights(PINS))
    return at_till(shop.reader, "dana", "cashier", "1"), at_till(shop.reader, "noam", "cashier", "2")


def worked(shop: CommandBus, country: str = "FR") -> list[tuple[str, str, int, int, int]]:
    days = work_days(shop.reader, "2027-02-01", "2027-03-31", country)
    return [(one.person, one.day, one.worked_min, one.break_min, one.lacking_min) for one in days]


def test_a_day_with_a_break(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock(NOON_US)
        async with open_shop(tmp_path, clock) as shop:
            dana, noam = await people(shop)
            steps: tuple[tuple[Step, float], ...] = (("in", 3.5), ("break", 0.25), ("back", 3), ("out", 0))
            for step, hours in steps:
                await done(shop, StampClock(step), dana)
                if step == "break":
                    (there,) = read_clocked_in(shop.reader, shop.now_us())
                    assert (there.person, there.break_since_us) == ("dana", shop.now_us())
                clock.advance(hours * HOUR)
            assert worked(shop) == [("dana", DAY, 390, 15, 5)]
            assert worked(shop, "US") == [("dana", DAY, 390, 15, 0)]
            assert read_clocked_in(shop.reader, shop.now_us()) == []
            assert await shop.do(StampClock("out"), noam) == Refused("clock_not_in")
            assert await shop.do(StampClock("in"), CASHIER) == Refused("clock_by_name")
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_who_goes_from_a_break_ends_it_and_who_forgot_to_go_begins_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock(NOON_US)
        async with open_shop(tmp_path, clock) as shop:
            dana, noam = await people(shop)
            await done(shop, StampClock("in"), dana)
            await done(shop, StampClock("in"), noam)
            clock.advance(HOUR)
            await done(shop, StampClock("break"), dana)
            clock.advance(HOUR / 2)
            await done(shop, StampClock("out"), dana)
            assert worked(shop)[0] == ("dana", DAY, 60, 30, 0)
            clock.advance(24 * HOUR)
            assert read_clocked_in(shop.reader, shop.now_us()) == []
            await done(shop, StampClock("in"), noam)
            clock.advance(HOUR)
            await done(shop, StampClock("out"), noam)
            yesterday, today = [one for one in work_days(shop.reader, DAY, "2027-03-02") if one.person == "noam"]
            assert (yesterday.worked_min, yesterday.open_us) == (0, NOON_US)
            assert (today.worked_min, today.open_us) == (60, 0)

    run(scenario())


def test_a_manager_puts_a_day_right_with_a_reason(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock(NOON_US)
        async with open_shop(tmp_path, clock) as shop:
            dana, _ = await people(shop)
            await done(shop, StampClock("in"), dana)
            spans = (TypedSpan("22:00", "02:00", 30), TypedSpan("08:00", "12:00"))
            refused = await shop.do(CorrectWork("dana", DAY, spans, "forgot"), SYSTEM)
            assert refused == Refused("work_runs")
            clock.advance(30 * HOUR)
            fixed = await done(shop, CorrectWork("dana", DAY, spans, "forgot to go"), SYSTEM)
            (event,) = fixed.events
            assert isinstance(event, WorkCorrected)
            assert event.reason != "forgot to go"
            assert read_remark(shop.reader, event.reason) == "forgot to go"
            assert worked(shop) == [("dana", DAY, 240 + 210, 30, 0)]
            await done(shop, CorrectWork("dana", DAY, (), "was not here"), SYSTEM)
            assert worked(shop) == []
            for wanted, code in (
                (CorrectWork("dana", "2027-03-09", (), "x"), "work_of_tomorrow"),
                (CorrectWork("dana", "2027-02-31", (), "x"), "work_no_day"),
                (CorrectWork("dana", DAY, (TypedSpan("15:00", "08:00"),), "x"), "work_ends_first"),
                (CorrectWork("nobody", DAY, (), "x"), "work_of_nobody"),
            ):
                outcome = await shop.do(wanted, SYSTEM)
                assert isinstance(outcome, Refused)
                assert outcome.code == code
            refused = await shop.do(CorrectWork("dana", DAY, (), "x"), CASHIER)
            assert isinstance(refused, Refused)
            assert refused.code == "right_denied"
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_corrected_hours_are_undone_to_the_second(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock(NOON_US)
        async with open_shop(tmp_path, clock) as shop:
            dana, _ = await people(shop)
            await done(shop, StampClock("in"), dana)
            clock.advance(4 * HOUR + 37.5)
            await done(shop, StampClock("out"), dana)
            (day,) = work_days(shop.reader, DAY, DAY)
            await done(shop, CorrectWork("dana", DAY, (TypedSpan("08:00", "12:00"),), "late"), SYSTEM)
            (span,) = day.spans
            was = ExactSpan(span.begins_us, span.ends_us, span.break_us)
            await done(shop, CorrectWork("dana", DAY, (), "undone", (was,)), SYSTEM)
            (restored,) = work_days(shop.reader, DAY, DAY)
            assert restored.spans == day.spans
            for wrong in (
                ExactSpan(span.begins_us - 24 * HOUR * 1_000_000, span.ends_us - 24 * HOUR * 1_000_000),
                ExactSpan(span.ends_us, span.begins_us),
                ExactSpan(span.begins_us, span.begins_us + 17 * HOUR * 1_000_000),
            ):
                refused = await shop.do(CorrectWork("dana", DAY, (), "x", (wrong,)), SYSTEM)
                assert refused == Refused("work_other_day", {"day": DAY})

    run(scenario())


def test_a_break_corrected_in_the_night_when_an_hour_comes_twice_moves_no_hours(tmp_path: Path) -> None:
    async def scenario() -> None:
        night = datetime(2027, 10, 31, 1, 30, tzinfo=PARIS)
        clock = FakeClock(int(night.timestamp()) * 1_000_000)
        async with open_shop(tmp_path, clock) as shop:
            dana, _ = await people(shop)
            clock.advance(1.5 * HOUR)  # 02:00 for the second time, and then 02:50 of it
            await done(shop, StampClock("in"), dana)
            clock.advance(50 * 60)
            await done(shop, StampClock("out"), dana)
            clock.advance(24 * HOUR)
            (day,) = work_days(shop.reader, "2027-10-30", "2027-10-31")
            (span,) = day.spans
            assert day.worked_min == 50
            await done(shop, CorrectWork("dana", day.day, (TypedSpan("02:00", "02:50", 5),), "a break"), SYSTEM)
            (after,) = work_days(shop.reader, day.day, day.day)
            assert after.spans == (WorkSpan(span.begins_us, span.ends_us, 5 * MINUTE_US),)
            await done(shop, CorrectWork("dana", day.day, (TypedSpan("02:40", "02:20"),), "as written"), SYSTEM)
            (after,) = work_days(shop.reader, day.day, day.day)
            assert after.worked_min == 40, "from the first to the second time, not until the next day"

    run(scenario())


def test_who_began_by_a_clock_that_was_wrong_is_put_right_by_a_manager(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock(NOON_US)
        async with open_shop(tmp_path, clock) as shop:
            dana, _ = await people(shop)
            await done(shop, StampClock("in"), dana)
            clock.advance(-2 * HOUR)
            assert await shop.do(StampClock("out"), dana) == Refused("clock_put_back")
            await done(shop, CorrectWork("dana", DAY, (TypedSpan("08:00", "09:30"),), "the clock was wrong"), SYSTEM)
            assert worked(shop) == [("dana", DAY, 90, 0, 0)]
            await done(shop, StampClock("in"), dana)

    run(scenario())


def test_tips_are_shared_by_hours_to_the_cent(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock(NOON_US)
        async with open_shop(tmp_path, clock) as shop:
            await people(shop)
            await done(shop, AddLine(MILK))
            await done(shop, AddTip(1_000))
            await done(shop, Pay("card"))
            await caught_up(shop, *BEHIND)
            assert shared_tips(shop.reader, DAY, DAY).unshared_minor == 1_000
            clock.advance(8 * HOUR)
            await done(shop, CorrectWork("dana", DAY, (TypedSpan("09:00", "15:00"),), "x"), SYSTEM)
            await done(shop, CorrectWork("noam", DAY, (TypedSpan("09:00", "12:00"),), "x"), SYSTEM)
            tips = shared_tips(shop.reader, DAY, DAY)
            assert tips.shares == (TipShare("dana", 360, 667), TipShare("noam", 180, 333))
            assert tips.unshared_minor == 0

    run(scenario())


def test_rest_by_law() -> None:
    assert [break_needed_min(minutes, "DE") for minutes in (360, 361, 540, 541)] == [0, 30, 30, 45]
    assert break_needed_min(10_000, "US") == 0
    half, other = WorkSpan(0, 200 * MINUTE_US, 0), WorkSpan(230 * MINUTE_US, 430 * MINUTE_US, 0)
    assert break_lacking_min((half, other), "DE") == 0  # what lies between is rest
    assert break_lacking_min((WorkSpan(0, 400 * MINUTE_US, 10 * MINUTE_US),), "DE") == 20


@pytest.mark.parametrize(
    ("running", "step", "code"),
    [
        (Running(0), "in", "clock_in_already"),
        (None, "break", "clock_not_in"),
        (Running(0, 0, 1), "break", "clock_on_break"),
        (Running(0), "back", "clock_no_break"),
        (Running(5 * MINUTE_US), "out", "clock_put_back"),
    ],
)
def test_steps_that_make_no_sense(running: Running | None, step: Step, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        require(running, step, MINUTE_US)
    assert refusal.value.code == code


def test_spans_that_cannot_be() -> None:
    for spans, code in (
        ((WorkSpan(0, 10, 10),), "work_break_too_long"),
        ((WorkSpan(0, 10, 0), WorkSpan(9, 20, 0)), "work_overlaps"),
    ):
        with pytest.raises(Refusal) as refusal:
            fitting(spans)
        assert refusal.value.code == code


def test_shares_come_to_all_of_it() -> None:
    assert sum(share_by_minutes(1_001, {"a": 7, "b": 11, "c": 13}).values()) == 1_001
    assert share_by_minutes(500, {}) == {}

"""A wrong clock never stops a sale and never moves the day of business; a right one is believed again."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from edge.core.clock import (
    BACKWARDS_US,
    CLOSED_MAX_US,
    DRIFT_US,
    FUTURE_US,
    RELEASED_US,
    STEADY_US,
    TOLD_US,
    ClockReading,
    ClockValidator,
    Moment,
    SystemClock,
)

BOOT, NEXT_BOOT = b"1" * 16, b"2" * 16
MIN, HOUR, DAY = 60_000_000, 3_600_000_000, 86_400_000_000
PARIS = "Europe/Paris"


def at(text: str, zone: str = PARIS) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()) * 1_000_000


NOON = at("2027-03-10 12:00")


class Day:
    """A judge, and the clocks of the machine it runs on."""

    def __init__(self, start_us: int = NOON, zone: str = PARIS, turns_at_min: int = 240) -> None:
        self.at_us, self.mono_us, self.boot = start_us, HOUR, BOOT
        self.ahead_us: int | None = None  # of the monotonic clock is head office's, once it is told
        self.synced = False
        self.judge = ClockValidator(zone, turns_at_min)

    def pass_(self, us: int) -> Moment:
        """Time goes by, and the next command comes."""
        self.at_us += us
        self.mono_us += us
        return self.now()

    def jump(self, us: int) -> Moment:
        """Someone sets the wall clock, and the next command comes."""
        self.at_us += us
        return self.now()

    def restart(self, wall_us: int) -> Moment:
        """The machine is started again and its clock says `wall_us`."""
        self.at_us, self.mono_us, self.boot = wall_us, 20_000_000, NEXT_BOOT
        self.ahead_us, self.synced = None, False
        return self.now()

    def tell(self, at_us: int) -> Moment:
        """Head office says what time it is, and the next command comes."""
        self.ahead_us = at_us - self.mono_us
        return self.now()

    def sync(self, us: int) -> Moment:
        """The network sets the wall clock, by so much."""
        self.synced = True
        return self.jump(us)

    def now(self) -> Moment:
        told_us = 0 if self.ahead_us is None else self.mono_us + self.ahead_us
        return self.judge.moment(ClockReading(self.at_us, self.mono_us, self.boot, told_us, self.synced))


def test_a_clock_that_runs_on_is_believed() -> None:
    day = Day()
    assert day.now().clock == "ok"
    assert day.pass_(3 * DAY) == Moment(NOON + 3 * DAY, HOUR + 3 * DAY, BOOT, "ok", "2027-03-13")


def test_1970_is_doubted_and_keeps_the_day_of_the_last_row() -> None:
    judge = ClockValidator(PARIS, 240, ClockReading(NOON, HOUR, BOOT), "2027-03-10")
    moment = judge.moment(ClockReading(5_000_000, 5_000_000, NEXT_BOOT))
    assert (moment.clock, moment.business_date, moment.at_us) == ("suspect", "2027-03-10", 5_000_000)


def test_the_very_first_sale_of_a_box_without_a_clock() -> None:
    moment = ClockValidator(PARIS, 240).moment(ClockReading(5_000_000, 5_000_000, BOOT))
    assert (moment.clock, moment.business_date) == ("suspect", "1969-12-31")


def test_1970_is_never_believed_however_steady() -> None:
    day = Day(start_us=RELEASED_US - DAY)
    assert day.now().clock == "suspect"
    assert day.pass_(STEADY_US * 2).clock == "suspect"
    assert day.pass_(DAY).clock == "ok"  # it ran into the present by itself


@pytest.mark.parametrize(("us", "clock"), [(-BACKWARDS_US, "ok"), (-BACKWARDS_US - 1, "suspect")])
def test_a_small_step_back_is_the_work_of_ntp(us: int, clock: str) -> None:
    day = Day()
    day.now()
    assert day.jump(us).clock == clock


@pytest.mark.parametrize(("us", "clock"), [(DRIFT_US, "ok"), (DRIFT_US + 1, "suspect")])
def test_a_jump_ahead_within_a_boot_is_doubted(us: int, clock: str) -> None:
    day = Day()
    day.now()
    assert day.jump(us).clock == clock


def test_a_jump_over_the_turn_of_the_day_does_not_turn_it() -> None:
    day = Day()
    day.now()
    assert day.jump(DAY).business_date == "2027-03-10"


def test_a_clock_that_jumped_and_came_back_is_believed_at_once() -> None:
    day = Day()
    day.now()
    assert day.jump(7 * DAY).clock == "suspect"
    assert day.jump(-7 * DAY).clock == "ok"


def test_a_second_jump_is_doubted_as_long_as_the_first() -> None:
    day = Day()
    day.now()
    day.jump(7 * DAY)
    day.jump(-7 * DAY)
    day.pass_(STEADY_US)
    assert day.jump(7 * DAY).clock == "suspect"


def test_an_old_time_at_start_corrected_by_ntp_is_believed_after_ten_minutes() -> None:
    """The box starts in the morning with the time at which it was switched off; then NTP corrects it."""
    day = Day(at("2027-03-10 22:00"))
    assert day.now().business_date == "2027-03-10"
    corrected = day.jump(at("2027-03-11 07:00") - at("2027-03-10 22:00"))
    assert (corrected.clock, corrected.business_date) == ("suspect", "2027-03-10")
    assert day.pass_(STEADY_US - 1).clock == "suspect"
    later = day.pass_(1)
    assert (later.clock, later.business_date) == ("ok", "2027-03-11")
    assert day.pass_(1).clock == "ok"


def test_a_clock_that_was_far_ahead_does_not_spoil_the_years_until_then() -> None:
    day = Day(at("2040-01-01 12:00"))
    assert day.now().clock == "ok"  # nothing contradicts it
    assert day.jump(NOON - at("2040-01-01 12:00")).clock == "suspect"
    assert day.pass_(STEADY_US).business_date == "2027-03-10"


def test_a_clock_that_keeps_jumping_stays_doubted() -> None:
    day = Day()
    day.now()
    day.jump(DAY)
    for _ in range(10):
        day.pass_(STEADY_US // 2)
        assert day.jump(BACKWARDS_US + 1).clock == "suspect"


def test_a_new_boot_is_believed_ahead_and_doubted_behind() -> None:
    ahead, behind = Day(), Day()
    ahead.now()
    behind.now()
    assert ahead.restart(NOON + 8 * HOUR).clock == "ok"
    assert behind.restart(NOON - 8 * HOUR).clock == "suspect"


@pytest.mark.parametrize(
    ("local", "date"),
    [
        ("2027-03-10 03:59:59", "2027-03-09"),
        ("2027-03-10 04:00:00", "2027-03-10"),
        ("2027-03-10 23:59:59", "2027-03-10"),
        ("2027-03-11 00:30:00", "2027-03-10"),
        # the nights in which Paris changes its clocks (28 March and 31 October 2027)
        ("2027-03-28 03:59:59", "2027-03-27"),
        ("2027-03-28 04:00:00", "2027-03-28"),
        ("2027-10-31 03:59:59", "2027-10-30"),
        ("2027-10-31 04:00:00", "2027-10-31"),
    ],
)
def test_a_day_of_business_turns_at_four_by_the_clock_on_the_wall(local: str, date: str) -> None:
    assert Day(at(local)).now().business_date == date


def test_a_day_that_turns_at_midnight() -> None:
    assert Day(at("2027-03-10 00:00"), turns_at_min=0).now().business_date == "2027-03-10"
    assert Day(at("2027-03-10 00:00") - 1, turns_at_min=0).now().business_date == "2027-03-09"


def test_the_day_turns_while_commands_come() -> None:
    day = Day(at("2027-03-10 03:59:58"))
    dates = [day.pass_(1_000_000).business_date for _ in range(3)]
    assert dates == ["2027-03-09", "2027-03-10", "2027-03-10"]


def test_the_machines_clocks_run_and_stay_in_one_boot() -> None:
    clock = SystemClock()
    first, second = clock.read(), clock.read()
    assert second.mono_us >= first.mono_us
    assert abs(first.at_us - datetime.now().timestamp() * 1e6) < MIN
    assert first.boot_id == second.boot_id
    assert len(first.boot_id) == 16


def opened_yesterday() -> Day:
    """A shop whose newest fact is of yesterday noon; its machine was switched off since."""
    day = Day(NOON - DAY)
    assert day.now().clock == "ok"
    return day


@pytest.mark.parametrize("wrong_us", [at("2105-03-01 12:00"), FUTURE_US, NOON + CLOSED_MAX_US])
def test_a_start_far_in_the_future_is_not_believed_and_moves_no_day(wrong_us: int) -> None:
    """The newest fact tells: also not after the ten minutes in which a jump is forgiven."""
    day = opened_yesterday()
    assert (day.restart(wrong_us).clock, day.now().business_date) == ("suspect", "2027-03-09")
    assert (day.pass_(STEADY_US * 10).clock, day.now().business_date) == ("suspect", "2027-03-09")
    assert day.judge.doubt and day.judge.doubt.better_us == NOON - DAY and not day.judge.doubt.by_head_office
    right = day.jump(NOON - day.at_us)
    assert (right.clock, right.business_date) == ("ok", "2027-03-10")
    assert day.judge.doubt is None


@pytest.mark.parametrize("ahead_us", [2 * DAY, 90 * DAY])
def test_a_wrong_start_corrected_by_the_network_is_right_at_once(ahead_us: int) -> None:
    """Nothing told that it was wrong: sales had tomorrow's date. Today's are not to follow on them."""
    day = opened_yesterday()
    assert day.restart(NOON + ahead_us).clock == "ok"
    day.pass_(MIN)
    right = day.jump(-ahead_us)
    assert (right.clock, right.business_date) == ("ok", "2027-03-10")
    assert day.jump(-HOUR).clock == "suspect", "once is a correction, twice is somebody who turns the clock"


def test_a_step_back_behind_the_newest_fact_of_before_is_no_correction() -> None:
    day = opened_yesterday()
    day.restart(NOON + 2 * DAY)
    assert day.jump(-4 * DAY).clock == "suspect"


@pytest.mark.parametrize("us", [-2 * DAY, -HOUR, 9 * HOUR, 30 * DAY])
def test_a_clock_that_the_network_has_just_set_is_believed(us: int) -> None:
    day = opened_yesterday()
    day.restart(NOON)
    assert day.sync(us).clock == "ok"
    assert day.jump(HOUR).clock == "suspect", "it is not believed for ever after"


@pytest.mark.parametrize("us", [-40 * 365 * DAY, -DAY, -2 * TOLD_US, 2 * TOLD_US, DAY, 500 * DAY])
def test_head_offices_clock_tells_a_wrong_one_and_gives_the_day(us: int) -> None:
    day = opened_yesterday()
    day.restart(NOON + us)
    told = day.tell(NOON)
    assert (told.clock, told.business_date, told.at_us) == ("suspect", "2027-03-10", NOON + us)
    assert day.judge.doubt and day.judge.doubt.better_us == NOON and day.judge.doubt.by_head_office
    later = day.pass_(DAY + STEADY_US)
    assert (later.clock, later.business_date) == ("suspect", "2027-03-11"), "it is never believed for being steady"
    assert (day.jump(-us).clock, day.now().business_date) == ("ok", "2027-03-11")


@pytest.mark.parametrize("us", [-TOLD_US, 0, TOLD_US])
def test_a_clock_that_head_office_confirms_is_believed_whatever_it_said_before(us: int) -> None:
    day = Day(at("2040-01-01 12:00"))
    day.now()
    day.restart(NOON + us)
    assert day.now().clock == "suspect"
    assert (day.tell(NOON).clock, day.now().business_date) == ("ok", "2027-03-10")


def test_what_head_office_said_goes_on_with_the_monotonic_clock() -> None:
    clock = SystemClock()
    assert clock.read().told_us == 0
    clock.note_head_office_time(NOON)
    first, second = clock.read(), clock.read()
    assert 0 <= first.told_us - NOON < MIN
    assert second.told_us - first.told_us == second.mono_us - first.mono_us

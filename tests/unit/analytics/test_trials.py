"""What trials come to: their weeks, and the effect with its interval."""

from __future__ import annotations

import random
from datetime import date

import pytest

from edge.analytics.trials.rules import measure_effect
from edge.analytics.trials.trial import Trial, begins_us
from edge.lib.units.dates import after

MONDAY = "2027-01-04"


def _days(first: str, count: int) -> list[str]:
    return [after(first, n) for n in range(count)]


def test_weeks_follow_each_other_without_a_gap() -> None:
    trial = Trial(1, MONDAY, 2, 1, 2, 5_000)
    assert [(one.n, one.is_on, one.first, one.last) for one in trial.phases] == [
        (1, True, "2027-01-04", "2027-01-17"),
        (1, False, "2027-01-18", "2027-01-24"),
        (2, True, "2027-01-25", "2027-02-07"),
        (2, False, "2027-02-08", "2027-02-14"),
    ]
    assert trial.last == "2027-02-14"


def test_weeks_begin_where_the_business_day_turns_also_where_clocks_change() -> None:
    trial = Trial(1, "2027-03-22", 1, 1, 1, 1).of_shop("Europe/Paris", 240)
    begins, ends = trial.span_us(trial.phases[0])
    assert (ends - begins) / 3_600e6 == 7 * 24 - 1, "clocks went forward on 28 March"
    assert begins == begins_us("2027-03-22", "Europe/Paris", 240)


def test_few_days_say_nothing_and_three_are_enough_to_count_the_loss() -> None:
    before = dict.fromkeys(_days("2026-12-07", 28), 100.0)
    two = measure_effect(before | dict.fromkeys(_days(MONDAY, 2), 40.0), _days(MONDAY, 14))
    assert (two.low, two.lost) == (None, None)
    three = measure_effect(before | dict.fromkeys(_days(MONDAY, 3), 40.0), _days(MONDAY, 14))
    assert (three.low, three.lost) == (None, 180)
    young = measure_effect(dict.fromkeys(_days("2026-12-29", 10), 100.0), _days(MONDAY, 14))
    assert young.lost is None, "too few days without it"


def test_days_of_the_week_are_compared_with_their_like() -> None:
    """Weekends sell ten times as much: a trial that has run from Monday to Friday is not blamed for that."""
    usual = {day: 1_000.0 if date.fromisoformat(day).weekday() > 4 else 100.0 for day in _days("2026-12-07", 28)}
    so_far = measure_effect(usual | dict.fromkeys(_days(MONDAY, 5), 90.0), _days(MONDAY, 14))
    assert so_far.difference == pytest.approx(-10) and so_far.lost == 50


def test_of_the_ranges_eighty_of_a_hundred_hold() -> None:
    chance, held = random.Random(3), 0
    rounds = 600
    for _ in range(rounds):
        days = {}
        for day in _days("2026-12-07", 56):
            level = 100 + 20 * date.fromisoformat(day).weekday()
            days[day] = chance.gauss(level + (15 if MONDAY <= day < "2027-01-18" else 0), 30)
        effect = measure_effect(days, _days(MONDAY, 14))
        assert effect.low is not None and effect.high is not None
        held += effect.low <= 15 <= effect.high
    assert 0.75 <= held / rounds <= 0.85

"""Models of demand: what they never do, and that they know a weekday when they see one."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from edge.analytics.forecast.learning.intervals import GRID, around, bounds, chance_above, quantile
from edge.analytics.forecast.learning.intervals import WEEK as WEEK_ROW
from edge.analytics.forecast.learning.models import MODELS, Matrix, Past, Places
from edge.analytics.forecast.learning.training import DemandCalendar, Trained, damp_outliers, train

WEEK = np.array([1.0, 1.0, 1.0, 1.0, 2.0, 3.0, 0.0])
STEPS = 28


def calendar(days: int) -> DemandCalendar:
    span = np.arange(days + STEPS)
    return DemandCalendar(span % 7, span // 7 % 52, np.ones((1, days + STEPS)), 7)


def trained(values: Matrix) -> Trained:
    return train(*_asked(values, calendar(values.shape[1])))


def shop(days: int = 140, seed: int = 1) -> Matrix:
    """Ten products that follow the week, closed on its last day."""
    random = np.random.default_rng(seed)
    means = random.gamma(2.0, 3.0, 10)[:, None] * WEEK[np.arange(days) % 7][None, :]
    values: Matrix = random.poisson(means).astype(np.float64)
    values[:, np.arange(days) % 7 == 6] = np.nan
    return values


def test_a_busy_day_is_expected_to_be_busy_and_a_closed_one_closed() -> None:
    made = trained(shop())
    by_weekday = made.mean.sum(axis=0).reshape(-1, 7).mean(axis=0)
    assert by_weekday[5] > 2 * by_weekday[0] > 0
    assert by_weekday[6] == 0


def test_what_is_regular_goes_on_as_it_was() -> None:
    """Ten a day; by the weekday; seven every Monday and nothing else; five a day for ten days; twice as many lately."""
    days = np.arange(112)
    values = np.zeros((5, 112))
    values[0] = 10
    values[1] = 10 * np.array([1, 1, 1, 1, 2, 3, 1])[days % 7]
    values[2] = np.where(days % 7 == 0, 7, 0)
    values[3] = np.where(days < 102, np.nan, 5)
    values[4] = np.where(days < 84, 10, 20)
    for row, expected in (
        (0, [10] * 7),
        (1, [10, 10, 10, 10, 20, 30, 10]),
        (2, [7, 0, 0, 0, 0, 0, 0]),
        (3, [5] * 7),
        (4, [20] * 7),
    ):
        made = trained(values[row : row + 1])
        assert made.mean[0, :7] == pytest.approx(expected, abs=0.01 if row < 4 else 0.3), row


@pytest.mark.parametrize("name", MODELS)
def test_no_model_says_nonsense_of_odd_histories(name: str) -> None:
    odd = np.array([[0.0] * 60, [np.nan] * 59 + [4.0], [0.0] * 30 + [100000.0] + [0.0] * 29, [1.0] * 60])
    past = Past(odd, np.ones((4, 60)), np.ones((4, 14)), 7)
    made = MODELS[name](past)
    assert made.shape == (4, 14)
    assert np.isfinite(made).all() and (made >= 0).all()
    assert (made[0] == 0).all(), "what was never sold is not expected"


@pytest.mark.parametrize("name", MODELS)
def test_what_is_known_to_be_on_counts_whichever_model_was_chosen(name: str) -> None:
    """A fair on the tenth day to come brings half as much again."""
    values = shop()
    factors = np.ones((1, 140 + STEPS))
    factors[0, 150] = 1.5
    usual = calendar(140)
    fair = train(*_asked(values, usual._replace(factors=factors)), fixed=[name] * len(values))
    plain = train(*_asked(values, usual), fixed=[name] * len(values))
    assert fair.model == [name] * len(values)
    assert fair.mean[:, 10] == pytest.approx(1.5 * plain.mean[:, 10]) and plain.mean[:, 10].sum() > 0
    assert (fair.mean[:, 11:] == plain.mean[:, 11:]).all()


def _asked(values: Matrix, known: DemandCalendar) -> tuple[Matrix, Places, Matrix, DemandCalendar, int, int]:
    totals = np.nansum(values, axis=0, keepdims=True)
    totals[:, np.isnan(values).all(axis=0)] = np.nan
    return values, np.zeros(len(values), dtype=np.int64), totals, known, STEPS, 28


def test_whatever_is_forecast_is_finite_and_within_its_interval() -> None:
    values = np.concatenate([shop(), np.zeros((1, 140)), np.full((1, 140), np.nan)])
    made = trained(values)
    assert np.isfinite(made.mean).all() and (made.mean >= 0).all()
    for row in range(len(values)):
        before = 0.0
        for step in range(STEPS):
            low, high = bounds(made.mean[row, step], made.scale[row], made.quantiles[made.class_[row]], step, 85.0)
            assert 0 <= low <= made.mean[row, step] <= high
            if step in (0, 7, 14):
                assert high - made.mean[row, step] >= before - 1e-6, "nothing is surer further out"
                before = high - made.mean[row, step]


def test_the_same_history_gives_the_same_forecast() -> None:
    one, other = trained(shop()), trained(shop())
    assert (one.mean == other.mean).all() and one.model == other.model


def test_intervals_hold_what_they_say_on_days_that_nobody_showed_them() -> None:
    inside = count = 0
    for seed in range(6):
        values = shop(168, seed)
        made = trained(values[:, :140])
        for row in range(len(values)):
            for step in range(STEPS):
                if not np.isnan(actual := values[row, 140 + step]):
                    quantiles = made.quantiles[made.class_[row]]
                    low, high = bounds(made.mean[row, step], made.scale[row], quantiles, step, 85.0)
                    inside, count = inside + int(low <= actual <= high), count + 1
    assert 0.80 <= inside / count <= 0.92, inside / count


def test_one_huge_order_is_damped_and_told() -> None:
    values = np.concatenate([np.full((1, 50), 5.0), np.full((1, 50), -3.0)])
    values[0, 10] = 900
    clean, above = damp_outliers(values)
    assert above[0, 10] and clean[0, 10] < 50 and above.sum() == 1
    assert (clean[1] == 0).all(), "more came back than was sold"


def test_quantiles_and_chances_are_monotone() -> None:
    quantiles = [place * 4 - 2 for place in GRID]
    assert quantile(quantiles, 0.0) <= quantile(quantiles, 0.5) <= quantile(quantiles, 1.0)
    chances = [chance_above(10.0, 3.0, quantiles, limit / 10) for limit in range(-50, 400)]
    assert all(one >= other for one, other in pairwise(chances))
    assert chances[0] > 0.9 and chances[-1] < 0.01
    assert around(5.0, 1.0, quantiles, 0.0)[0] <= 5.0 <= around(5.0, 1.0, quantiles, 100.0)[1]


def test_a_backtest_without_a_sale_praises_no_model_that_says_nothing() -> None:
    """Products that sell once in five weeks, and for some weeks not at all: seasonal naive says nothing then and is
    right, and says ten where there was a sale a week ago."""
    random = np.random.default_rng(5)
    values = np.where(random.random((200, 360)) < 0.03, random.poisson(4, (200, 360)) + 1.0, 0.0)
    values[:150, -90:] = 0  # the time in which models are tried
    made = trained(values)
    assert "seasonal_naive" not in made.model
    shop_mean = np.nanmean(values[:150, :-90])
    assert made.mean[:150].mean() < shop_mean, "what has not sold for three months is expected less, by the usual model"


def test_weeks_of_a_store_lie_within_their_interval_as_often_as_it_says() -> None:
    """Whole weeks are better or worse than others (weather, holidays): days by themselves do not show that."""
    within = []
    for seed in range(4):
        random = np.random.default_rng(seed)
        mood = 1 + 0.2 * random.standard_normal(60)
        calm = np.repeat(np.where(np.arange(60) % 20 >= 12, 1 + (mood - 1) / 4, mood), 7)  # some seasons are calm
        values = random.poisson(100 * WEEK.clip(0.5)[np.arange(420) % 7] * calm).astype(np.float64)[None, :]
        for start in range(224, 392, 56):
            made = trained(values[:, :start])
            for week in range(4):
                days = slice(start + 7 * week, start + 7 * week + 7)
                mean = float(made.mean[0, 7 * week : 7 * week + 7].sum())
                low, high = around(mean, float(made.scale_week[0]), made.quantiles[made.class_[0]][WEEK_ROW], 85.0)
                within.append(low <= values[0, days].sum() <= high)
    assert 0.8 <= np.mean(within) <= 0.92

"""What histories and questions bring that no one expects: honest answers, no NaN, no crash."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edge.analytics.forecast import rules
from edge.analytics.forecast.history.history_reader import read
from edge.analytics.forecast.learning.models import Matrix
from edge.analytics.forecast.learning.training import DemandCalendar, Trained, damp_outliers, train

DAYS, STEPS = 120, 28


def trained(values: Matrix) -> Trained:
    length = values.shape[1]
    days = np.arange(length + STEPS)
    calendar = DemandCalendar(days % 7, days // 7 % 53, np.ones((1, length + STEPS)), 7)
    clean, _ = damp_outliers(values)
    totals = np.nan_to_num(clean).sum(axis=0, keepdims=True)
    return train(clean, np.zeros(len(values), dtype=np.int64), totals, calendar, STEPS, STEPS)


def sold(**more: Any) -> Matrix:
    """A product that sells about five a day, with what a test changes of it."""
    values = np.random.default_rng(1).poisson(5.0, (1, DAYS)).astype(float)
    for day, value in more.get("days", {}).items():
        values[0, day] = value
    return values


def is_honest(found: Trained) -> bool:
    return bool(np.isfinite(found.mean).all() and (found.mean >= 0).all() and np.isfinite(found.quantiles).all())


def test_a_product_of_one_day() -> None:
    values = np.full((2, DAYS), np.nan)
    values[0, -1], values[1] = 3.0, sold()
    assert is_honest(trained(values))


def test_a_history_of_one_day_alone() -> None:
    assert is_honest(trained(np.full((1, 1), 3.0)))


def test_a_shop_without_any_categories() -> None:
    found = trained(np.zeros((0, DAYS)))
    assert found.mean.shape == (0, STEPS) and is_honest(found)


def test_all_zeros() -> None:
    found = trained(np.zeros((3, DAYS)))
    assert is_honest(found) and not found.mean.any(), "what nobody buys is not expected to be bought"


def test_one_huge_order() -> None:
    found = trained(sold(days={60: 100_000.0}))
    assert is_honest(found) and found.mean.max() < 50, "it is no reason to order a warehouse full"


def test_a_year_that_is_missing() -> None:
    values = np.random.default_rng(1).poisson(5.0, (1, 900)).astype(float)
    values[0, 200:565] = np.nan
    found = trained(values)
    assert is_honest(found) and 3 < found.mean.mean() < 7, "unknown is not zero"


def test_negative_sales() -> None:
    found = trained(sold(days=dict.fromkeys(range(30, 40), -4.0)))
    assert is_honest(found)


def test_nothing_is_known_of_any_day() -> None:
    assert is_honest(trained(np.full((2, DAYS), np.nan)))


def test_duplicate_days_are_summed(tmp_path: Path) -> None:
    path = tmp_path / "twice.csv"
    path.write_text("day,sku,sold\n2026-01-01,milk,2\n2026-01-01,milk,3\n2026-01-01,milk,-1\n")
    (answer,) = read(path, {})
    assert answer["rows"] == [("milk", "2026-01-01", 5000, 1000, 0, 0)]


@pytest.mark.parametrize(("digits", "minor"), [(2, 123_000), (0, 1_230), (3, 1_230_000)])
def test_revenue_is_read_in_the_minor_unit_of_the_shops_currency(digits: int, minor: int, tmp_path: Path) -> None:
    """1,230 yen are 1230; dinars have three decimals."""
    path = tmp_path / "sales.csv"
    path.write_text("day,sku,sold,revenue\n2026-01-01,milk,2,1230\n")
    (answer,) = read(path, {}, digits=digits)
    assert answer["rows"] == [("milk", "2026-01-01", 2000, 0, 0, minor)]


@pytest.mark.parametrize("period", ["daily", "weekly", "monthly", "quarterly"])
def test_a_horizon_has_an_end(period: rules.Period) -> None:
    assert len(rules.periods("2026-12-31", period, rules.HORIZONS[period])) <= 90


def test_what_is_far_beyond_what_was_said_is_held_back() -> None:
    before, now = (1_000,) * 28, (50_000,) * 28
    held = rules.cap_jump(before, now)
    assert held and sum(held) == rules.JUMP * sum(before)
    assert rules.cap_jump(before, before) is None and rules.cap_jump((0,) * 28, now) is None

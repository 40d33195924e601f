"""A product's stock day by day under rules of ordering."""

from __future__ import annotations

import numpy as np
import pytest

from edge.analytics.whatif.stock_simulation import (
    OrderRule,
    Spoilage,
    arrival,
    draw_weeks,
    fill_censored,
    infer_rule,
    range_of,
    simulate,
)

DAYS, MONDAY = 28, 0
STEADY = np.full((3, DAYS), 10.0)
NOTHING = np.zeros((3, DAYS))
KEEPS = Spoilage()


def test_what_is_ordered_comes_after_its_lead_time() -> None:
    rule = OrderRule(reorder=30, up_to=80, lead_days=2)
    course = simulate(STEADY, NOTHING, 60, rule, MONDAY, KEEPS)
    assert course.came[0].nonzero()[0].tolist() == [4, 9, 14, 19, 24]
    assert course.out_days.tolist() == [0, 0, 0] and course.lost.sum() == 0


def test_a_lead_time_of_a_year_is_simulated_like_any_other() -> None:
    rule = OrderRule(reorder=30, up_to=80, lead_days=365, weekdays=frozenset((0,)))
    course = simulate(STEADY, NOTHING, 60, rule, MONDAY, KEEPS)
    assert not course.came.any(), "nothing that is ordered comes in this period"
    assert course.out_days.tolist() == [23, 23, 23]


def test_a_longer_lead_time_leaves_the_shelf_empty_and_a_higher_point_fills_it() -> None:
    low = OrderRule(reorder=30, up_to=80, lead_days=6)
    without = simulate(STEADY, NOTHING, 60, low, MONDAY, KEEPS)
    assert without.out_days[0] > 5 and without.lost[0] >= 10 * (without.out_days[0] - 5)
    enough = simulate(STEADY, NOTHING, 60, low._replace(reorder=70, up_to=120), MONDAY, KEEPS)
    assert enough.out_days[0] < without.out_days[0] and enough.stock[0] > without.stock[0]


def test_packs_minimum_maximum_and_delivery_days_are_kept() -> None:
    rule = OrderRule(reorder=30, up_to=41, quantity=20, maximum=70, pack=12, lead_days=1, weekdays=frozenset((0, 3)))
    assert [arrival(day, rule, MONDAY) for day in range(7)] == [3, 3, 3, 7, 7, 7, 7]
    course = simulate(STEADY[:, :1], NOTHING[:, :1], 40, rule, MONDAY, KEEPS)
    assert course.stock[0] == 30
    longer = simulate(STEADY, NOTHING, 40, rule, MONDAY, KEEPS)
    assert {int(day) % 7 for day in longer.came[0].nonzero()[0]} <= {0, 3}


def test_goods_past_their_day_are_wasted_and_sold_oldest_first() -> None:
    little = np.full((2, 10), 1.0)
    course = simulate(little, np.zeros((2, 10)), 10, None, MONDAY, Spoilage(shelf_days=5, lots=((2, 6.0), (5, 4.0))))
    assert course.wasted.tolist() == [4, 4], "three of six sold by day 2, three wasted; one of the others later"
    assert simulate(little, np.zeros((2, 10)), 10, None, MONDAY, KEEPS).wasted.sum() == 0


def test_days_without_goods_hide_demand_that_is_drawn_from_their_like() -> None:
    sold = np.array([10.0, 0, 0, 0, 0, 2, 2] * 4)
    gone = np.zeros(DAYS, dtype=bool)
    sold[7], gone[7] = 0, True
    filled = fill_censored(sold, gone, [day % 7 for day in range(DAYS)], np.random.default_rng(1), 5)
    assert filled[:, 7].tolist() == [10.0] * 5, "what other Mondays sold"
    assert (filled[:, ~gone] == sold[~gone]).all()


def test_draws_keep_weeks_together_and_begin_with_the_period_itself() -> None:
    drawn = draw_weeks(30, np.random.default_rng(2), 20)
    assert drawn[0].tolist() == list(range(30)) and drawn.shape == (20, 30)
    assert all(day % 7 == at % 7 for row in drawn for at, day in enumerate(row))
    value, low, high = range_of(np.array([5.0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]))
    assert value == 5 and low == pytest.approx(1.9) and high == pytest.approx(9.1)


def test_how_a_shop_orders_follows_from_its_deliveries() -> None:
    rule = OrderRule(reorder=30, up_to=80, lead_days=2)
    on_hand, received = [], np.zeros(60)
    held, coming = 60.0, dict[int, float]()
    for day in range(60):
        received[day] = coming.pop(day, 0.0)
        held = held + received[day] - 10
        on_hand.append(held)
        if held + sum(coming.values()) <= 30:
            coming[day + 2] = 80 - held
    found = infer_rule(np.array(on_hand), received, MONDAY, 2)
    assert found is not None
    assert (found.reorder, found.up_to) == (rule.reorder, rule.up_to)
    assert infer_rule(np.array(on_hand), np.zeros(60), MONDAY, 2) is None

"""What a receipt that was wrong changes: the value of what is there, and a figure for what is gone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from edge.goods.stock.moving.costs import (
    MICRO,
    Received,
    average_after,
    average_with,
    correction_worth,
    shares,
    sold_short,
    value_milli,
)

CENT = 1000
"""A minor unit, in thousandths."""


def test_what_is_still_there_gets_the_price_and_what_was_sold_is_a_figure() -> None:
    was, now = Received(10_000, 100), Received(10_000, 120)
    found = correction_worth(100 * MICRO, 4_000, 0, was, now)
    assert (found.value_milli, found.gone_milli) == (4 * 20 * CENT, 6 * 20 * CENT)
    assert average_with(100 * MICRO, 4_000, found.value_milli) == 120 * MICRO


def test_later_receipts_are_taken_to_be_there_still() -> None:
    was, now = Received(10_000, 100), Received(10_000, 120)
    found = correction_worth(100 * MICRO, 12_000, 10_000, was, now)
    assert (found.value_milli, found.gone_milli) == (2 * 20 * CENT, 8 * 20 * CENT)


def test_a_receipt_by_mistake_leaves_what_was_there_before_at_its_price() -> None:
    # 10 at 100, then by mistake 10 at 200: 20 at 150; the ten left at the average of 150
    found = correction_worth(150 * MICRO, 10_000, 0, Received(10_000, 200), Received(0, 200))
    assert average_with(150 * MICRO, 10_000, found.value_milli) == 100 * MICRO
    assert found.gone_milli == 0


def test_what_never_came_and_what_came_dearer_are_there_by_shares_of_their_own() -> None:
    # 10 at 100 were booked and four sold; eight had come, at 130: four are there, four gone, each dearer by 30
    found = correction_worth(100 * MICRO, 4_000, 0, Received(10_000, 100), Received(8_000, 130))
    assert (found.value_milli, found.gone_milli) == (4 * 30 * CENT, 4 * 30 * CENT)
    assert average_with(100 * MICRO, 4_000, found.value_milli) == 130 * MICRO


def test_freight_of_a_shelf_that_is_empty_is_all_a_figure() -> None:
    found = correction_worth(100 * MICRO, 0, 0, Received(10_000, 100), Received(10_000, 100, 500))
    assert (found.value_milli, found.gone_milli) == (0, 500 * CENT)


def test_what_was_sold_before_it_came_was_dearer() -> None:
    assert sold_short(100 * MICRO, -5_000, 120) == 5 * 20 * CENT
    assert sold_short(100 * MICRO, 5_000, 120) == 0
    assert sold_short(None, -5_000, 120) == 0, "nobody knows what they were thought to cost"


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.lists(st.tuples(st.integers(1, 10**5), st.integers(0, 10**4))))
def test_what_was_sold_below_zero_costs_what_was_paid_in_however_many_parts_it_comes(
    cost: int, short: int, parts: list[tuple[int, int]]
) -> None:
    """Booked as sold, with its corrections: what was paid, less what is there."""
    average, on_hand, paid, sold = cost * MICRO, -short, 0, short * cost
    for quantity, unit_cost in parts:
        sold += sold_short(average, on_hand, unit_cost)
        average, on_hand = average_after(average, on_hand, quantity, unit_cost), on_hand + quantity
        paid += quantity * unit_cost
    assert abs(sold - (paid - value_milli(average, on_hand))) <= 2 + len(parts)


amounts = st.integers(0, 10**9)
receipt = st.builds(Received, st.integers(1, 10**6), st.integers(0, 10**5), st.integers(0, 10**6))


@given(amounts, st.integers(-(10**7), 10**7), st.integers(0, 10**7), receipt, receipt)
def test_no_sum_is_lost_and_nothing_is_worth_less_than_nothing(
    average: int, on_hand: int, later: int, was: Received, now: Received
) -> None:
    found = correction_worth(average, on_hand, later, was, now)
    paid = now.paid_milli(average) - was.paid_milli(average)
    moved = value_milli(average, now.quantity - was.quantity)
    assert found.value_milli + found.gone_milli == paid - moved
    assert on_hand > 0 or found.value_milli == 0
    assert (average_with(average, on_hand, found.value_milli) or 0) >= 0


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(0, 10**9), min_size=1, max_size=30))
def test_shares_are_all_of_the_sum(total: int, weights: list[int]) -> None:
    parts = shares(total, weights)
    assert sum(parts) == total
    assert len(parts) == len(weights)

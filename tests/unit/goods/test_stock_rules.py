"""Boxes, lots and averages: what leaves which row, by figures a shop can check with a pencil."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.goods.stock import rules
from edge.goods.stock.events import Move
from edge.goods.stock.moving import costs
from edge.goods.stock.rules import StockRow

BOX = 24


def row(boxes: int, units: int, expiry: str = "", lot: str = "", arrived: int = 0) -> StockRow:
    return StockRow("main", lot, expiry, (boxes * BOX + units) * 1000, boxes, BOX, arrived)


def behind(rows: list[StockRow], moves: list[Move]) -> list[tuple[int, int]]:
    """(boxes, loose units) of each row behind moves."""
    left = []
    for one in rows:
        mine = [move for move in moves if (move.lot, move.expiry) == (one.lot, one.expiry)]
        boxes = one.boxes + sum(move.boxes for move in mine)
        quantity = one.quantity + sum(move.delta for move in mine)
        left.append((boxes, quantity // 1000 - boxes * BOX))
    return left


@pytest.mark.parametrize(("units", "left"), [(3, (5, 9)), (15, (4, 21)), (132, (0, 0)), (12, (5, 0)), (13, (4, 23))])
def test_units_go_loose_first_and_open_as_few_boxes_as_needed(units: int, left: tuple[int, int]) -> None:
    moves, lacking = rules.take("beer", [row(5, 12)], units * 1000)
    assert (behind([row(5, 12)], moves), lacking) == ([left], 0)


def test_what_is_not_there_is_lacking() -> None:
    assert rules.take("beer", [row(5, 12)], 133_000)[1] == 1000


def test_boxes_go_closed_first() -> None:
    moves, _ = rules.take("beer", [row(5, 12)], 2 * BOX * 1000, closed_first=True)
    assert behind([row(5, 12)], moves) == [(3, 12)]
    assert moves[0].opened == 0
    moves, _ = rules.take("beer", [row(1, 30)], 2 * BOX * 1000, closed_first=True)
    assert behind([row(1, 30)], moves) == [(0, 6)], "one closed box, then loose ones"


def test_what_expires_first_leaves_first_and_what_has_no_day_last() -> None:
    late, soon, never = row(0, 5, "2027-02-01", "B"), row(0, 5, "2027-01-10", "A"), row(0, 5, "", "C")
    ordered = rules.first_expired_first([never, late, soon])
    assert [one.lot for one in ordered] == ["A", "B", "C"]
    moves, _ = rules.take("beer", ordered, 7000)
    assert [(move.lot, move.delta) for move in moves] == [("A", -5000), ("B", -2000)]


def test_a_sale_passes_over_what_is_barred_and_goes_below_zero() -> None:
    old = StockRow("main", "A", "2026-01-01", 5000, barred=True)
    assert rules.sell("milk", [old], 2000, "main") == [Move("milk", -2000)]
    scanned = rules.sell("milk", [old], 7000, "main", "A")
    assert scanned == [Move("milk", -7000, location="main", lot="A", expiry="2026-01-01")]


def test_what_comes_without_a_lot_fills_what_was_sold_below_zero_first() -> None:
    empty, into = row(0, -5), StockRow("main", "", "2027-01-01", box=BOX)
    moves = rules.bring("beer", into, [empty], 2 * BOX * 1000, 2, BOX)
    assert [(move.expiry, move.delta, move.boxes) for move in moves] == [
        ("", 5000, 0),
        ("2027-01-01", 43_000, 1),
    ]


def test_the_average_follows_what_comes_in_at_a_cost() -> None:
    average = costs.average_after(None, 0, 10_000, 100)
    assert average == 100 * costs.MICRO
    average = costs.average_after(average, 10_000, 10_000, 200)
    assert average == 150 * costs.MICRO
    assert costs.value_milli(average, 20_000) == 3_000_000
    assert costs.average_after(average, -3000, 10_000, 90) == 90 * costs.MICRO, "below zero only the new cost counts"


def test_a_status_is_left_only_a_tenth_above_the_level() -> None:
    assert rules.status(8000, 24_000, 8000) == "low"
    assert rules.status(8500, 24_000, 8000, "low") == "low"
    assert rules.status(8500, 24_000, 8000, "normal") == "normal"
    assert rules.status(8801, 24_000, 8000, "low") == "normal"
    assert rules.status(4000, 24_000, 8000, "low") == "critical"
    assert rules.status(36_001, 24_000, 8000) == "excess"


ROWS = st.lists(
    st.builds(
        row,
        st.integers(0, 4),
        st.integers(0, 40),
        st.sampled_from(["", "2027-01-01", "2027-02-01"]),
        st.sampled_from(["", "A", "B"]),
        st.integers(0, 9),
    ),
    max_size=5,
    unique_by=lambda one: (one.lot, one.expiry),
)


@given(ROWS, st.integers(1, 300), st.booleans())
def test_whatever_is_taken_adds_up_and_no_row_goes_below_zero(rows: list[StockRow], units: int, closed: bool) -> None:
    moves, lacking = rules.take("beer", rules.first_expired_first(rows), units * 1000, closed)
    assert -sum(move.delta for move in moves) + lacking == units * 1000
    assert lacking == max(0, units * 1000 - sum(one.quantity for one in rows))
    assert all(boxes >= 0 and loose >= 0 for boxes, loose in behind(rows, moves))


@given(ROWS, st.integers(0, 6), st.integers(0, 60))
def test_what_somebody_says_is_there_is_there_then(rows: list[StockRow], boxes: int, units: int) -> None:
    wanted = (boxes * BOX + units) * 1000
    moves = rules.set_to("beer", rows, wanted, boxes, BOX, "main", named=len(rows) == 1)
    assert sum(one.quantity for one in rows) + sum(move.delta for move in moves) == wanted
    if len(rows) == 1:
        assert behind(rows, moves) == [(boxes, units)]

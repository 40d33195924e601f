"""What a card holds over all shops, and until when it is good."""

from __future__ import annotations

import pytest

from edge.money.gift_cards.rules import (
    SettledCard,
    card_after,
    expiry_of_card,
    expiry_of_load,
    expiry_of_return,
    is_over,
)


@pytest.mark.parametrize(
    ("moves", "balance", "lost"),
    [
        ((), 0, 0),
        ((5000, -2000), 3000, 0),
        ((5000, -5000, -2000), 0, 2000),
        ((5000, -5000, -2000, 4000), 4000, 2000),
        ((-100, -100), 0, 200),
        ((5000, -6000, 1000, -3000), 0, 3000),
    ],
)
def test_a_card_is_never_below_nothing_and_a_later_load_is_the_customers(
    moves: tuple[int, ...], balance: int, lost: int
) -> None:
    assert card_after(moves) == SettledCard(balance, lost)


def test_a_card_is_good_through_the_whole_of_its_last_day() -> None:
    assert not is_over("2027-01-31", "2027-01-31")
    assert is_over("2027-01-31", "2027-02-01")
    assert not is_over("", "2999-01-01")


@pytest.mark.parametrize(
    ("day", "months", "before", "until"),
    [
        ("2027-01-31", 1, None, "2027-02-28"),
        ("2027-11-30", 3, None, "2028-02-29"),
        ("2027-06-15", 0, None, ""),
        ("2027-06-15", 12, "2029-01-01", "2029-01-01"),
        ("2027-06-15", 12, "", ""),
    ],
)
def test_a_load_never_shortens_a_card(day: str, months: int, before: str | None, until: str) -> None:
    assert expiry_of_load(day, months, before) == until


def test_a_card_of_several_shops_is_good_as_long_as_one_of_them_said() -> None:
    assert expiry_of_card([(1000, "2027-03-31"), (-400, "2027-03-31"), (500, "2027-06-30")]) == "2027-06-30"
    assert expiry_of_card([(1000, "2027-03-31"), (500, ""), (-100, "2027-03-31")]) == ""
    assert expiry_of_card([]) == ""


def test_what_goes_back_onto_a_card_makes_it_good_for_thirty_days() -> None:
    assert expiry_of_return("2027-01-15", "2027-01-20") == "2027-02-14"
    assert expiry_of_return("2027-01-15", "2028-01-20") == "2028-01-20"
    assert expiry_of_return("2027-01-15", "") == ""

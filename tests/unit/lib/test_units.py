"""Money and quantities are exact integers, and what people type is either understood or refused."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.lib.units.money import LIMIT_MINOR, Coins, amount_minor, divide_half_up, exponent, parse_minor, show_minor
from edge.lib.units.quantity import LIMIT, parse_quantity, show_quantity

CURRENCIES = st.sampled_from(["EUR", "ILS", "JPY", "KWD"])
MINOR = st.integers(-LIMIT_MINOR, LIMIT_MINOR)


@given(MINOR, CURRENCIES)
def test_a_shown_amount_is_read_back(minor: int, currency: str) -> None:
    assert parse_minor(show_minor(minor, currency), currency) == minor


@given(st.integers(-LIMIT, LIMIT))
def test_a_shown_quantity_is_read_back(quantity: int) -> None:
    assert parse_quantity(show_quantity(quantity)) == quantity


@given(st.integers(-(10**18), 10**18), st.integers(1, 10**9))
def test_division_is_to_the_nearest_and_halves_go_away_from_zero(numerator: int, denominator: int) -> None:
    result = divide_half_up(numerator, denominator)
    off = abs(Fraction(numerator, denominator) - result)
    assert off <= Fraction(1, 2)
    assert divide_half_up(-numerator, denominator) == -result
    if off == Fraction(1, 2):
        assert abs(result) > abs(Fraction(numerator, denominator))


@given(MINOR, st.integers(1, 1000), st.booleans())
def test_cash_is_rounded_to_a_coin_that_exists(minor: int, step: int, halves_down: bool) -> None:
    coins = Coins(step, halves_down)
    rounded = coins.nearest(minor)
    assert rounded % step == 0
    assert abs(rounded - minor) * 2 <= step
    assert coins.nearest(-minor) == -rounded, "as much goes back as came in"
    if abs(rounded - minor) * 2 == step and step > 1:
        assert (abs(rounded) < abs(minor)) is halves_down


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [(1250, "EUR", "12.50"), (-5, "EUR", "-0.05"), (1250, "JPY", "1250"), (1250, "KWD", "1.250"), (0, "ILS", "0.00")],
)
def test_amounts_are_shown_with_the_digits_of_their_currency(minor: int, currency: str, text: str) -> None:
    assert show_minor(minor, currency) == text
    assert exponent(currency) == (len(text.partition(".")[2]))


@pytest.mark.parametrize("text", ["", "twelve", "1.005", "1e20", "NaN", "Infinity", "-Infinity", "1,50", "12.5.0"])
def test_an_invalid_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"isn't an amount|too many decimals|too high"):
        parse_minor(text, "EUR")


def test_yen_have_no_cents() -> None:
    with pytest.raises(ValueError, match=r"'1.5' has too many decimals for JPY"):
        parse_minor("1.5", "JPY")


@pytest.mark.parametrize("text", ["", "half", "0.0005", "NaN", "Infinity", "1e30"])
def test_an_invalid_quantity_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"isn't a quantity|three decimals|too large"):
        parse_quantity(text)


@pytest.mark.parametrize(
    ("price", "quantity", "amount"),
    [(399, 1000, 399), (399, 1250, 499), (399, 1253, 500), (1, 500, 1), (1, 499, 0), (120, 3000, 360)],
)
def test_an_amount_is_rounded_once(price: int, quantity: int, amount: int) -> None:
    assert amount_minor(price, quantity) == amount

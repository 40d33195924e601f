"""Article numbers: check digits, and one number however it is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.lib.codes.gtin import check_digit, expand_upce, is_checked, is_gtin, price_check_digit


@given(st.text("0123456789", min_size=1, max_size=17), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(digits: str, place: int, by: int) -> None:
    whole = digits + str(check_digit(digits))
    place %= len(whole)
    broken = whole[:place] + str((int(whole[place]) + by) % 10) + whole[place + 1 :]
    assert is_checked(whole)
    assert not is_checked(broken)


@pytest.mark.parametrize(
    ("upce", "upca"),
    [  # one for each way in which zeros are left out
        ("0120130", "01200000013"),
        ("0123111", "01210000311"),
        ("0123453", "01230000045"),
        ("0123454", "01234000005"),
        ("0123455", "01234500005"),
        ("123455", "01234500005"),
    ],
)
def test_a_upce_is_the_upca_without_its_zeros(upce: str, upca: str) -> None:
    expanded = upca + str(check_digit(upca))
    assert expand_upce(upce) == expanded
    if len(upce) == 7:
        assert expand_upce(upce + expanded[-1]) == expanded


@pytest.mark.parametrize("digits", ["", "12345", "91234558", "012345581"])
def test_an_invalid_upce(digits: str) -> None:
    assert expand_upce(digits) is None


def test_a_price_has_a_check_digit_of_its_own() -> None:
    """The examples of the GS1 General Specifications, 7.9.3 and 7.9.4."""
    assert price_check_digit("2875") == 9
    assert price_check_digit("14685") == 6


def test_letters_and_other_peoples_digits_are_no_article_number() -> None:
    assert not is_gtin("")
    assert not is_gtin("40063813339３1")
    assert not is_gtin("4006381333931 ")
    assert is_gtin("4006381333931")

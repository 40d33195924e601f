"""Codes meet however they are written."""

from hypothesis import given
from hypothesis import strategies as st

from edge.goods.catalog import codes


@given(st.text("0123456789", max_size=17))
def test_the_check_digit_is_that_of_gs1(digits: str) -> None:
    total = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(digits)))
    assert codes.check_digit(digits) == (10 - total % 10) % 10


@given(st.integers(0, 10**11 - 1))
def test_one_product_however_many_zeros_a_spreadsheet_took(number: int) -> None:
    upc = f"{number:011d}" + str(codes.check_digit(f"{number:011d}"))
    assert {codes.normal(text) for text in (upc, upc.lstrip("0") or "0", upc.zfill(13), upc.zfill(14))} == {
        upc.zfill(14)
    }


def test_an_in_store_code_is_an_ean_13() -> None:
    code = codes.in_store(17)
    assert (len(code), code[:2], codes.wrong(code)) == (13, "20", None)

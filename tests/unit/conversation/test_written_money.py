"""Sums as people read them."""

import pytest

from edge.lib.units.written_money import written_money


@pytest.mark.parametrize(
    ("minor", "currency", "language", "home", "country", "written"),
    [
        (123_450, "ILS", "en", "", "", "₪1,234.50"),
        (3_800, "ILS", "fr", "", "", "38,00\u00a0₪"),
        (3_800, "ILS", "he", "", "", "\u200f38.00\u00a0\u200f₪"),
        (-3_800, "ILS", "he", "", "", "\u200f\u200e-38.00\u00a0\u200f₪"),
        (500, "CAD", "en", "", "", "$5.00"),
        (500, "USD", "en", "CAD", "CA", "US$5.00"),
        (500, "CAD", "fr", "EUR", "FR", "5,00\u00a0$CA"),
        (500, "EUR", "en", "EUR", "", "€5.00"),
        (500, "JPY", "en", "", "", "¥500"),
        (500, "", "fr", "", "", "5,00"),
    ],
)
def test_a_sum_has_its_sign_as_the_reader_and_the_shop_write_it(
    minor: int, currency: str, language: str, home: str, country: str, written: str
) -> None:
    assert written_money(minor, currency, language, home, country) == written

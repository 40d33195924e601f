"""Tax numbers as businesses have them: their form by country, and the check digit where there is one."""

from __future__ import annotations

import pytest

from edge.lib.regions.tax_numbers import TaxNumber, check


@pytest.mark.parametrize(
    ("text", "country", "number", "state"),
    [
        ("123456782 RT 0001", "CA", "123456782RT0001", "ok"),
        ("123456782rt0001", "CA", "123456782RT0001", "ok"),
        ("1234567890TQ0001", "CA", "1234567890TQ0001", "unchecked"),
        ("51-412345-4", "IL", "514123454", "ok"),
        ("FR 12 345 678 901", "FR", "FR12345678901", "unchecked"),
        ("12345678901", "FR", "FR12345678901", "unchecked"),
        ("EL123456789", "GR", "EL123456789", "unchecked"),
        ("ATU12345678", "AT", "ATU12345678", "unchecked"),
        ("27-1234567", "US", "271234567", "unchecked"),
    ],
)
def test_a_number_of_its_countrys_form_is_kept_without_gaps(text: str, country: str, number: str, state: str) -> None:
    assert check(text, country) == TaxNumber(number, state)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("123456789RT0001", "CA"),  # the check digit
        ("123456782RP0001", "CA"),  # payroll
        ("12345678RT0001", "CA"),
        ("123456782", "CA"),
        ("514123456", "IL"),
        ("51412345", "IL"),
        ("FR1234567890", "FR"),
        ("DE12345678", "DE"),
        ("١٢٣٤٥٦٧٨٩", "DE"),
        ("x" * 21, "US"),
        ("<b>", "US"),
        ("", "US"),
    ],
)
def test_what_is_no_number_of_its_country_is_wrong(text: str, country: str) -> None:
    assert check(text, country).state == "wrong"

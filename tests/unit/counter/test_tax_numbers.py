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
        ("FR 83 404 833 048", "FR", "FR83404833048", "ok"),
        ("83404833048", "FR", "FR83404833048", "ok"),
        ("EL094259216", "GR", "EL094259216", "ok"),
        ("ATU13585627", "AT", "ATU13585627", "ok"),
        ("136.695.976", "DE", "DE136695976", "ok"),
        ("BE 697449992", "BE", "BE0697449992", "ok"),  # a number of before 2005
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
        ("000000000", "IL"),
        ("FR1234567890", "FR"),
        ("FR12345678901", "FR"),  # its key does not belong to its SIREN
        ("DE12345678", "DE"),
        ("DE136695978", "DE"),
        ("ATU13585627", "DE"),
        ("FR+*/", "FR"),
        ("١٢٣٤٥٦٧٨٩", "DE"),
        ("x" * 21, "US"),
        ("<b>", "US"),
        ("", "US"),
    ],
)
def test_what_is_no_number_of_its_country_is_wrong(text: str, country: str) -> None:
    assert check(text, country).state == "wrong"

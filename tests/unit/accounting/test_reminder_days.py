"""Letters to customers go on working days."""

from __future__ import annotations

import pytest

from edge.accounting.accounts.reminders import is_working_day


@pytest.mark.parametrize(
    ("day", "place", "works"),
    [
        ("2027-07-13", ("FR", ""), True),
        ("2027-07-14", ("FR", ""), False),
        ("2027-07-17", ("FR", ""), False),  # a Saturday
        ("2027-06-24", ("CA", "QC"), False),
        ("2027-06-24", ("CA", "ON"), True),
        ("2027-07-16", ("IL", ""), False),  # a Friday
        ("2027-07-18", ("IL", ""), True),
        ("2027-10-03", ("IL", ""), False),  # the second day of the new year
        ("2027-07-14", ("XX", ""), True),  # a country that nobody knows the holidays of
    ],
)
def test_no_one_is_reminded_on_weekends_and_holidays(day: str, place: tuple[str, str], works: bool) -> None:
    assert is_working_day(day, *place) is works

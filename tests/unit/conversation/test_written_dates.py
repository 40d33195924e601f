"""Days and months as people write them."""

import pytest

from edge.lib.i18n.dates import write_date


@pytest.mark.parametrize(
    ("text", "language", "told"),
    [
        ("2027-01-15", "en", "Jan\u00a015,\u00a02027"),
        ("2027-01-15", "fr_FR", "15\u00a0janv.\u00a02027"),
        ("2027-01-15", "he", "15\u00a0בינו׳\u00a02027"),
        ("2027-01", "fr", "janvier 2027"),
        ("", "en", ""),
    ],
)
def test_a_day_and_a_month_are_written_as_people_do(text: str, language: str, told: str) -> None:
    assert write_date(text, language) == told

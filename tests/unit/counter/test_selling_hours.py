"""The hours of law as the table has them, read by the store's clock."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from edge.lib.regions.place import Jurisdiction, is_part
from edge.lib.regions.selling_hours import law_allows, next_hours, read_span, selling_hours

ZONES = {
    "ON": "America/Toronto",
    "QC": "America/Montreal",
    "IL": "America/Chicago",
    "AB": "America/Edmonton",
    "NY": "America/New_York",
}


def at(zone: str, text: str, fold: int = 0) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp() * 1e6)


def is_sold(part: str, text: str, fold: int = 0) -> bool:
    country = "US" if part in ("IL", "NY") else "CA"
    zone = ZONES[part]
    return law_allows("cannabis", Jurisdiction(country, part), ZoneInfo(zone), at(zone, text, fold))


@pytest.mark.parametrize(
    ("part", "text", "sold"),
    [
        ("ON", "2026-11-26T08:59:59", False),
        ("ON", "2026-11-26T09:00", True),
        ("ON", "2026-11-26T22:59:59", True),
        ("ON", "2026-11-26T23:00", False),
        ("IL", "2026-11-26T05:59", False),
        ("IL", "2026-11-26T06:00", True),
        ("IL", "2026-11-26T22:00", False),
        ("QC", "2026-11-28T18:00", True),  # a Saturday of the pilot
        ("QC", "2027-03-13T18:00", False),  # one behind it
        ("QC", "2027-03-12T20:59", True),
        ("QC", "2027-03-28T12:00", False),  # Easter
        ("QC", "2027-09-06T12:00", False),  # the first Monday of September
        ("QC", "2026-12-24T17:00", False),
        ("QC", "2026-12-26T12:59", False),
        ("QC", "2026-12-26T16:59", True),  # a Saturday
        ("QC", "2026-12-26T17:00", False),
        ("QC", "2028-12-26T17:00", True),  # a Tuesday
        ("AB", "2026-11-26T01:59", True),
        ("AB", "2026-11-26T02:00", False),
        ("AB", "2026-12-24T23:59", True),
        ("AB", "2026-12-25T00:30", False),
        ("AB", "2026-12-26T00:30", False),
        ("NY", "2026-11-26T03:00", True),  # nobody looked its law up
    ],
)
def test_a_place_has_its_hours_by_its_own_clock(part: str, text: str, sold: bool) -> None:
    assert is_sold(part, text) is sold


def test_where_the_clocks_are_set_back_nothing_is_sold_in_the_hour_that_comes_twice() -> None:
    assert is_sold("AB", "2026-11-01T01:30")
    assert not is_sold("AB", "2026-11-01T01:30", fold=1)
    assert not is_sold("AB", "2026-11-01T02:00")


def test_the_next_hours_are_behind_days_without_any() -> None:
    zone = ZONES["QC"]
    coming = next_hours("cannabis", Jurisdiction("CA", "QC"), ZoneInfo(zone), at(zone, "2026-12-31T18:00"))
    assert coming is not None
    day, span = coming
    assert (day, str(span)) == (date(2027, 1, 3), "06:00-21:00")


@pytest.mark.parametrize("text", ["9:00-23:00", "09:00-09:00", "09:00-24:00", "09:00–23:00", "09:00-23:00\n", "always"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"isn.t a range like"):
        read_span(text)


def test_each_row_has_a_place_a_source_and_hours() -> None:
    for key, kinds in selling_hours().items():
        assert is_part(*key.split("-")), key
        for rows in kinds.values():
            for row in rows:
                assert row.source and len(row.days) in (1, 7), key
                for text in (*row.days, *row.others.values()):
                    read_span(text)

"""When a store is open, as a line."""

from __future__ import annotations

import pytest

from sync.hub.opening_hours import week_of


def test_a_line_is_a_week() -> None:
    week = week_of("Mo-Fr 08:00-20:00;  Sa 09:00-13:00,15:00-18:00 ; Su 22:00-02:00")
    assert week is not None
    assert week[0] == week[4] == ((480, 1200),)
    assert week[5] == ((540, 780), (900, 1080))
    assert week[6] == ((1320, 1560),), "into the night after"
    assert week_of(" ") is None, "nothing is said"
    assert week_of("Sa-Mo 00:00-24:00") == (((0, 1440),), (), (), (), (), ((0, 1440),), ((0, 1440),))


@pytest.mark.parametrize(
    "text",
    [
        "always",
        "Mo 25:00-26:00",
        "Mo 09:60-10:00",
        "Mo 09:00-12:00,11:00-13:00",
        "Mo 09:00-12:00; Mo 11:00-13:00",
        "Mo 24:00-02:00",
        ";",
        "Mo 9-12",
        "Mo ٠٩:00-10:00",
    ],
)
def test_what_is_no_such_line_says_so(text: str) -> None:
    with pytest.raises(ValueError, match=r"hours|time|begins|starts"):
        week_of(text)

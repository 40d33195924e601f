"""The least ages of places: each with the act that it is of; where none is known the highest holds."""

from __future__ import annotations

import re

import pytest

from edge.lib.regions.ages import Regulated, age_by_law, ages, is_age_known
from edge.lib.regions.place import Jurisdiction
from edge.lib.regions.provinces import provinces

KINDS: tuple[Regulated, ...] = ("cannabis", "alcohol", "tobacco")


def test_each_age_has_its_source() -> None:
    for place, row in ages().items():
        for kind, one in row.items():
            assert 18 <= one.age <= 21, (place, kind)
            assert len(one.source) > 10 and one.source == one.source.strip(), (place, kind)
            assert place == "unknown" or re.search(r"\b(Acts?|Laws?|Code|Regulation)\b", one.source, re.I), (
                place,
                kind,
            )


def test_every_province_has_its_own_of_every_kind() -> None:
    assert {key.removeprefix("CA-") for key in ages() if key.startswith("CA-")} == set(provinces())
    assert all(is_age_known(kind, Jurisdiction("CA", province)) for kind in KINDS for province in provinces())


@pytest.mark.parametrize("kind", KINDS)
def test_where_nothing_is_known_the_highest_holds(kind: Regulated) -> None:
    highest = max(row[kind].age for place, row in ages().items() if place.startswith("CA-"))
    for place in (Jurisdiction(), Jurisdiction("CA"), Jurisdiction("BR")):
        assert age_by_law(kind, place) == highest and not is_age_known(kind, place)

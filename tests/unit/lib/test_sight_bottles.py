"""How many bottles a picture shows, and how full they are; what no one can know is not told."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("cv2", reason="missing: opencv")

import cv2
import numpy as np

from edge.lib.sight import bottles, pictures
from edge.lib.sight.kinds import BottleType
from sim.shelves.bottles import EMPTY_AT, FULL_AT, DrawnBottle, draw_bottles
from sim.shelves.scene import jpeg

TYPE = BottleType("wine", FULL_AT, EMPTY_AT, 750)


def test_bottles_are_counted_and_their_levels_told_or_not() -> None:
    drawn = (DrawnBottle(0.2), DrawnBottle(0.75), DrawnBottle(0.5, look="opaque"), DrawnBottle(0.5, tilt=9))
    found = bottles.find(pictures.decode(jpeg(draw_bottles(drawn))), (TYPE,))
    assert [one.why for one in found] == ["", "", "bottle_no_line", "bottle_tilted"]
    for one, bottle in zip(found[:2], drawn, strict=False):
        assert one.level == pytest.approx(bottle.level, abs=0.1)
        assert one.ml == pytest.approx(bottle.level * 750, abs=75)
    assert [one.fill_level for one in found[2:]] == [None, None]
    assert [one.why for one in bottles.find(pictures.decode(jpeg(draw_bottles(drawn[:1]))), ())] == ["bottle_unknown"]


def as_bottles(*drawn: DrawnBottle, **how: Any) -> list[tuple[float | None, str]]:
    found = bottles.find(pictures.decode(jpeg(draw_bottles(drawn, **how))), (TYPE,))
    return [(one.level, one.why) for one in found]


def test_a_label_over_the_line_leaves_the_level_unknown_and_one_beside_it_does_not() -> None:
    half = as_bottles(DrawnBottle(0.5, label=(0.5, 0.75)), DrawnBottle(0.5, 1, label=(0.75, 0.95)))
    assert half[0] == (None, "bottle_label")
    assert half[1] == (pytest.approx(0.5, abs=0.1), ""), "a label that is all in front of liquid hides no line"
    low = as_bottles(DrawnBottle(0.3, label=(0.35, 0.6)), DrawnBottle(0.8, label=(0.4, 0.8)))
    assert low[0] == (pytest.approx(0.3, abs=0.1), "")
    assert low[1] == (None, "bottle_label")


@pytest.mark.parametrize("apart", [0, 3])
def test_bottles_that_touch_are_one_each(apart: int) -> None:
    levels = (0.2, 0.5, 0.75, 0.4, 0.9)
    found = as_bottles(*(DrawnBottle(level, at) for at, level in enumerate(levels)), apart=apart)
    assert [level for level, _ in found] == [pytest.approx(level, abs=0.1) for level in levels]


@pytest.mark.parametrize("turned", [0.0, 3.0, 12.0])
def test_a_page_of_paper_is_no_bottle(turned: float) -> None:
    picture = np.full((900, 1200, 3), (90, 110, 120), np.uint8)
    page = cv2.boxPoints(((600, 470), (400, 560), turned)).astype(np.int32)
    cv2.fillPoly(picture, [page], (240, 244, 246))
    for row in range(300, 660, 24):
        cv2.line(picture, (460, row), (740, row), (40, 40, 40), 3)
    assert bottles.find(picture, ()) == ()


def test_volume_follows_the_bottles_curve() -> None:
    assert bottles.volume_share(0.5, ()) == 0.5
    assert bottles.volume_share(0.75, (0, 700, 1000)) == pytest.approx(0.85)

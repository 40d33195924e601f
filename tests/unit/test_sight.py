"""What is made of a picture of a shelf: states of facings, of cameras, of bottles; and what is no picture."""

from __future__ import annotations

import pytest

pytest.importorskip("cv2", reason="missing: opencv")

import numpy as np

from edge.lib.sight import bay_proposal, bottles, empty_places, facings, pictures, registration
from edge.lib.sight.empty_places import Void
from edge.lib.sight.kinds import BottleType
from edge.lib.sight.pictures import PictureRefused
from edge.lib.sight.similarity import Album
from edge.shop.shelf.geometry import placed
from sim.shelves.bottles import EMPTY_AT, FULL_AT, DrawnBottle, draw_bottles
from sim.shelves.scene import Bay, Light, Place, View, draw, jpeg
from tests.bench.shelf_bays import layout_of, reference

BAY = Bay(tuple(tuple(Place(row * 10 + at) for at in range(5)) for row in range(3)), seed=11, width=960, height=540)
TYPE = BottleType("wine", FULL_AT, EMPTY_AT, 750)


@pytest.fixture(scope="module")
def known() -> registration.Reference:
    return reference(BAY)


def states(known: registration.Reference, bay: Bay, seen: View | None = None) -> tuple[str, dict[str, str]]:
    found = registration.register(known, pictures.decode(jpeg(draw(bay, seen, 5))))
    return found.state, {one.id: one.state for one in facings.judge(layout_of(BAY), known, found)}


def test_each_facing_has_its_state_in_another_light_and_from_a_camera_that_moved(known: registration.Reference) -> None:
    mixed = BAY.with_places(
        {(0, 1): Place(1, "gap"), (0, 3): Place(3, "wrong", 11), (1, 2): Place(12, "low"), (1, 4): Place(14, "gap")}
    )
    seen = View(light=Light(0.7, 0.08, 0.3), shift=(9, -6))
    camera, found = states(known, mixed, seen)
    assert camera == "ok"
    expected = {"r0f1": "gap", "r0f3": "wrong", "r1f2": "low", "r1f4": "gap"}
    assert {id: state for id, state in found.items() if state != "present"} == expected


def test_somebody_in_front_is_no_gap(known: registration.Reference) -> None:
    camera, found = states(known, BAY, View(person=0.5))
    assert (camera, "gap" in found.values()) == ("ok", False)
    assert "blocked" in found.values()


@pytest.mark.parametrize(
    ("seen", "state"),
    [
        (View(light=Light(level=0.04)), "dark"),
        (View(light=Light(level=9)), "overexposed"),
        (View(covered=True), "covered"),
        (View(blur=9), "blurred"),
        (View(shift=(620, 250)), "moved"),
    ],
)
def test_a_camera_that_cannot_be_believed_says_nothing_of_goods(
    known: registration.Reference, seen: View, state: str
) -> None:
    camera, found = states(known, BAY, seen)
    assert (camera, set(found.values())) == (state, {"unknown"})


def test_what_is_masked_is_painted_over_before_anything_else() -> None:
    mask = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
    picture = pictures.decode(jpeg(draw(BAY)), (mask,))
    assert set(picture[:, :400].reshape(-1)) == {128}
    assert len(set(picture[:, 500:].reshape(-1))) > 50


def test_rows_and_facings_are_proposed() -> None:
    rows, found = bay_proposal.proposed(pictures.decode(jpeg(draw(BAY))), layout_of(BAY).corners)
    assert rows == pytest.approx((0.32, 0.64, 0.96), abs=0.04)
    for row in range(3):
        assert sum(facing.row == row for facing in found) in (4, 5, 6), "a beginning, for a person to put right"
    assert bay_proposal.proposed(pictures.decode(jpeg(draw(BAY))), layout_of(BAY).corners, (0.5, 1.0))[0] == (0.5, 1.0)


def test_bottles_are_counted_and_their_levels_told_or_not() -> None:
    drawn = (DrawnBottle(0.2), DrawnBottle(0.75), DrawnBottle(0.5, look="opaque"), DrawnBottle(0.5, tilt=9))
    found = bottles.find(pictures.decode(jpeg(draw_bottles(drawn))), (TYPE,))
    assert [one.why for one in found] == ["", "", "bottle_no_line", "bottle_tilted"]
    for one, bottle in zip(found[:2], drawn, strict=False):
        assert one.level == pytest.approx(bottle.level, abs=0.1)
        assert one.ml == pytest.approx(bottle.level * 750, abs=75)
    assert [one.fill_level for one in found[2:]] == [None, None]
    assert [one.why for one in bottles.find(pictures.decode(jpeg(draw_bottles(drawn[:1]))), ())] == ["bottle_unknown"]


def test_volume_follows_the_bottles_curve() -> None:
    assert bottles.volume_share(0.5, ()) == 0.5
    assert bottles.volume_share(0.75, (0, 700, 1000)) == pytest.approx(0.85)


def test_voids_that_touch_in_a_row_are_one_and_pair_one_to_one() -> None:
    left, right, below = Void(0.1, 0.1, 0.2, 0.3), Void(0.205, 0.12, 0.3, 0.3), Void(0.1, 0.5, 0.2, 0.7)
    both = empty_places.merged([left, below, right])
    assert len(both) == 2
    assert empty_places.matched([left], [left, below]) == 1
    assert empty_places.matched([left, left], [left]) == 1
    assert empty_places.overlap(left, below) == 0


def test_what_is_no_picture_is_refused_by_name() -> None:
    with pytest.raises(PictureRefused, match="picture_empty"):
        pictures.decode(b"")
    with pytest.raises(PictureRefused, match="picture_is_pdf"):
        pictures.decode(b"%PDF-1.4 ...")


def test_a_place_of_the_bay_in_the_picture() -> None:
    layout = layout_of(BAY)
    for (u, v), corner in zip(((0, 0), (1, 0), (1, 1), (0, 1)), layout.corners, strict=True):
        assert placed(layout, u, v) == pytest.approx(corner)


def test_products_are_recognised_by_how_they_look_on_another_shelf() -> None:
    full = pictures.decode(jpeg(draw(BAY)))
    corners = layout_of(BAY).corners
    parts = {f"{row}{at}": registration.part_of(full, corners, BAY.box(row, at)) for row in range(3) for at in range(5)}
    album = Album(list(parts.items()))
    moved = BAY.with_places({(0, 0): Place(21), (0, 1): Place(12), (2, 4): Place(3)})
    seen = pictures.decode(jpeg(draw(moved, View(light=Light(0.8, 0.05, 0.1), shift=(5, 3)), 7)))
    for (row, at), known in {(0, 0): "21", (0, 1): "12", (2, 4): "03", (1, 1): "11"}.items():
        best = album.ranked(registration.part_of(seen, corners, BAY.box(row, at)))
        assert best[0].sku == known, (row, at, best)
    assert Album([]).ranked(full) == ()
    [only] = Album([("one", full)]).ranked(np.zeros((80, 80, 3), np.uint8))
    assert only.sku == "one", "nothing else is known, and nothing breaks"

"""What stands before a bay and has the colour of bare shelf, and a camera that looks at something else."""

from __future__ import annotations

import pytest

pytest.importorskip("cv2", reason="missing: opencv")

import msgspec
from PIL import Image, ImageDraw

from edge.lib.sight import facings, pictures, registration
from edge.lib.sight.registration import Reference
from sim.shelves.scene import Bay, Light, Place, View, draw, jpeg
from tests.bench.shelf_bays import layout_of, reference

BAY = Bay(tuple(tuple(Place(row * 10 + at) for at in range(6)) for row in range(4)), 906, 960, 540)
GREYS = {"person": ((150, 150, 155), (178, 176, 170)), "trolley": ((170, 168, 165), (178, 176, 170))}


@pytest.fixture(scope="module")
def known() -> Reference:
    return reference(BAY)


def judged(known: Reference, picture: Image.Image) -> dict[str, str]:
    found = registration.register(known, pictures.decode(jpeg(picture)))
    assert found.state == "ok"
    return {one.id: one.state for one in facings.judge(layout_of(BAY), known, found)}


def before(picture: Image.Image, what: str, where: float, colour: tuple[int, int, int]) -> Image.Image:
    """Someone, or a trolley, in front of a part of the width."""
    pen, middle = ImageDraw.Draw(picture), picture.width * where
    if what == "trolley":
        pen.rectangle((middle - 105, picture.height * 0.45, middle + 105, picture.height * 0.9), fill=colour)
        return picture
    pen.rounded_rectangle((middle - 62, picture.height * 0.3, middle + 62, picture.height), 40, fill=colour)
    pen.ellipse((middle - 35, picture.height * 0.1, middle + 35, picture.height * 0.32), fill=(196, 156, 128))
    return picture


@pytest.mark.parametrize("what", ["person", "trolley"])
def test_what_has_the_colour_of_a_bare_shelf_hides_and_empties_nothing(known: Reference, what: str) -> None:
    for colour in GREYS[what]:
        for where in (0.35, 0.6):
            found = judged(known, before(draw(BAY, None, 7), what, where, colour))
            assert set(found.values()) == {"present", "blocked"}, (colour, where, found)


def test_an_empty_place_beside_somebody_is_still_one(known: Reference) -> None:
    gone = BAY.with_places({(1, 0): Place(10, "gap"), (2, 5): Place(25, "gap")})
    found = judged(known, before(draw(gone, None, 7), "person", 0.5, (178, 176, 170)))
    assert {id for id, state in found.items() if state == "gap"} == {"r1f0", "r2f5"}


@pytest.mark.parametrize("light", [Light(), Light(0.6, 0.1, 0.3), Light(1.25, 0.0, 0.4)])
def test_an_empty_place_whose_label_was_taken_along_is_one_in_any_light(known: Reference, light: Light) -> None:
    gone = BAY.with_places({(1, 2): Place(12, "gap"), (3, 4): Place(34, "gap")})
    plain = draw(gone, View(light=light), 7)
    if light == Light():
        (x0, y0), (x1, _), (_, y1), _ = ((x * 960, y * 540) for x, y in BAY.corners)
        left, _, right, bottom = BAY.box(1, 2)
        edge = (
            x0 + left * (x1 - x0),
            y0 + bottom * (y1 - y0) + 3,
            x0 + right * (x1 - x0),
            y0 + bottom * (y1 - y0) + 17,
        )
        ImageDraw.Draw(plain).rectangle(edge, fill=(226, 228, 232))
    found = judged(known, plain)
    assert {id for id, state in found.items() if state == "gap"} == {"r1f2", "r3f4"}


def test_a_camera_that_shows_the_next_bay_was_moved(known: Reference) -> None:
    """Its shelves stand where ours do, and so do the edges of most goods."""
    bare = registration.reference_of(layout_of(BAY), pictures.decode(jpeg(draw(BAY))), None)
    for seed in (11, 12, 13):
        goods = tuple(tuple(Place(9000 + seed * 100 + row * 10 + at) for at in range(6)) for row in range(4))
        picture = pictures.decode(jpeg(draw(msgspec.structs.replace(BAY, rows=goods, seed=seed), None, 5)))
        assert [registration.register(one, picture).state for one in (known, bare)] == ["moved", "moved"]
    rearranged = msgspec.structs.replace(BAY, rows=goods)
    assert registration.register(known, pictures.decode(jpeg(draw(rearranged, None, 5)))).state == "ok"


def test_little_light_is_dark_and_something_before_the_lens_covers_it(known: Reference) -> None:
    for level in (0.06, 0.1, 0.15):
        dim = draw(BAY, View(light=Light(level)), 5)
        assert registration.register(known, pictures.decode(jpeg(dim))).state == "dark", level
    hand = draw(BAY, View(covered=True, light=Light(0.3)), 5)
    assert registration.register(known, pictures.decode(jpeg(hand))).state == "covered"

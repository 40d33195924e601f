"""What is made of a picture of a shelf: states of facings and of cameras; and what is no picture."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("cv2", reason="missing: opencv")

import msgspec
import numpy as np
import zxingcpp
from PIL import Image, ImageFilter

from edge.analytics.shelf.geometry import place_in_picture
from edge.lib.sight import bay_proposal, dirt, empty_places, facings, pictures, registration, similarity
from edge.lib.sight.child import Eyes
from edge.lib.sight.empty_places import Void
from edge.lib.sight.kinds import FrontsRead, ReadFronts, Wrong
from edge.lib.sight.pictures import PictureRefused
from edge.lib.sight.similarity import Album
from sim.shelves.scene import Bay, Light, Place, View, draw, jpeg
from tests.bench.shelf_bays import layout_of, reference

BAY = Bay(tuple(tuple(Place(row * 10 + at) for at in range(5)) for row in range(3)), seed=11, width=960, height=540)


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


def test_a_place_without_a_front_says_whether_goods_stand_deeper(known: registration.Reference) -> None:
    changed = {
        (row, at): Place(row * 10 + at, "behind" if at % 2 else "gap") for row in range(3) for at in (0, 1, 3, 4)
    }
    found = registration.register(known, pictures.decode(jpeg(draw(BAY.with_places(changed), None, 5))))
    judged = {one.id: one for one in facings.judge(layout_of(BAY), known, found)}
    for (row, at), place in changed.items():
        one = judged[f"r{row}f{at}"]
        if place.state == "gap":
            assert (one.state, one.behind) == ("gap", False)
        else:
            assert one.state == "low" or (one.state == "gap" and one.behind), one
    assert any(one.behind for one in judged.values()), "some look empty but for what stands at the back"


def test_by_night_goods_are_compared_with_how_they_are_by_night() -> None:
    """By infrared lamps red is pale, and edges are dark: against the day's picture some of what is there seems gone."""
    bay = Bay(tuple(tuple(Place(1400 + row * 10 + at) for at in range(5)) for row in range(3)), 14, 960, 540)
    by_day, layout = reference(bay), layout_of(bay)

    def by_lamps(known: registration.Reference, now: Bay) -> dict[str, str]:
        picture = pictures.decode(jpeg(draw(now, View(infrared=True, shift=(5, 0)), 5)))
        kept = registration.reference_for(known, picture)
        found = registration.register(kept, picture)
        assert found.state == "night"
        judged = facings.judge(layout, kept, found)
        assert not any(one.instead for one in judged), "what something is nobody can tell without colours"
        return {one.id: one.state for one in judged}

    assert set(by_lamps(by_day, bay).values()) != {"present"}, "the day's picture alone does not do"
    night = pictures.decode(jpeg(draw(bay, View(infrared=True), 9)))
    taught = by_day._replace(night=registration.by_night(by_day, night))
    assert set(by_lamps(taught, bay).values()) == {"present"}
    gone = bay.with_places({(0, 1): Place(1401, "gap"), (1, 4): Place(1414, "gap"), (0, 3): Place(1403, "wrong", 11)})
    found = by_lamps(taught, gone)
    assert {id for id, state in found.items() if state == "gap"} == {"r0f1", "r1f4"}
    assert "wrong" not in found.values()
    assert registration.reference_for(taught, pictures.decode(jpeg(draw(gone, None, 5)))) is taught, (
        "by day nothing changes"
    )


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


def behind_glass(known: registration.Reference, picture: Image.Image, **more: object) -> dict[str, str]:
    """The states of a bay whose middle row is behind a door."""
    layout = layout_of(BAY)
    facings_ = tuple(
        msgspec.structs.replace(one, **({"glass": True} if one.row == 1 else {}), **more) for one in layout.facings
    )
    found = registration.register(known, pictures.decode(jpeg(picture)))
    assert found.state == "ok"
    judged = facings.judge(msgspec.structs.replace(layout, facings=facings_), known, found)
    return {one.id: one.state for one in judged}


def pane(picture: Image.Image, row: int, over: Image.Image, share: float, places: tuple[int, ...] = ()) -> Image.Image:
    """A picture with something on the door in front of a row's places."""
    xs, ys = zip(*((x * BAY.width, y * BAY.height) for x, y in BAY.corners), strict=True)
    made = picture.convert("RGB")
    for place in places or range(5):
        left, top, right, bottom = BAY.box(row, place)
        box = tuple(
            round(low + part * (high - low))
            for part, low, high in (
                (left, min(xs), max(xs)),
                (top, min(ys), max(ys)),
                (right, min(xs), max(xs)),
                (bottom, min(ys), max(ys)),
            )
        )
        made.paste(Image.blend(made.crop(box), over.resize((box[2] - box[0], box[3] - box[1])), share), box[:2])
    return made


def test_a_door_of_glass_that_is_fogged_or_mirrors_a_lamp_hides_goods_and_empties_none(
    known: registration.Reference,
) -> None:
    whole = draw(BAY, None, 5)
    assert set(behind_glass(known, whole).values()) == {"present"}, "a clean pane hides nothing"
    fogged = behind_glass(known, pane(whole, 1, Image.new("RGB", (8, 8), (205, 208, 210)), 0.9))
    assert {state for id, state in fogged.items() if id.startswith("r1")} == {"blocked"}
    assert {state for id, state in fogged.items() if not id.startswith("r1")} == {"present"}
    lamp = behind_glass(known, pane(whole, 1, Image.new("RGB", (8, 8), (255, 255, 255)), 1.0, (2,)))
    assert lamp["r1f2"] == "blocked" and lamp["r1f0"] == "present"
    gone = draw(BAY.with_places({(1, at): Place(10 + at, "gap") for at in range(5)}), None, 5)
    assert behind_glass(known, gone)["r1f2"] == "gap", "an empty shelf behind a clean pane is one"


def test_a_door_that_stands_open_hides_what_is_behind_it() -> None:
    """Two doors side by side in dark frames; one is open: its frame is out of its place."""
    bay = Bay(tuple(tuple(Place(700 + row * 10 + at) for at in range(6)) for row in range(3)), 7, 960, 540)
    (x0, y0), (x1, _), (_, y1), _ = ((x * 960, y * 540) for x, y in bay.corners)

    def framed(picture: Image.Image, open_one: bool = False) -> Image.Image:
        made = picture.convert("RGB")
        for at, part in enumerate((0.0, 0.5, 1.0)):
            if open_one and at == 0:
                continue
            middle = x0 + part * (x1 - x0)
            made.paste((40, 42, 46), (round(middle - 9), round(y0), round(middle + 9), round(y1)))
        return made

    def shrunk(facing: Any) -> Any:
        """As someone sets them up: between the frames."""
        left, right = (0.02, 0.48) if facing.right <= 0.51 else (0.52, 0.98)
        return msgspec.structs.replace(facing, left=max(left, facing.left), right=min(right, facing.right), glass=True)

    layout = layout_of(bay)
    layout = msgspec.structs.replace(layout, facings=tuple(shrunk(one) for one in layout.facings))
    full, bare = (framed(draw(one, None, at)) for at, one in enumerate((bay, bay.all("gap"))))
    known = registration.reference_of(layout, pictures.decode(jpeg(full)), pictures.decode(jpeg(bare)))

    def seen(picture: Image.Image) -> dict[str, str]:
        found = registration.register(known, pictures.decode(jpeg(picture)))
        return {one.id: one.state for one in facings.judge(layout, known, found)}

    gone = bay.with_places({(0, 1): Place(701, "gap"), (1, 4): Place(714, "gap")})
    shut = seen(framed(draw(gone, View(light=Light(0.8)), 5)))
    assert {id for id, state in shut.items() if state != "present"} == {"r0f1", "r1f4"}, "shut doors hide nothing"
    opened = seen(framed(draw(gone, None, 5), open_one=True))
    assert {id for id, state in opened.items() if state == "blocked"} == {
        f"r{row}f{at}" for row in range(3) for at in range(3)
    }
    assert opened["r1f4"] == "gap", "behind the other door all is seen"


def test_goods_that_never_look_the_same_twice_are_never_something_else(known: registration.Reference) -> None:
    mixed = draw(BAY.with_places({(0, 3): Place(3, "wrong", 11), (2, 1): Place(21, "gap")}), None, 5)
    assert behind_glass(known, mixed)["r0f3"] == "wrong"
    for kind in ("hanging", "clear", "loose"):
        found = behind_glass(known, mixed, kind=kind)
        assert "wrong" not in found.values() and found["r2f1"] == "gap"


def test_variants_that_look_alike_are_of_their_family_and_never_wrong(known: registration.Reference) -> None:
    """Two flavours in one box, told apart by a coloured band alone, and swapped; something else is told."""

    def banded(picture: Image.Image, colours: tuple[tuple[int, int, int], ...]) -> Image.Image:
        x, y = zip(*((x * BAY.width, y * BAY.height) for x, y in BAY.corners), strict=True)
        made = picture.convert("RGB")
        for place, colour in enumerate(colours, 1):
            left, top, right, bottom = BAY.box(0, place)
            low, high = (min(y) + part * (max(y) - min(y)) for part in (bottom - 0.18 * (bottom - top), bottom))
            box = tuple(round(min(x) + part * (max(x) - min(x))) for part in (left, right))
            band = Image.new("RGB", (box[1] - box[0], round(high) - round(low)), colour)
            place_of = (box[0], round(low), box[1], round(high))
            made.paste(Image.blend(made.crop(place_of), band, 0.8), place_of[:2])
        return made

    red, blue = (200, 30, 30), (30, 30, 200)
    layout, bare = layout_of(BAY), pictures.decode(jpeg(draw(BAY.all("gap"), None, 2)))
    same = BAY.with_places({(0, 2): Place(1)})
    full = pictures.decode(jpeg(banded(draw(same, None, 1), (red, blue))))
    twins = registration.reference_of(layout, full, bare)
    found = registration.register(twins, pictures.decode(jpeg(banded(draw(same, None, 5), (blue, red)))))
    judged = {one.id: one for one in facings.judge(layout, twins, found)}
    assert (judged["r0f1"].state, judged["r0f2"].state) == ("present", "present")
    assert (judged["r0f1"].instead, judged["r0f2"].instead) == ("2", "1"), (
        "of the family for sure, and perhaps the other one"
    )
    mixed = pictures.decode(jpeg(draw(BAY.with_places({(0, 3): Place(3, "wrong", 11)}), None, 5)))
    seen = facings.judge(layout, known, registration.register(known, mixed))
    assert {one.id: one.state for one in seen}["r0f3"] == "wrong"


def test_what_stands_on_goods_is_read_where_the_camera_looks_now(tmp_path: Path) -> None:
    bay = Bay(tuple(tuple(Place(80 + row * 10 + at) for at in range(3)) for row in range(2)), 3, 1280, 720)
    full = tmp_path / "full.jpg"
    full.write_bytes(jpeg(draw(bay)))
    shift = (22, -12)
    now = draw(bay, View(shift=shift), 5)
    layout = layout_of(bay)
    facing = next(one for one in layout.facings if one.id == "r0f1")
    middle = (facing.top + facing.bottom) / 2
    x, y = (
        round(part * side + by)
        for part, side, by in zip(place_in_picture(layout, facing.left + 0.03, middle), (1280, 720), shift, strict=True)
    )
    bars = Image.fromarray(
        np.array(zxingcpp.create_barcode("4006381333931", zxingcpp.BarcodeFormat.EAN13).to_image(scale=2))
    )
    now.paste(bars.convert("RGB").resize((240, 90)), (x, y))
    asked = ("r0f1", "r1f2")
    found = Eyes().answer(ReadFronts(jpeg(now), layout, str(full), ids=asked))
    assert isinstance(found, FrontsRead), found
    goods, edge = found.fronts[0]
    assert goods.codes == ("4006381333931",) and edge.codes == ()
    assert found.fronts[1][0].codes == (), "each facing by itself"
    assert min(Image.open(io.BytesIO(goods.data)).size) >= 64
    wall = jpeg(Image.new("RGB", (1280, 720), (200, 200, 200)))
    assert Eyes().answer(ReadFronts(wall, layout, str(full), ids=asked)) == Wrong("bay_not_seen")


def test_rows_and_facings_are_proposed() -> None:
    rows, found = bay_proposal.propose_bay(pictures.decode(jpeg(draw(BAY))), layout_of(BAY).corners)
    assert rows == pytest.approx((0.32, 0.64, 0.96), abs=0.04)
    for row in range(3):
        assert sum(facing.row == row for facing in found) in (4, 5, 6), "a beginning, for a person to put right"
    assert bay_proposal.propose_bay(pictures.decode(jpeg(draw(BAY))), layout_of(BAY).corners, (0.5, 1.0))[0] == (
        0.5,
        1.0,
    )


def test_voids_that_touch_in_a_row_are_one_and_pair_one_to_one() -> None:
    left, right, below = Void(0.1, 0.1, 0.2, 0.3), Void(0.205, 0.12, 0.3, 0.3), Void(0.1, 0.5, 0.2, 0.7)
    both = empty_places.merge_voids([left, below, right])
    assert len(both) == 2
    assert empty_places.count_matches([left], [left, below]) == 1
    assert empty_places.count_matches([left, left], [left]) == 1
    assert empty_places.overlap(left, below) == 0


@pytest.mark.parametrize("how", [{}, {"progressive": True}, {"optimize": True}])
def test_a_jpeg_without_its_end_marker_is_broken(how: dict[str, Any]) -> None:
    whole = as_jpeg(draw(BAY), **how)
    assert pictures.decode(whole + bytes(32)).shape == (540, 960, 3), "what is put behind the end harms nothing"
    with pytest.raises(PictureRefused, match="picture_broken"):
        pictures.decode(whole[:-2])


def test_a_grey_picture_of_16_bits_is_as_bright_as_it_is() -> None:
    plain = np.asarray(draw(BAY).convert("L"))
    out = io.BytesIO()
    Image.fromarray(plain.astype(np.uint16) * 257).save(out, "PNG")
    assert np.array_equal(pictures.decode(out.getvalue())[:, :, 0], plain)


CODED: list[dict[str, Any]] = [{}, {"optimize": True}, {"subsampling": 0}, {"restart_marker_rows": 1}]


def as_jpeg(picture: Image.Image, **how: Any) -> bytes:
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=85, **how)
    return out.getvalue()


@pytest.mark.parametrize("how", [{}, {"optimize": True}, {"progressive": True}, {"subsampling": 0}])
def test_a_mask_over_the_lower_third_leaves_a_picture_that_is_kept_and_looked_at(how: dict[str, Any]) -> None:
    """As cameras send it, and as it is kept here: one colour to the last bit, and whole."""
    mask = ((0.0, 0.6), (1.0, 0.6), (1.0, 1.0), (0.0, 1.0))
    masked = pictures.decode(jpeg(draw(BAY)), (mask,))
    kept = as_jpeg(Image.fromarray(np.ascontiguousarray(masked[:, :, ::-1])), **how)
    for again in (pictures.decode(kept), pictures.decode(kept, (mask,))):
        assert again.shape == masked.shape and again[-1, 0].tolist() == [128, 128, 128]


@pytest.mark.parametrize(
    ("how", "part"),
    [
        *((how, part) for how in CODED for part in (0.2, 0.4)),
        *(({"progressive": True}, part) for part in (0.1, 0.2, 0.3, 0.45, 0.6, 0.75, 0.9, 0.97)),
        ({"progressive": True, "subsampling": 0}, 0.7),
    ],
)
def test_a_picture_that_is_cut_off_before_its_end_marker_is_broken(how: dict[str, Any], part: float) -> None:
    whole = as_jpeg(draw(BAY), **how)
    with pytest.raises(PictureRefused) as refused:
        pictures.decode(whole[: round(len(whole) * part)] + b"\xff\xd9")
    assert refused.value.code == "picture_broken"


def test_what_is_no_picture_is_refused_by_name() -> None:
    with pytest.raises(PictureRefused, match="picture_empty"):
        pictures.decode(b"")
    with pytest.raises(PictureRefused, match="picture_is_pdf"):
        pictures.decode(b"%PDF-1.4 ...")


def test_a_place_of_the_bay_in_the_picture() -> None:
    layout = layout_of(BAY)
    for (u, v), corner in zip(((0, 0), (1, 0), (1, 1), (0, 1)), layout.corners, strict=True):
        assert place_in_picture(layout, u, v) == pytest.approx(corner)


def test_products_are_recognised_by_how_they_look_on_another_shelf() -> None:
    full = pictures.decode(jpeg(draw(BAY)))
    corners = layout_of(BAY).corners
    parts = {f"{row}{at}": registration.part_of(full, corners, BAY.box(row, at)) for row in range(3) for at in range(5)}
    album = Album(list(parts.items()))
    moved = BAY.with_places({(0, 0): Place(21), (0, 1): Place(12), (2, 4): Place(3)})
    seen = pictures.decode(jpeg(draw(moved, View(light=Light(0.8, 0.05, 0.1), shift=(5, 3)), 7)))
    for (row, at), known in {(0, 0): "21", (0, 1): "12", (2, 4): "03", (1, 1): "11"}.items():
        best = album.rank(registration.part_of(seen, corners, BAY.box(row, at)))
        assert best[0].sku == known, (row, at, best)
    assert Album([]).rank(full) == ()
    [only] = Album([("one", full)]).rank(np.zeros((80, 80, 3), np.uint8))
    assert only.sku == "one", "nothing else is known, and nothing breaks"


def test_how_sure_a_likeness_is_falls_with_what_is_as_like_and_never_says_more_than_was_right() -> None:
    full = pictures.decode(jpeg(draw(BAY)))
    corners = layout_of(BAY).corners
    parts = [(f"{at}", registration.part_of(full, corners, BAY.box(0, at))) for at in range(5)]
    one = registration.part_of(full, corners, BAY.box(0, 2))
    sure = Album(parts).rank(one)
    twins = Album([*parts, ("twin", one)]).rank(one)
    assert sure[0].sku == "2" and sure[0].confidence > twins[0].confidence
    assert {found.sku for found in twins[:2]} == {"2", "twin"}
    for found in (sure, twins):
        confidences = [like.confidence for like in found]
        assert confidences == sorted(confidences, reverse=True) and sum(confidences) <= 101
    raw = [0.3, 0.6, 0.8, 0.85, 0.95]  # of a share of 80 % 76 were right of a hundred, on photographs of other products
    assert all(similarity._match_probability(share) < share for share in raw)


def test_dirt_before_the_camera_makes_a_patch_soft_and_nothing_else_does(known: registration.Reference) -> None:
    """In another light, with goods gone, and from a camera that moved, no patch is soft."""

    def soft(picture: Image.Image) -> tuple[int, ...]:
        found = registration.register(known, pictures.decode(jpeg(picture)))
        assert found.state == "ok"
        return dirt.soft_patches(known, found.bay)

    changed = BAY.with_places({(row, at): Place(row * 10 + at, "gap") for row in (0, 1) for at in (2, 3, 4)})
    for seen in (View(), View(light=Light(0.6, 0.06, 0.3)), View(shift=(12, -7))):
        assert soft(draw(changed, seen, 6)) == ()
    smeared = draw(changed, None, 7)
    corner = (90, 10, 345, 245)
    smeared.paste(smeared.crop(corner).filter(ImageFilter.GaussianBlur(5)), corner)
    assert soft(smeared) in ((0,), (0, 4)), "the upper left one, and what it reaches of that below"

"""`bench shelf_pictures FOLDER`: what was made of drawn bays, right and wrong, as pictures for the documentation.

`shelf-seen.jpg`: six pictures of bays that nothing was learned from, the three in which most was right and the three in
which most was not; each facing in the colour of what was said, and where that is wrong, with a thick frame and what is
true. `shelf-photographs.png`: what is found in photographs of real shelves, where these lie beside the project; as
outlines alone, since the photographs are not ours, with the voids that are there by hand (`shelf_photographs.toml`).
Prints how voids are found without a planogram, beside with one, and in the photographs.
"""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import cv2
from PIL import Image, ImageDraw

from edge.analytics.shelf.geometry import outline
from edge.lib.sight import bay_proposal, empty_places, facings, pictures, registration
from edge.lib.sight.empty_places import Void
from edge.lib.sight.kinds import BayLayout, Seen
from tests.bench.measure import result
from tests.bench.shelf_bays import Composed, bay_of, composed, layout_of, reference

PHOTOGRAPHS = Path(__file__).parents[3] / "shared" / "data" / "shelf_photos"
LABELS = Path(__file__).with_name("shelf_photographs.toml")
FIRST, BAYS, PICTURES = 1, 8, 3
WIDE, TALL = 560, 315
COLOURS = {
    "present": "#7fe0b0",
    "low": "#f0a300",
    "gap": "#ff3b2a",
    "wrong": "#8a4cff",
    "blocked": "#777777",
    "unknown": "#ffffff",
}


class Judged(NamedTuple):
    """A picture, what was said of its facings, and how much of that is not so."""

    one: Composed
    layout: BayLayout
    seen: tuple[Seen, ...]
    wrong: int


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench shelf_pictures")
    parser.add_argument("folder", type=Path)
    args = parser.parse_args(argv)
    cv2.setNumThreads(2)
    judged = sorted(
        (one for seed in range(FIRST, FIRST + BAYS) for one in _judged(seed)), key=lambda one: one.wrong / len(one.seen)
    )
    sheet = Image.new("RGB", (3 * WIDE, 2 * TALL), "white")
    for at, one in enumerate((*judged[:3], *judged[-3:])):
        sheet.paste(_shown(one), (at % 3 * WIDE, at // 3 * TALL))
    sheet.save(args.folder / "shelf-seen.jpg", quality=80)
    figures = {}
    if PHOTOGRAPHS.is_dir():
        truth = {name: [Void(*box) for box in boxes] for name, boxes in tomllib.loads(LABELS.read_text()).items()}
        _photographs(truth).save(args.folder / "shelf-photographs.png", optimize=True)
        figures["void_f1_photographs"] = _f1_photographs(truth)
    alone, planned = (_f1(judged, how) for how in (_found_alone, _found_by_plan))
    result(void_f1_alone=alone, void_f1_planned=planned, **figures)
    return 0


def _judged(seed: int) -> list[Judged]:
    bay, made = bay_of(seed), []
    known, layout = reference(bay), layout_of(bay)
    for one in composed(bay, PICTURES):
        seen = facings.judge(layout, known, registration.register(known, pictures.decode(one.picture)))
        wrong = sum(one.truth[each.id] not in (None, each.state) for each in seen)
        made.append(Judged(one, layout, seen, wrong))
    return made


def _shown(judged: Judged) -> Image.Image:
    picture = Image.fromarray(pictures.decode(judged.one.picture)[:, :, ::-1]).resize((WIDE, TALL))
    pen = ImageDraw.Draw(picture)
    where = {facing.id: facing for facing in judged.layout.facings}
    for one in judged.seen:
        points = [(x * WIDE, y * TALL) for x, y in outline(judged.layout, where[one.id])]
        truth = judged.one.truth[one.id]
        is_wrong = truth not in (None, one.state)
        pen.line([*points, points[0]], fill=COLOURS[one.state], width=5 if is_wrong else 2)
        if is_wrong:
            pen.text(
                (points[0][0] + 4, points[0][1] + 4), str(truth), fill="black", stroke_width=2, stroke_fill="white"
            )
    right = len(judged.seen) - judged.wrong
    pen.rectangle((0, TALL - 16, 130, TALL), fill="white")
    pen.text((4, TALL - 14), f"{right} of {len(judged.seen)} right", fill="black")
    return picture


def _f1_photographs(truth: Mapping[str, list[Void]]) -> float:
    """All that is found counts: so few photographs choose no confidence."""
    hits = found = true = 0
    for name, boxes in truth.items():
        seen = empty_places.find(pictures.decode((PHOTOGRAPHS / f"{name}.png").read_bytes()))
        hits += empty_places.count_matches(seen, boxes)
        found, true = found + len(seen), true + len(boxes)
    return 2 * hits / max(1, found + true)


def _photographs(truth: Mapping[str, list[Void]]) -> Image.Image:
    """Proposed rows and facings (thin), voids that are found (red) and that are there (green) of each photograph,
    without the photograph."""
    paths = sorted(PHOTOGRAPHS.glob("*.png"))
    sheet = Image.new("RGB", (len(paths) * WIDE // 2, TALL), "white")
    whole = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    for at, path in enumerate(paths):
        photograph = pictures.decode(path.read_bytes())
        high, wide = photograph.shape[:2]
        scale = min((WIDE / 2 - 12) / wide, (TALL - 24) / high)
        pen, left = ImageDraw.Draw(sheet), at * WIDE // 2 + 6
        _, found = bay_proposal.propose_bay(photograph, whole)
        voids = empty_places.find(photograph)

        def box(left_: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
            return (
                left + left_ * wide * scale,  # noqa: B023
                4 + top * high * scale,  # noqa: B023
                left + right * wide * scale,  # noqa: B023
                4 + bottom * high * scale,  # noqa: B023
            )

        pen.rectangle(box(0, 0, 1, 1), outline="black")
        for facing in found:
            pen.rectangle(box(facing.left, facing.top, facing.right, facing.bottom), outline="#88a0b8")
        for void in voids:
            pen.rectangle(box(*void[:4]), outline="#d3261a", width=2)
        there = truth.get(path.stem, [])
        for void in there:
            pen.rectangle(box(*void[:4]), outline="#0e6049", width=2)
        said = f"{path.name}: {len(voids)} voids, {len(there)} there, {empty_places.count_matches(voids, there)} right"
        pen.text((left, TALL - 16), said, fill="black")
    return sheet


def _f1(judged: list[Judged], how: object) -> float:
    """Voids of a row that touch as one, matched one to one at half their area."""
    hits = found = true = 0
    for one in judged:
        truth = empty_places.merge_voids([_box(one, id) for id, state in one.one.truth.items() if state == "gap"])
        seen = how(one)  # type: ignore[operator]
        hits += empty_places.count_matches(seen, truth)
        found, true = found + len(seen), true + len(truth)
    return 2 * hits / max(1, found + true)


def _found_alone(one: Judged) -> list[Void]:
    return empty_places.find(pictures.decode(one.one.picture))


def _found_by_plan(one: Judged) -> list[Void]:
    return empty_places.merge_voids([_box(one, each.id) for each in one.seen if each.state == "gap"])


def _box(one: Judged, id: str) -> Void:
    x, y = zip(*outline(one.layout, next(each for each in one.layout.facings if each.id == id)), strict=True)
    return Void(min(x), min(y), max(x), max(y))

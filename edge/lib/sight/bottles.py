"""Detects bottles in a picture, and the fill level of calibrated types."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import cv2
import numpy as np

from edge.lib.sight.kinds import Bottle, BottleType, MeasureBottle
from edge.lib.sight.pictures import PictureRefused, Pixels

LEAST_TALL, MOST_WIDE = 0.12, 0.75
"""Smallest height of a bottle (share of the picture's height), and its largest width (share of its own height)."""
CONVEX = 0.965
"""Share of its convex hull above which a shape has no neck."""
BOTTLES = 200
MOST_OFF = 0.15
"""Largest possible error of a reported level."""
TILT = 5.0
TWO_LINES = 0.75
"""If the second-strongest line has at least this share of the strongest's contrast, the level is ambiguous."""
LEAST_STEP = 9.0
"""Smallest difference in brightness and colour between liquid and empty glass (CIELAB)."""
HUE_OFF = 20
LEAST_SPAN = 0.15
"""Share of a bottle's height in which full and empty must look different. Otherwise its content isn't visible."""

LABEL = 0.05
"""Share of a bottle's height. An area this tall that is neither glass nor liquid is a label or a hand over the level.
"""
WEAK = 0.3
"""Lines fainter than this share of the strongest one are ignored."""
VALLEY = 0.08
"""Depth (share of the height) of the outline between the necks of two bottles that touch."""

Box = tuple[int, int, int, int]


class _Line(NamedTuple):
    """A boundary between two rows of a bottle; `second`: the next strongest one, as a fraction of this."""

    at: int
    second: float


def find(picture: Pixels, types: tuple[BottleType, ...]) -> tuple[Bottle, ...]:
    """Return all bottles from left to right. A single known type is assumed; otherwise the colour decides."""
    lab = cv2.cvtColor(picture, cv2.COLOR_BGR2LAB).astype(np.float32)
    mask = _foreground(lab)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    made: list[Bottle] = []
    for number in range(1, count):
        left, top, wide, tall, _ = (int(value) for value in stats[number])
        if tall < LEAST_TALL * picture.shape[0]:
            continue
        if left <= 1 or top <= 1 or left + wide >= picture.shape[1] - 1:
            continue  # cut off at the picture's edge
        for box, own in _singles(labels[top : top + tall, left : left + wide] == number, left, top):
            part = lab[box[1] : box[3], box[0] : box[2]]
            if own.shape[1] <= MOST_WIDE * own.shape[0] and own.mean() >= 0.35 and _has_neck(own):
                made.append(_bottle(part, own, box, types))
    return tuple(sorted(made[:BOTTLES], key=lambda bottle: bottle.box[0]))


def measure_bottle(full: Pixels, empty: Pixels, ask: MeasureBottle) -> BottleType:
    """Calibrate a bottle type from a full and an empty picture. Raises PictureRefused unless each shows exactly one."""
    whole, drained = _alone(full), _alone(empty)
    size = whole.shape[1], whole.shape[0]
    drained = cv2.resize(drained, size, interpolation=cv2.INTER_AREA)
    middle = slice(round(size[0] * 0.35), round(size[0] * 0.65))
    apart = np.linalg.norm(np.median(whole[:, middle], axis=1) - np.median(drained[:, middle], axis=1), axis=1)
    rows = np.nonzero(cv2.blur(apart.reshape(-1, 1), (1, 5))[:, 0] > LEAST_STEP)[0]
    if len(rows) < LEAST_SPAN * size[1]:
        return BottleType(ask.sku, 0.0, 1.0, ask.volume_ml, ask.curve_pm, opaque=True)
    full_at, empty_at = float(rows[0]) / size[1], float(rows[-1] + 1) / size[1]
    colour = np.median(whole[rows][:, middle].reshape(-1, 3), axis=0)
    return BottleType(ask.sku, round(full_at, 4), round(empty_at, 4), ask.volume_ml, ask.curve_pm, hue=hue_of(colour))


def _alone(picture: Pixels) -> Any:
    """Return the only bottle of a picture, in CIELAB. Raises `PictureRefused` if there isn't exactly one."""
    found = find(picture, ())
    if len(found) != 1:
        raise PictureRefused("bottle_not_alone", count=len(found))
    left, top, right, bottom = found[0].box
    return cv2.cvtColor(picture[top:bottom, left:right], cv2.COLOR_BGR2LAB).astype(np.float32)


def volume_share(level: float, curve_pm: tuple[int, ...]) -> float:
    """Return the fraction of the full volume at a level. Without a curve, the bottle is treated as a cylinder."""
    if len(curve_pm) < 2:
        return level
    return float(np.interp(level, np.linspace(0, 1, len(curve_pm)), np.array(curve_pm) / 1000))


def hue_of(colour: Any) -> int:
    """Hue of a CIELAB colour in half degrees (0 to 179)."""
    return round(float(np.degrees(np.arctan2(colour[2] - 128, colour[1] - 128))) % 360 / 2) % 180


def _foreground(lab: Any) -> Any:
    """Everything except the background wall, which is sampled from the picture's top edge, column by column."""
    height, width = lab.shape[:2]
    wall = np.median(lab[: max(4, height // 25)], axis=0, keepdims=True)
    wall = cv2.GaussianBlur(wall, (0, 0), max(3.0, width / 30))
    apart = np.sqrt(((cv2.GaussianBlur(lab, (0, 0), 1.2) - wall) ** 2).sum(axis=2))
    mask = (apart > 11).astype(np.uint8)
    mask[mask.mean(axis=1) > 0.92] = 0  # a shelf board spans the whole picture; bottles don't
    size = max(3, height // 160) | 1
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3 * size, size), np.uint8))
    filled = np.zeros_like(closed)
    outlines, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    cv2.drawContours(filled, outlines, -1, 1, cv2.FILLED)  # inside its outline, clear glass looks like the wall
    return cv2.morphologyEx(filled, cv2.MORPH_OPEN, np.ones((size, size), np.uint8))


def _singles(own: Any, left: int, top: int) -> list[tuple[Box, Any]]:
    """Separate touching bottles at the lowest outline between two necks."""
    tall, wide = own.shape
    outline = np.where(own.any(axis=0), own.argmax(axis=0), tall)
    cuts, peak, valley, begun = [0], tall, 0, 0
    for x in range(wide):
        if valley > peak and outline[x] <= valley - VALLEY * tall and valley - peak >= VALLEY * tall:
            lowest = np.flatnonzero(outline[cuts[-1] : x] >= valley - 2) + cuts[-1]
            lowest = lowest[lowest > begun]
            cuts.append(int(lowest[len(lowest) // 2]))
            peak, valley = int(outline[x]), 0
        if outline[x] <= peak:
            peak, valley, begun = int(outline[x]), 0, x
        valley = max(valley, int(outline[x]))
    made = []
    for begin, end in pairwise([*cuts, wide]):
        rows = np.flatnonzero(own[:, begin:end].any(axis=1))
        if len(rows):
            first, last = int(rows[0]), int(rows[-1]) + 1
            made.append(((left + begin, top + first, left + end, top + last), own[first:last, begin:end]))
    return made


def _has_neck(own: Any) -> bool:
    """Whether an outline narrows towards a neck. A page, a box or a can doesn't, at any angle."""
    outlines, _ = cv2.findContours(own.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    outline = max(outlines, key=cv2.contourArea)
    hull = cv2.contourArea(cv2.convexHull(outline))
    return bool(cv2.contourArea(outline) < CONVEX * hull)


def _bottle(lab: Any, own: Any, box: Box, types: tuple[BottleType, ...]) -> Bottle:
    sure = max(50, min(99, round(60 + 60 * (float(own.mean()) - 0.35))))
    kind = _type_of(lab, own, types)
    if kind is None:
        return Bottle(box, sure, why="bottle_unknown")
    if kind.opaque:
        return Bottle(box, sure, kind.sku, why="bottle_opaque")
    if _tilt(own) > TILT:
        return Bottle(box, sure, kind.sku, why="bottle_tilted")
    return _level(lab, own, box, sure, kind)


def _type_of(lab: Any, own: Any, types: tuple[BottleType, ...]) -> BottleType | None:
    if len(types) <= 1:
        return types[0] if types else None
    foot = own.copy()
    foot[: round(own.shape[0] * 0.85)] = False
    if not foot.any():
        return None
    hue = hue_of(np.median(lab[foot], axis=0))
    apart = {one: min(abs(one.hue - hue), 180 - abs(one.hue - hue)) for one in types if one.hue >= 0}
    best = min(apart, key=lambda one: apart[one], default=None)
    return best if best is not None and apart[best] <= HUE_OFF else None


def _tilt(own: Any) -> float:
    """Tilt from foot to neck in degrees."""
    rows = range(round(own.shape[0] * 0.1), round(own.shape[0] * 0.95))
    middles = [(row, float(np.nonzero(own[row])[0].mean())) for row in rows if own[row].any()]
    if len(middles) < 10:
        return 0.0
    slope = np.polyfit([row for row, _ in middles], [middle for _, middle in middles], 1)[0]
    return abs(float(np.degrees(np.arctan(slope))))


def _level(lab: Any, own: Any, box: Box, sure: int, kind: BottleType) -> Bottle:
    tall = own.shape[0]
    first, last = max(0.0, kind.full_at - 0.05), min(1.0, kind.empty_at + 0.03)
    rows = np.arange(round(first * tall), round(last * tall))
    if len(rows) < 12:
        return Bottle(box, sure, kind.sku, why="bottle_no_line")
    profile = np.array([_row(lab[row], own[row]) for row in rows])
    if np.isnan(profile).any():
        return Bottle(box, sure, kind.sku, why="bottle_no_line")
    lines = _lines(profile, tall)
    if not lines:
        return Bottle(box, sure, kind.sku, why="bottle_no_line")
    if len(lines) > 1:  # it isn't clear which one is the liquid's level
        wide = lines[-1].at - lines[0].at >= LABEL * tall
        return Bottle(box, sure, kind.sku, why="bottle_label" if wide else "bottle_two_lines")
    at, second = lines[0].at, lines[0].second
    if second > TWO_LINES:
        return Bottle(box, sure, kind.sku, why="bottle_two_lines")
    place, span = (rows[at] + 0.5) / tall, kind.empty_at - kind.full_at
    level = float(np.clip((kind.empty_at - place) / span, 0, 1))
    off = 2.0 / (tall * span) + 0.02 + 0.1 * second
    if off > MOST_OFF:
        return Bottle(box, sure, kind.sku, why="bottle_no_line")
    share = volume_share(level, kind.curve_pm)
    ml = round(share * kind.volume_ml)
    return Bottle(box, sure, kind.sku, round(share, 3), round(off, 3), ml, round(level, 3))


def _lines(profile: Any, tall: int) -> list[_Line]:
    """Return colour boundaries from the top, without those of labels over a single colour. Empty if nothing differs
    enough."""
    steps, near = _steps(profile, max(3, round(tall * 0.025))), max(3, round(tall * 0.05))
    left, places = steps.copy(), list[int]()
    least = max(LEAST_STEP, WEAK * float(steps.max()))
    while float(left.max()) >= least:
        at = int(left.argmax())
        places.append(at)
        left[max(0, at - near) : at + near] = 0
    rest = float(left.max())  # the strongest step that isn't a line
    places.sort()
    ends = [0, *places, len(profile)]
    margin = max(1, round(tall * 0.01))
    colours = [np.median(profile[min(a + margin, b - 1) : max(b - margin, a + 1)], axis=0) for a, b in pairwise(ends)]
    at = 0
    while at + 2 < len(colours):
        if float(np.linalg.norm(colours[at] - colours[at + 2])) < LEAST_STEP:
            del colours[at + 1 : at + 3], places[at : at + 2]
            at = 0
        else:
            at += 1
    return [_Line(place, rest / float(steps[place])) for place in places]


def _row(lab: Any, own: Any) -> Any:
    """Typical colour of a row's centre, away from rim and glint."""
    inside = np.nonzero(own)[0]
    if len(inside) < 5:
        return np.full(3, np.nan)
    quarter = len(inside) // 4
    return np.median(lab[inside[quarter:-quarter]], axis=0)


def _steps(profile: Any, span: int) -> Any:
    """Difference at each row between the areas above and below."""
    sums = np.cumsum(np.vstack((np.zeros(3), profile)), axis=0)
    steps = np.zeros(len(profile))
    for at in range(span, len(profile) - span):
        steps[at] = float(np.linalg.norm((2 * sums[at] - sums[at - span] - sums[at + span]) / span))
    return steps

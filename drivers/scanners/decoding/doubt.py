"""Detect misread bar codes: two numbers from one printed code, and reads from few rows of the picture.

A check digit lets one misread in ten pass. A read from many scan lines is right; one from few is verified.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from math import hypot
from typing import NamedTuple

LINES_ENOUGH = 32
"""Rows of the picture that must have the same read; with fewer, the code is a thin strip."""
THIN = 0.16
"""Height relative to a code's width below which a strip is verified, however many rows it has."""
SAME_END = 0.2
"""Relative to a code's width: the maximum distance between the ends of two reads of one code."""
MARGIN = 0.3
"""Relative to a code's width: the margin around it when verifying."""

Point = tuple[float, float]
Box = tuple[int, int, int, int]


class Strip(NamedTuple):
    """A bar code read: its data, its corners (clockwise from the reading start), and its kind."""

    data: bytes
    corners: tuple[Point, Point, Point, Point]
    kind: str = ""

    @property
    def width(self) -> float:
        a, b, c, d = self.corners
        return (_apart(a, b) + _apart(d, c)) / 2

    @property
    def lines(self) -> float:
        a, b, c, d = self.corners
        return (_apart(a, d) + _apart(b, c)) / 2

    @property
    def thin(self) -> bool:
        return self.lines < max(LINES_ENOUGH, THIN * self.width)

    def around(self, width: int, height: int) -> Box:
        """The code's area in a picture of this size, with a margin."""
        margin = MARGIN * self.width
        xs, ys = zip(*self.corners, strict=True)
        return (
            max(0, int(min(xs) - margin)),
            max(0, int(min(ys) - margin)),
            min(width, int(max(xs) + margin) + 1),
            min(height, int(max(ys) + margin) + 1),
        )


def one_each(strips: Iterable[Strip]) -> list[Strip]:
    """Keep one of several reads along the same bars, the one with the most lines, in the original order."""
    found = list(strips)
    kept: list[Strip] = []
    for strip in sorted(found, key=lambda strip: -strip.lines):
        if not any(_is_misread(strip, other) for other in kept):
            kept.append(strip)
    return [strip for strip in found if strip in kept]


def agreed_reading(first: bytes, looks: Sequence[Callable[[], Iterable[bytes]]]) -> bytes | None:
    """The result that two looks agree on, including the first read, or None."""
    votes = Counter((first,))
    for look in looks:
        votes.update(set(look()))
        best = [data for data, count in votes.items() if count > 1]
        if best:
            return best[0] if len(best) == 1 else None
    return None


def _is_misread(strip: Strip, other: Strip) -> bool:
    """Whether `strip` is a misread of `other`: different data from the same bars.

    Codes of two kinds may be printed above each other.
    """
    alike = strip.kind == other.kind or 2 * strip.lines < other.lines
    return alike and strip.data != other.data and _same_bars(other, strip)


def _same_bars(strip: Strip, other: Strip) -> bool:
    """Whether two reads have the same ends along the bars, and are within one code's height."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = strip.corners
    left, right = ((ax + dx) / 2, (ay + dy) / 2), ((bx + cx) / 2, (by + cy) / 2)
    width = _apart(left, right)
    if not width:
        return False
    ux, uy = (right[0] - left[0]) / width, (right[1] - left[1]) / width

    def along(point: Point) -> float:
        return (point[0] - left[0]) * ux + (point[1] - left[1]) * uy

    def across(point: Point) -> float:
        return (point[1] - left[1]) * ux - (point[0] - left[0]) * uy

    ends = sorted(along(point) for point in other.corners)
    same = abs((ends[0] + ends[1]) / 2) < SAME_END * width and abs((ends[2] + ends[3]) / 2 - width) < SAME_END * width
    reach = [across(point) for point in (*strip.corners, *other.corners)]
    return same and max(reach) - min(reach) <= width


def _apart(one: Point, other: Point) -> float:
    return hypot(one[0] - other[0], one[1] - other[1])

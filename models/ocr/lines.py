"""Sort lines of text into reading order. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from models.kinds import Line

RIGHT_TO_LEFT = frozenset({"he", "ar", "fa", "yi"})
_SAME_ROW = 0.5
"""Two pieces are in one row if they overlap by this share of the lower one's height."""


def in_reading_order(lines: Iterable[Line], language: str) -> tuple[Line, ...]:
    """Row by row from the top, within a row from the side where the language starts, so tables read correctly."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=_middle):
        if rows and _share(rows[-1], line) >= _SAME_ROW:
            rows[-1].append(line)
        else:
            rows.append([line])
    across = _from_right if language in RIGHT_TO_LEFT else _from_left
    return tuple(line for row in rows for line in sorted(row, key=across))


def _share(row: list[Line], line: Line) -> float:
    """Return how much a line overlaps vertically with a piece of the row, as a share of the lower one's height.

    The piece with the largest overlap counts.
    """
    top, bottom = _extent(line)
    best = 0.0
    for other in row:
        its_top, its_bottom = _extent(other)
        height = max(min(bottom - top, its_bottom - its_top), 1e-6)
        best = max(best, (min(bottom, its_bottom) - max(top, its_top)) / height)
    return best


def _extent(line: Line) -> tuple[float, float]:
    heights = [y for _, y in line.corners]
    return min(heights), max(heights)


def _middle(line: Line) -> float:
    return sum(_extent(line)) / 2


def _from_left(line: Line) -> float:
    return min(x for x, _ in line.corners)


def _from_right(line: Line) -> float:
    return -max(x for x, _ in line.corners)

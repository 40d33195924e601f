"""Objects reaching across rows: a person, a trolley, a box on the floor. Unlike missing goods they hide shelf edges,
in any colour."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

import numpy as np

from edge.lib.sight.kinds import BayLayout, Facing, pixels_of

ABOVE, BELOW = 0.06, 0.14
"""Shares of a facing's height above and below its lower side, between which the shelf's edge with its labels is."""
SHIFT = 2
"""Pixels by which the edge may have moved vertically."""
LEAST_CONTRAST = 3.0
"""Contrast of an edge (CIELAB, standard deviation along a column) below which its visibility can't be judged."""
SEEN = 0.35
"""Share of its contrast at which an edge counts as visible. A shadow halves the contrast."""
HIDDEN = 0.3
"""Share of a facing's width over which its edge, or the one above, must be hidden."""
CLIPPED = 0.15
"""If this share of an edge is overexposed, its print may be invisible."""
WIDE = 7
"""Pixels of width to compare together."""


class Lit(NamedTuple):
    """The bay under the reference's light, and its clipped pixels."""

    bay: Any
    clipped: Any


def hidden_by_reach(layout: BayLayout, asked: Collection[str], now: Lit, full: Any, bare: Any) -> frozenset[str]:
    """Return the requested facings in front of which an object reaches into another row. All pictures are CIELAB in
    equal light."""
    size = (full.shape[1], full.shape[0])
    boxes = {facing.id: pixels_of(facing, size) for facing in layout.facings}
    rows = {facing.row for facing in layout.facings if facing.id in asked}
    edges = {
        facing.id: _edge_hidden(boxes[facing.id], now, full, bare)
        for facing in layout.facings
        if facing.id in asked or facing.row + 1 in rows
    }

    def is_hidden(facing: Facing) -> bool:
        own = float(edges[facing.id].mean())
        return own >= HIDDEN or _hidden_above(facing, layout, boxes, edges) >= HIDDEN

    return frozenset(facing.id for facing in layout.facings if facing.id in asked and is_hidden(facing))


def _hidden_above(
    facing: Facing, layout: BayLayout, boxes: dict[str, tuple[int, int, int, int]], edges: dict[str, Any]
) -> float:
    """Fraction of a facing's width under a hidden edge of the row above."""
    left, _, right, _ = boxes[facing.id]
    columns = np.zeros(right - left, bool)
    for other in layout.facings:
        if other.row != facing.row - 1:
            continue
        begin, _, end, _ = boxes[other.id]
        low, high = max(left, begin), min(right, end)
        if high > low:
            columns[low - left : high - left] |= edges[other.id][low - begin : high - begin]
    return float(columns.mean())


def _edge_hidden(box: tuple[int, int, int, int], now: Lit, full: Any, bare: Any) -> Any:
    """Return, per column, whether the shelf edge is hidden: nothing of its full or bare brightness and colour profile
    remains."""
    left, top, right, bottom = box
    tall = bottom - top
    first, last = bottom - max(3, round(ABOVE * tall)), bottom + max(6, round(BELOW * tall))
    first, last = max(SHIFT, first), min(full.shape[0] - SHIFT, last)
    seen, known = np.zeros(right - left, bool), np.zeros(right - left, bool)
    if last - first < 6 or right > full.shape[1]:
        return seen
    for picture in (full, bare):
        was = _columns(picture[first:last, left:right])
        power = (was * was).sum(axis=(0, 2))
        tells = power / (last - first) > LEAST_CONTRAST**2
        known |= tells
        for by in range(-SHIFT, SHIFT + 1):
            here = _columns(now.bay[first + by : last + by, left:right])
            alike = (was * here).sum(axis=(0, 2)) / np.maximum(power, 1e-6)
            seen |= tells & (alike > SEEN)
    return known & ~seen & (now.clipped[first:last, left:right].mean(axis=0) < CLIPPED)


def _columns(part: Any) -> Any:
    """Return the deviation of each column from its mean, averaged over neighbours."""
    sums = np.cumsum(np.pad(part, ((0, 0), (WIDE // 2 + 1, WIDE // 2), (0, 0)), mode="edge"), axis=1)
    mean = (sums[:, WIDE:] - sums[:, :-WIDE]) / WIDE
    return mean - mean.mean(axis=0, keepdims=True)

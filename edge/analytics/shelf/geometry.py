"""Facing positions: convert parts of the rectified bay to parts of the picture. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from edge.lib.sight.kinds import BayLayout, Facing, Mask

ALL: Mask = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
Polygon = tuple[tuple[float, float], ...]


def masks_seen_from(masks: Sequence[Mask], shift_pm: tuple[int, int] | None) -> tuple[Mask, ...]:
    """A camera's masks after it moved by this shift (in thousandths of the picture's width, and of its height),
    enlarged by that on every side; None: unknown shift, so the whole picture."""
    if not masks:
        return ()
    if shift_pm is None:
        return (ALL,)
    wide, tall = (part / 1000 for part in shift_pm)
    return tuple(_around(mask, wide, tall) for mask in masks) if wide or tall else tuple(masks)


def _around(mask: Mask, wide: float, tall: float) -> Mask:
    x, y = zip(*mask, strict=True)
    left, right = max(0.0, min(x) - wide), min(1.0, max(x) + wide)
    top, bottom = max(0.0, min(y) - tall), min(1.0, max(y) + tall)
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def outline(layout: BayLayout, facing: Facing) -> Polygon:
    """A facing's corners in the picture, clockwise from the upper left."""
    left, top, right, bottom = facing.left, facing.top, facing.right, facing.bottom
    return tuple(
        place_in_picture(layout, x, y) for x, y in ((left, top), (right, top), (right, bottom), (left, bottom))
    )


def place_in_picture(layout: BayLayout, u: float, v: float) -> tuple[float, float]:
    """A point of the bay in the picture, by the perspective of its corners (P. Heckbert, Fundamentals of Texture
    Mapping and Image Warping, 1989, section 2.2.3)."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = layout.corners
    sx, sy = x0 - x1 + x2 - x3, y0 - y1 + y2 - y3
    dx1, dy1, dx2, dy2 = x1 - x2, y1 - y2, x3 - x2, y3 - y2
    base = dx1 * dy2 - dx2 * dy1 or 1e-9
    g, h = (sx * dy2 - dx2 * sy) / base, (dx1 * sy - sx * dy1) / base
    a, b = x1 - x0 + g * x1, x3 - x0 + h * x3
    d, e = y1 - y0 + g * y1, y3 - y0 + h * y3
    deep = g * u + h * v + 1
    return (a * u + b * v + x0) / deep, (d * u + e * v + y0) / deep

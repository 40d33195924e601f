"""Reads shelf labels: barcodes, and row edges as strips for text recognition."""

from __future__ import annotations

import cv2
import zxingcpp

from edge.lib.sight.bay_proposal import EDGE_PART
from edge.lib.sight.kinds import Facing, FrontText, LabelStrip, Point, ShelfLabel
from edge.lib.sight.pictures import Pixels, encode
from edge.lib.sight.registration import part_of

BESIDE = 0.012
"""Largest part of a label beyond its shelf's edge (share of the bay's height)."""
WANTED_HEIGHT, MOST_LARGER, MOST_WIDE = 160, 4.0, 4_000
"""Size of a strip in pixels. Small strips are enlarged, because bars narrower than two pixels can't be read."""
SAME = 0.01
"""Codes within this share of the width are the same label."""
LABELS = 200
"""Most labels to report per picture."""
_FORMATS = (
    zxingcpp.BarcodeFormat.EANUPC,
    zxingcpp.BarcodeFormat.DataBar,
    zxingcpp.BarcodeFormat.Code128,
    zxingcpp.BarcodeFormat.QRCode,
    zxingcpp.BarcodeFormat.DataMatrix,
)

Corners = tuple[Point, Point, Point, Point]


def read(
    picture: Pixels, corners: Corners, rows: tuple[float, ...]
) -> tuple[tuple[ShelfLabel, ...], tuple[LabelStrip, ...]]:
    """Return the barcodes at each row's lower edge from left to right, and pictures of the edges."""
    found: list[ShelfLabel] = []
    strips: list[LabelStrip] = []
    for row, edge in enumerate(rows):
        strip = part_of(picture, corners, (0.0, max(0.0, edge - EDGE_PART - BESIDE), 1.0, min(1.0, edge + BESIDE)))
        larger = _larger(strip)
        for seen in (strip, larger):  # a code that is blurred at one size may be readable at the other
            found += [one for one in _codes(seen, row) if not any(_same(one, known) for known in found)]
        strips.append(LabelStrip(row, encode(larger), larger.shape[1]))
    return tuple(sorted(found, key=lambda one: (one.row, one.at))[:LABELS]), tuple(strips)


def front(picture: Pixels, corners: Corners, facing: Facing) -> tuple[FrontText, FrontText]:
    """Barcodes and picture of a facing's goods, and of the shelf edge below."""
    goods = part_of(picture, corners, (facing.left, facing.top, facing.right, facing.bottom))
    low = min(1.0, facing.bottom + EDGE_PART + BESIDE)
    edge = part_of(picture, corners, (facing.left, min(facing.bottom, low - 2 * BESIDE), facing.right, low))
    return _text(goods), _text(edge)


def _text(part: Pixels) -> FrontText:
    larger = _larger(part)
    codes = dict.fromkeys(one.text for seen in (part, larger) for one in _codes(seen, 0))
    return FrontText(tuple(codes)[:LABELS], encode(larger))


def _codes(strip: Pixels, row: int) -> list[ShelfLabel]:
    grey = cv2.cvtColor(strip, cv2.COLOR_BGR2GRAY)
    found = []
    for code in zxingcpp.read_barcodes(grey, formats=zxingcpp.BarcodeFormats(_FORMATS), try_invert=False):
        middle = (code.position.top_left.x + code.position.bottom_right.x) / 2 / grey.shape[1]
        found.append(ShelfLabel(row, min(1.0, max(0.0, middle)), code.text[:80]))
    return found


def _same(one: ShelfLabel, other: ShelfLabel) -> bool:
    return (one.row, one.text) == (other.row, other.text) and abs(one.at - other.at) < SAME


def _larger(strip: Pixels) -> Pixels:
    height, width = strip.shape[:2]
    by = min(max(1.0, min(MOST_LARGER, WANTED_HEIGHT / height)), MOST_WIDE / width)
    size = max(8, round(width * by)), max(8, round(height * by))
    return cv2.resize(strip, size, interpolation=cv2.INTER_CUBIC if by > 1 else cv2.INTER_AREA)

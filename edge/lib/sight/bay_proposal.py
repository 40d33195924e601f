"""Proposes rows and facings for a bay: shelf edges across it, and products between them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import cv2
import numpy as np

from edge.lib.sight.kinds import ROWS, BayLayout, Facing, Point
from edge.lib.sight.pictures import Pixels
from edge.lib.sight.registration import rectifier, warp_picture

LEAST_ROW, LEAST_FACING = 0.08, 0.035
"""Smallest row and facing, as shares of the bay's height and width."""
EDGE_PART = 0.045
"""Default share of the height taken by a shelf's edge with its labels."""

UNEVEN = 1.6
"""If row heights differ by more than this factor, some rows were missed."""
MOST_EVEN, MOST_FACINGS = 8, 20

Corners = tuple[Point, Point, Point, Point]


def propose_bay(
    picture: Pixels, corners: Corners, rows: tuple[float, ...] = ()
) -> tuple[tuple[float, ...], tuple[Facing, ...]]:
    """Return the lower edge of each row, as fractions of the bay, and its facings. Given `rows` are used unchanged."""
    to_bay, size = rectifier(BayLayout(corners), picture.shape[1], picture.shape[0])
    bay = warp_picture(picture, to_bay, size)
    found = rows or _rows(bay)
    edges = [0.0, *found]
    kept = [_cuts(_strip(bay, upper, lower)) for upper, lower in pairwise(edges)]
    counts = sorted(len(cuts) + 1 for cuts in kept if cuts)
    usual = counts[len(counts) // 2] if counts else 1
    made: list[Facing] = []
    for number, (cuts, (upper, lower)) in enumerate(zip(kept, pairwise(edges), strict=True)):
        odd = 2 * (len(cuts) + 1) < usual  # touching goods hide the gaps: assume as many as in other rows
        made += _facings(number, upper, lower, [at / usual for at in range(1, usual)] if odd else cuts)
    return found, tuple(made)


def _rows(bay: Pixels) -> tuple[float, ...]:
    """Lines across the whole bay below which goods end."""
    grey = cv2.cvtColor(bay, cv2.COLOR_BGR2GRAY).astype(np.float32)
    slope = np.abs(cv2.Sobel(grey, cv2.CV_32F, 0, 1, ksize=3))
    strong = cv2.GaussianBlur(np.median(slope, axis=1).reshape(-1, 1), (1, 5), 0)[:, 0]
    height = len(strong)
    floor = max(float(np.percentile(strong, 90)) * 0.5, 4.0)
    kept: list[int] = []
    for at in np.argsort(strong)[::-1]:
        if strong[at] < floor or len(kept) >= 3 * ROWS:
            break
        if all(abs(int(at) - other) > 0.015 * height for other in kept):
            kept.append(int(at))
    merged: list[float] = []
    for line in (at / height for at in sorted(kept)):  # of the lines above and below a shelf's edge, keep the lower
        if merged and line - merged[-1] < LEAST_ROW:
            merged[-1] = line
        elif line > LEAST_ROW:
            merged.append(line)
    if not merged or merged[-1] < 1 - LEAST_ROW:
        merged.append(1.0)
    if not _even([0.0, *merged]):
        merged = _evenly(strong)
    return tuple(round(line, 4) for line in merged[:ROWS])


def _even(lines: list[float]) -> bool:
    apart = [lower - upper for upper, lower in pairwise(lines)]
    return len(apart) > 1 and max(apart) < UNEVEN * min(apart)


def _evenly(strong: Any) -> list[float]:
    """Divide a bay into as many equally high rows as the lines support. Most bays have such rows, and users adjust the
    others."""
    height = len(strong)
    near = max(1, round(0.012 * height))
    peaks = cv2.dilate(strong.reshape(-1, 1).astype(np.float32), np.ones((2 * near + 1, 1)))[:, 0]
    best, most = [1.0], 0.0
    for count in range(2, MOST_EVEN + 1):
        for lower in range(0, 7):
            last = 1 - lower / 100
            lines = [last * (number + 1) / count for number in range(count)]
            inner = [float(peaks[min(height - 1, round(line * height))]) for line in lines[:-1]]
            score = min(inner) * count**0.5
            if score > most:
                best, most = lines, score
    return best


def _strip(bay: Pixels, top: float, bottom: float) -> Any:
    """Return a row without its shelf edge."""
    height = bay.shape[0]
    return bay[round(top * height) : max(round(top * height) + 8, round(_above_edge(top, bottom) * height))]


def _above_edge(top: float, bottom: float) -> float:
    return min(1.0, max(top + LEAST_ROW / 2, bottom - EDGE_PART))


def _facings(row: int, top: float, bottom: float, cuts: list[float]) -> list[Facing]:
    """A facing between each pair of cuts."""
    lower = round(_above_edge(top, bottom), 4)
    return [
        Facing(f"r{row}f{number}", row, round(left, 4), round(top, 4), round(right, 4), lower)
        for number, (left, right) in enumerate(pairwise([0.0, *cuts, 1.0]))
    ]


def _cuts(strip: Any) -> list[float]:
    lab = cv2.cvtColor(strip, cv2.COLOR_BGR2LAB).astype(np.float32)
    above = lab[round(strip.shape[0] * 0.06) : max(3, round(strip.shape[0] * 0.12))]  # below the frame, above the goods
    behind = np.median(above.reshape(-1, 3), axis=0)
    low = lab[strip.shape[0] // 2 : round(strip.shape[0] * 0.85)]
    goods = (np.sqrt(((low - behind) ** 2).sum(axis=2)) > 22).mean(axis=0)
    width = strip.shape[1]
    goods = np.convolve(goods, np.ones(5) / 5, mode="same")
    least = LEAST_FACING * width
    floor = min(0.75, float(np.percentile(goods, 85)) * 0.7)
    cuts: list[float] = []
    begun, last = None, 0.0
    for at in range(width):
        if goods[at] < floor:
            begun = at if begun is None else begun
        elif begun is not None:
            middle = (begun + at) / 2
            if middle - last > least and width - middle > least:
                cuts.append(middle / width)
                last = middle
            begun = None
    cuts = _split_wide(cuts)
    return cuts if _even([0.0, *cuts, 1.0]) else _evenly_cut(goods)


def _evenly_cut(goods: Any) -> list[float]:
    """Divide a row into as many equally wide facings as the gaps between products support."""
    width = len(goods)
    near = max(1, round(0.01 * width))
    valleys = cv2.erode(goods.reshape(1, -1).astype(np.float32), np.ones((1, 2 * near + 1)))[0]
    best: list[float] = []
    most = 0.02
    for count in range(2, MOST_FACINGS + 1):
        cuts = [number / count for number in range(1, count)]
        deep = float(goods.mean()) - float(np.mean([valleys[round(cut * width)] for cut in cuts]))
        if deep * count**0.2 > most:
            best, most = cuts, deep * count**0.2
    return best


def _split_wide(cuts: list[float]) -> list[float]:
    """Split parts much wider than usual, because products that touch look like one."""
    edges = [0.0, *cuts, 1.0]
    pairs = list(pairwise(edges))
    usual = float(np.median([right - left for left, right in pairs]))
    made: list[float] = []
    for left, right in pairs:
        parts = max(1, round((right - left) / max(usual, LEAST_FACING)))
        made += [left + (right - left) * part / parts for part in range(1, parts + 1)]
    return made[:-1]

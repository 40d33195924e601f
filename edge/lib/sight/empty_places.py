"""Detects empty places in a single shelf picture without a planogram: dark and without detail.

A simple rule, not a trained detector; `edge shelf bench` measures it on real photographs.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import cv2
import numpy as np

from edge.lib.sight.pictures import Pixels

WIDTH = 640
LEAST_AREA, MOST_AREA = 0.002, 0.25
LEAST_SIDE, LEAST_TALL, MOST_WIDE = 0.02, 0.06, 3.0
"""Limits of a void: least width (share of the picture's width), least height (share of its height), and largest width
(multiple of its own height)."""
SAME_ROW, NEAR = 0.5, 0.015
"""Boxes are one void if they overlap by this share of their height and are this close (share of the picture's
width)."""


class Void(NamedTuple):
    """Left, top, right, bottom as fractions of the picture, and confidence."""

    left: float
    top: float
    right: float
    bottom: float
    score: float = 1.0


def find(picture: Pixels) -> list[Void]:
    """Find voids, most certain first. Adjacent voids in a row are merged."""
    scale = WIDTH / picture.shape[1]
    small = cv2.resize(picture, (WIDTH, max(16, round(picture.shape[0] * scale))), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.float32)
    drawn = cv2.GaussianBlur(np.abs(cv2.Laplacian(cv2.GaussianBlur(grey, (0, 0), 1.0), cv2.CV_32F)), (0, 0), 5)
    around = cv2.GaussianBlur(grey, (0, 0), WIDTH / 12)
    quiet = np.clip(1 - drawn / max(float(np.median(drawn)), 1e-6), 0, 1)
    darker = np.clip((around - grey + 8) / 40, 0, 1)
    chance = quiet * (0.55 + 0.45 * darker)
    mask = cv2.morphologyEx((chance > 0.45).astype(np.uint8), cv2.MORPH_OPEN, np.ones((7, 7), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    height = small.shape[0]
    found = []
    for left, top, wide, tall, area in stats[1:count]:
        part = area / (WIDTH * height)
        stands = tall > LEAST_TALL * height and wide > LEAST_SIDE * WIDTH and wide < MOST_WIDE * tall
        if LEAST_AREA < part < MOST_AREA and stands and area > 0.4 * wide * tall:
            score = float(chance[top : top + tall, left : left + wide].mean())
            right, bottom = float(left + wide) / WIDTH, float(top + tall) / height
            found.append(Void(float(left) / WIDTH, float(top) / height, right, bottom, score))
    return sorted(merge_voids(found), key=lambda one: -one.score)


def merge_voids(voids: list[Void]) -> list[Void]:
    """Merge adjacent voids of a row."""
    kept = list(voids)
    while pair := next(((a, b) for a in kept for b in kept if a is not b and _touch(a, b)), None):
        one, other = pair
        kept = [void for void in kept if void is not one and void is not other]
        low, high = np.minimum(one, other), np.maximum(one, other)
        kept.append(Void(*(float(x) for x in (low[0], low[1], high[2], high[3], high[4]))))
    return kept


def count_matches(found: list[Void], truth: list[Void], least: float = 0.5) -> int:
    """Number of one-to-one matches with at least `least` intersection over union, most certain first."""
    left = list(truth)
    hits = 0
    for void in found:
        best = max(left, key=lambda one: overlap(void, one), default=None)
        if best is not None and overlap(void, best) >= least:
            left.remove(best)
            hits += 1
    return hits


def overlap(one: Void, other: Void) -> float:
    """Intersection over union."""
    wide = min(one.right, other.right) - max(one.left, other.left)
    tall = min(one.bottom, other.bottom) - max(one.top, other.top)
    if wide <= 0 or tall <= 0:
        return 0.0
    return wide * tall / (_area(one) + _area(other) - wide * tall)


def _touch(one: Any, other: Any) -> bool:
    tall = min(one.bottom, other.bottom) - max(one.top, other.top)
    same = tall > SAME_ROW * min(one.bottom - one.top, other.bottom - other.top)
    return bool(same and max(one.left, other.left) - min(one.right, other.right) <= NEAR)


def _area(void: Void) -> float:
    return (void.right - void.left) * (void.bottom - void.top)

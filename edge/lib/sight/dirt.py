"""Dirt on a camera: a patch where the static background is blurred while the rest of the bay is as sharp as before."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from edge.lib.sight.kinds import PATCHES_ACROSS, PATCHES_DOWN
from edge.lib.sight.registration import Reference

STRONG, LEAST = 60.0, 150
"""Smallest gradient of an edge in the reference, and fewest such pixels for judging a patch."""
SOFT = 0.45
"""A patch is soft if its edges have kept less than this share of the sharpness that the median patch kept."""


def soft_patches(reference: Reference, bay: Any) -> tuple[int, ...]:
    """Return the blurred patches of a bay, numbered row by row from the upper left."""
    before, now = _steepness(reference.full_bay), _steepness(bay)
    tells = (reference.fixed_bay > 0) & (before > STRONG)
    kept: dict[int, float] = {}
    height, width = tells.shape
    for number in range(PATCHES_ACROSS * PATCHES_DOWN):
        row, column = divmod(number, PATCHES_ACROSS)
        part = (
            slice(height * row // PATCHES_DOWN, height * (row + 1) // PATCHES_DOWN),
            slice(width * column // PATCHES_ACROSS, width * (column + 1) // PATCHES_ACROSS),
        )
        here = tells[part]
        if int(here.sum()) >= LEAST:
            kept[number] = float(np.median(now[part][here] / before[part][here]))
    usual = float(np.median(list(kept.values()))) if kept else 0.0
    return tuple(number for number, share in kept.items() if share < SOFT * usual)


def _steepness(picture: Any) -> Any:
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    across, down = (cv2.Sobel(grey, cv2.CV_32F, *of, ksize=3) for of in ((1, 0), (0, 1)))
    return cv2.dilate(cv2.magnitude(across, down), np.ones((3, 3), np.uint8))  # goods and cameras shift by a pixel

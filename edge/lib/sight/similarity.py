"""Product recognition by local features and colours, among products with pictures.

Features are SIFT descriptors compared by Hellinger distance (Arandjelović and Zisserman, 2012); each votes for products
with a similar one, by how much closer it is than the background (local naive Bayes nearest neighbour: McCann and Lowe,
2012). Packages have features, fruit has colours: both scores are standardised and added.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import cv2
import numpy as np

from edge.lib.sight.kinds import Likeness
from edge.lib.sight.pictures import Pixels

SIDE = 300
"""Longer side in pixels at which a picture is compared."""
MARKS = 400
NEIGHBOURS = 30
"""Number of nearest features that vote. The next one is the background."""
EVERY, HIGHEST = 16, 5
COLOURS = 1.5
"""Weight of colours relative to features."""
CERTAIN = 1.1
"""Rate at which a product's share grows with its distance to the runner-up."""
CALIBRATED = (-0.14, 0.91)
"""Maps the log odds of that share to the log odds of being right. Fitted on photographs of every other product, the
harder half, and checked on the others (README.md)."""
TOLD = 3
_BINS, _SPAN = (4, 12, 12), ((0, 256), (60, 196), (60, 216))


class _Look(NamedTuple):
    marks: Any
    colours: Any


class Album:
    """Product appearances: one to five pictures each."""

    def __init__(self, pictures: Sequence[tuple[str, Pixels]]) -> None:
        self._skus = sorted({sku for sku, _ in pictures})
        place = {sku: at for at, sku in enumerate(self._skus)}
        looks = [(place[sku], _look(pixels)) for sku, pixels in pictures]
        self._marks = np.concatenate([look.marks for _, look in looks] or [np.zeros((0, 128), np.float32)])
        self._whose = np.repeat([at for at, _ in looks], [len(look.marks) for _, look in looks]).astype(int)
        self._colours = np.array([look.colours for _, look in looks])
        self._of_colours = np.array([at for at, _ in looks], int)

    def rank(self, picture: Pixels) -> tuple[Likeness, ...]:
        """Most similar products, best first; () if there is nothing to compare with."""
        if not self._skus:
            return ()
        look = _look(picture)
        score = _spread(np.sqrt(self._by_marks(look.marks))) + COLOURS * _spread(self._by_colours(look.colours))
        parts = np.exp(CERTAIN * (score - score.max()))
        parts /= parts.sum()
        best = np.argsort(-score)[:TOLD]
        sure = _match_probability(float(parts[best[0]]))
        rest = (1 - sure) / max(1 - float(parts[best[0]]), 1e-9)  # scales the shares of the others
        shares = [sure, *(min(sure, float(parts[at]) * rest) for at in best[1:])]
        return tuple(Likeness(self._skus[at], round(share * 100)) for at, share in zip(best, shares, strict=True))

    def _by_marks(self, marks: Any) -> Any:
        said = np.zeros(len(self._skus))
        count = min(NEIGHBOURS, len(self._marks) - 1)
        if not len(marks) or count < 1:
            return said
        alike = marks @ self._marks.T
        for row, least in zip(alike, _high(alike), strict=True):
            near = np.flatnonzero(row >= least)
            if len(near) <= count:
                near = np.arange(len(row))
            near = near[np.argpartition(-row[near], count)[: count + 1]]
            values = row[near]
            best = np.zeros(len(said))
            # A mark counts once per product, however often the product has it.
            np.maximum.at(best, self._whose[near], values - values.min())
            said += best
        return said

    def _by_colours(self, colours: Any) -> Any:
        said = np.zeros(len(self._skus))
        np.maximum.at(said, self._of_colours, self._colours @ colours)
        return said


def _high(alike: Any) -> Any:
    """Estimate each row's background similarity: the fifth highest of every sixteenth value, to avoid sorting entire
    rows."""
    some = alike[:, ::EVERY]
    return np.partition(some, -HIGHEST, axis=1)[:, -HIGHEST] if some.shape[1] > HIGHEST else np.full(len(alike), -1.0)


def _look(picture: Pixels) -> _Look:
    height, width = picture.shape[:2]
    scale = SIDE / max(height, width)
    size = max(8, round(width * scale)), max(8, round(height * scale))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    _, marks = cv2.SIFT.create(MARKS).detectAndCompute(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), None)
    if marks is None:
        marks = np.zeros((0, 128), np.float32)
    return _Look(np.sqrt(marks / np.maximum(marks.sum(axis=1, keepdims=True), 1)).astype(np.float32), _colours(small))


def _colours(picture: Pixels) -> Any:
    """Colour histogram (CIELAB), weighted towards the picture's centre."""
    lab = cv2.cvtColor(cv2.resize(picture, (128, 128), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2LAB)
    away = (np.arange(128) - 63.5) / 48
    weight = np.exp(-(away[:, None] ** 2 + away[None, :] ** 2) / 2)
    share, _ = np.histogramdd(lab.reshape(-1, 3), bins=_BINS, range=_SPAN, weights=weight.ravel())
    return np.sqrt(share.ravel() / max(share.sum(), 1e-9)).astype(np.float32)


def _match_probability(share: float) -> float:
    """Return the probability that the best match is correct, given its share of the votes."""
    share = min(max(share, 1e-6), 1 - 1e-6)
    begin, slope = CALIBRATED
    return float(1 / (1 + np.exp(-(begin + slope * np.log(share / (1 - share))))))


def _spread(values: Any) -> Any:
    return (values - values.mean()) / max(float(values.std()), 1e-9)

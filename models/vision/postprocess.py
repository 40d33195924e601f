"""Decode detectors' outputs as boxes, in three formats, and select among them.

A decoder takes the outputs for one picture, and returns candidates in the model's input pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from models.errors import Unusable

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

STRIDES = ((8, 16, 32), (8, 16, 32, 64))
CANDIDATES = 3_000
"""Number of candidates to consider: the most certain ones."""
BOXES = 300
"""Maximum boxes per picture: the most certain ones."""


class Candidates(NamedTuple):
    """`corners` float32 (n, 4): left, top, right, bottom; `scores` (n,); `kinds` (n,), label numbers."""

    corners: Array
    scores: Array
    kinds: Array


class Yolox:
    """(places, 5 + labels): centre and log size, in cells of three or four grids; objectness; label scores (YOLOX, Ge
    et al. 2021, and its export without decoding)."""

    def __init__(self, height: int, width: int, places: int, across: int) -> None:
        import numpy as np

        strides = next(known for known in STRIDES if places == cells(height, width, known))
        grids, steps = [], []
        for stride in strides:
            x, y = np.meshgrid(np.arange(width // stride), np.arange(height // stride))
            grids.append(np.stack((x, y), 2).reshape(-1, 2))
            steps.append(np.full((x.size, 1), stride))
        self._grid = np.concatenate(grids).astype(np.float32)
        self._step = np.concatenate(steps).astype(np.float32)
        self.labels = across - 5

    def __call__(self, outputs: Sequence[Array], threshold: float) -> Candidates:
        import numpy as np

        (found,) = outputs
        sure = np.flatnonzero(found[:, 4] >= threshold)  # label scores can only lower the confidence
        found = found[sure]
        kinds = found[:, 5:].argmax(1)
        scores = found[:, 4] * found[np.arange(len(found)), 5 + kinds]
        centre = (found[:, :2] + self._grid[sure]) * self._step[sure]
        half = np.exp(np.minimum(found[:, 2:4], 20)) * self._step[sure] / 2
        return Candidates(np.concatenate((centre - half, centre + half), 1), scores, kinds)


class Centres:
    """(4 + labels, places): centre and size in pixels, and a score per label (YOLO from version 8 on)."""

    def __init__(self, labels: int) -> None:
        self.labels = labels

    def __call__(self, outputs: Sequence[Array], threshold: float) -> Candidates:
        import numpy as np

        (found,) = outputs
        kinds = found[4:].argmax(0)
        scores = found[4 + kinds, np.arange(found.shape[1])]
        centre, half = found[:2].T, found[2:4].T / 2
        return Candidates(np.concatenate((centre - half, centre + half), 1), scores, kinds)


class Corners:
    """(places, labels) of scores, the first for background, and (places, 4) of corners as fractions of the input
    (SSD-style detectors)."""

    def __init__(self, height: int, width: int, labels: int, boxes_first: bool) -> None:
        self.labels = labels
        self._size = (width, height, width, height)
        self._boxes = 0 if boxes_first else 1

    def __call__(self, outputs: Sequence[Array], threshold: float) -> Candidates:
        import numpy as np

        boxes, scored = outputs[self._boxes], outputs[1 - self._boxes][:, 1:]
        kinds = scored.argmax(1)
        return Candidates(boxes * np.asarray(self._size, np.float32), scored[np.arange(len(scored)), kinds], kinds)


Decoder = Yolox | Centres | Corners


def decoder_for(outputs: Sequence[Array], height: int, width: int, name: str) -> Decoder:
    """Choose the decoder by the shapes of a model's outputs for one picture. Raises Unusable."""
    shapes = [output.shape for output in outputs]
    if len(shapes) == 1 and len(shapes[0]) == 2:
        places, across = shapes[0]
        if across > 5 and places in (cells(height, width, strides) for strides in STRIDES):
            return Yolox(height, width, places, across)
        if 4 < places < across:
            return Centres(places - 4)
    if len(shapes) == 2 and all(len(shape) == 2 for shape in shapes) and shapes[0][0] == shapes[1][0]:
        boxes_first = shapes[0][1] == 4 and shapes[1][1] != 4
        labels = shapes[1 if boxes_first else 0][1] - 1
        if labels > 0 and shapes[0 if boxes_first else 1][1] == 4:
            return Corners(height, width, labels, boxes_first)
    said = " and ".join(" x ".join(map(str, shape)) for shape in shapes) or "nothing"
    known = "places x (5 + labels), (4 + labels) x places, or places x labels and places x 4"
    raise Unusable(f"{name} answers {said}, which isn't supported.", f"A detector must answer {known}.")


def cells(height: int, width: int, strides: Sequence[int]) -> int:
    return sum((height // stride) * (width // stride) for stride in strides)


def keep_surest(found: Candidates, threshold: float, overlap: float) -> Candidates:
    """Candidates above the threshold after non-maximum suppression per label; the most certain first."""
    import cv2
    import numpy as np

    sure = np.flatnonzero(found.scores >= threshold)
    sure = sure[np.argsort(-found.scores[sure], kind="stable")[:CANDIDATES]]
    corners, scores, kinds = found.corners[sure], found.scores[sure], found.kinds[sure]
    if not sure.size:
        return Candidates(corners, scores, kinds)
    sized = np.concatenate((corners[:, :2], corners[:, 2:] - corners[:, :2]), 1).tolist()
    left = cv2.dnn.NMSBoxesBatched(sized, scores.tolist(), kinds.tolist(), threshold, overlap)
    best = np.asarray(left, np.int64).reshape(-1)
    best = best[np.argsort(-scores[best], kind="stable")[:BOXES]]
    return Candidates(corners[best], scores[best], kinds[best])

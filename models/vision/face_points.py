"""Decode YuNet's faces with five landmarks each, and align a face by them.

YuNet: Wu, Peng, Yu, "YuNet: A Tiny Millisecond-level Face Detector", Machine Intelligence Research 2023; its outputs
are decoded as in OpenCV's FaceDetectorYN (modules/objdetect/src/face_detect.cpp). The reference positions of eyes, nose
and mouth are those of ArcFace, in 112 by 112 pixels (Deng et al. 2019), as in FaceRecognizerSF.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from models.errors import Unusable

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

STRIDES = (8, 16, 32)
UPRIGHT_PX = 112
UPRIGHT = ((38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041))
"""Right eye, left eye, tip of the nose, right and left corner of the mouth: (x, y)."""
SURE = 0.7
OVERLAP = 0.3
WIDTHS = (1, 1, 4, 10)
"""The outputs' widths per place: face score (twice), box, landmarks."""


class FacePlace(NamedTuple):
    """A face in the picture's pixels: the box, and landmarks `points` float32 (5, 2)."""

    left: float
    top: float
    width: float
    height: float
    points: Array

    @property
    def side_px(self) -> int:
        return int(min(self.width, self.height))


class FacePoints:
    """Decode YuNet's outputs for a picture of `size` by `size` pixels.

    Raises Unusable if the shapes aren't those of YuNet.
    """

    def __init__(self, shapes: Sequence[tuple[int, ...]], size: int, name: str) -> None:
        self._size = size
        self._groups: list[tuple[int, list[int]]] = []
        for stride in STRIDES:
            count = (size // stride) ** 2
            mine = [at for at, shape in enumerate(shapes) if len(shape) >= 2 and shape[-2] == count]
            order = sorted(mine, key=lambda at: shapes[at][-1])
            if tuple(shapes[at][-1] for at in order) != WIDTHS:
                what = f"{name} isn't a face detector with five landmarks."
                raise Unusable(what, "Install YuNet (face_detection_yunet_2023mar.onnx), and list it first.")
            self._groups.append((stride, order))

    def __call__(self, outputs: Sequence[Array], scale: float) -> list[FacePlace]:
        """The faces, the most certain first; `scale`: model pixels per picture pixel."""
        import cv2
        import numpy as np

        boxes, scores, points = list[Any](), list[Any](), list[Any]()
        for stride, (seen, there, box, kps) in self._groups:
            across = self._size // stride
            at = np.arange(across * across)
            corner = np.stack((at % across, at // across), 1).astype(np.float32)
            told = [outputs[number].reshape(len(at), -1) for number in (seen, there, box, kps)]
            score = np.sqrt(np.clip(told[0], 0, 1) * np.clip(told[1], 0, 1))[:, 0]
            keep = np.flatnonzero(score >= SURE)
            middle = (corner[keep] + told[2][keep, :2]) * stride
            sides = np.exp(np.minimum(told[2][keep, 2:], 10)) * stride
            boxes.append(np.concatenate((middle - sides / 2, sides), 1))
            points.append((told[3][keep].reshape(-1, 5, 2) + corner[keep, None]) * stride)
            scores.append(score[keep])
        placed, sure, found = np.concatenate(boxes), np.concatenate(scores), np.concatenate(points)
        if not len(placed):
            return []
        left = np.asarray(cv2.dnn.NMSBoxes(placed.tolist(), sure.tolist(), SURE, OVERLAP)).reshape(-1)
        faces = list[FacePlace]()
        for one in left:
            x, y, width, height = (placed[one] / scale).tolist()
            faces.append(FacePlace(x, y, width, height, found[one] / scale))
        return faces


def upright(picture: Array, points: Array) -> Array:
    """The aligned face, uint8 (112, 112, 3): rotated and scaled without distortion (Umeyama 1991)."""
    import cv2
    import numpy as np

    return cv2.warpAffine(picture, _alignment_matrix(points.astype(np.float64)), (UPRIGHT_PX, UPRIGHT_PX))


def _alignment_matrix(points: Array) -> Array:
    """float64 (2, 3): the best transform of the landmarks to their reference positions."""
    import numpy as np

    to = np.asarray(UPRIGHT, np.float64)
    middle, aim = points.mean(0), to.mean(0)
    apart, wanted = points - middle, to - aim
    u, scales, v = np.linalg.svd(wanted.T @ apart / len(to))
    sign = np.array([1.0, np.sign(np.linalg.det(u) * np.linalg.det(v)) or 1.0])
    turn = u @ np.diag(sign) @ v
    spread = (apart**2).sum() / len(to)
    scale = float((scales * sign).sum() / spread) if spread else 1.0
    return np.concatenate((scale * turn, (aim - scale * turn @ middle)[:, None]), 1)

"""Where the bay is in today's picture, and whether the camera can be believed at all."""

from __future__ import annotations

from typing import Any, NamedTuple

import cv2
import numpy as np

from edge.lib.sight.kinds import BayLayout, CameraState, Point
from edge.lib.sight.pictures import Pixels

WORK_WIDTH = 960
"""Pictures are compared in this width."""
BAY_SIDE = 900
"""The longer side of a rectified bay."""
DARK, CLIPPED, BRIGHT_SHARE = 22, 250, 0.5
LEAST_INLIERS = 12
INLIERS_OF_SETUP = 0.25
COVERED, BLURRED, FOUND = 0.10, 0.10, 0.40
"""Which share of the reference's edges, of its sharpness; and how many edges are enough where nothing was matched."""
NIGHT_NOW, NIGHT_BEFORE = 0.05, 0.15
MOVED_PM = 500


class Reference(NamedTuple):
    """What is known of a bay's view: as it should be, bare where there is such a picture, and what never changes."""

    full: Pixels
    bare: Pixels | None
    fixed: Any
    edges: Any
    sharp: float
    colour: float
    keys: Any
    marks: Any
    inliers: int
    to_bay: Any
    size: tuple[int, int]
    full_bay: Pixels
    bare_bay: Pixels | None
    fixed_bay: Any


class Registered(NamedTuple):
    """A look's camera state, and the bay as it would be where the reference's is."""

    state: CameraState
    bay: Pixels | None = None
    inliers: int = 0
    shift_pm: int = 0
    valid: Any = None


def reference_of(layout: BayLayout, full: Pixels, bare: Pixels | None) -> Reference:
    """Work out what looks at this bay need. Both pictures are of the same view."""
    full = _sized(full)
    bare = None if bare is None else cv2.resize(bare, (full.shape[1], full.shape[0]), interpolation=cv2.INTER_AREA)
    grey = _grey(full)
    fixed = np.ones(grey.shape, np.uint8) if bare is None else _unchanged(full, bare)
    keys, marks = _features(grey)
    inliers = 4 * LEAST_INLIERS
    if bare is not None:
        bare_keys, bare_marks = _features(_grey(bare))
        inliers = _homography(bare_keys, bare_marks, keys, marks)[1]
        keys, marks = np.concatenate((keys, bare_keys)), np.concatenate((marks, bare_marks))
    to_bay, size = rectifier(layout, full.shape[1], full.shape[0])
    edges = _edges(grey) & fixed
    return Reference(
        full,
        bare,
        fixed,
        edges,
        _sharpness(grey),
        _saturation(full),
        keys,
        marks,
        inliers,
        to_bay,
        size,
        warped(full, to_bay, size),
        None if bare is None else warped(bare, to_bay, size),
        cv2.warpPerspective(fixed, to_bay, size, flags=cv2.INTER_NEAREST),
    )


def rectifier(layout: BayLayout, width: int, height: int, scale: float = 0.0) -> tuple[Any, tuple[int, int]]:
    """The perspective that makes the bay a rectangle, and how large that is: as in the picture, or half of BAY_SIDE
    where that is larger (the weights know no other); or at `scale`."""
    corners = np.array([(x * width, y * height) for x, y in layout.corners], np.float32)
    across = float(np.linalg.norm(corners[1] - corners[0]) + np.linalg.norm(corners[2] - corners[3])) / 2
    down = float(np.linalg.norm(corners[3] - corners[0]) + np.linalg.norm(corners[2] - corners[1])) / 2
    longest = max(across, down)
    scale = scale or (min(BAY_SIDE / max(2 * longest, 1), 1.0) if longest > BAY_SIDE else 1.0)
    size = max(40, round(across * scale)), max(40, round(down * scale))
    square = np.array([(0, 0), (size[0], 0), size, (0, size[1])], np.float32)
    return cv2.getPerspectiveTransform(corners, square), size


def part_of(
    picture: Pixels, corners: tuple[Point, Point, Point, Point] | None, box: tuple[float, float, float, float] | None
) -> Pixels:
    """A part (left, top, right, bottom) of what lies between four corners, made a rectangle; or all of it."""
    if corners is not None:
        matrix, size = rectifier(BayLayout(corners), picture.shape[1], picture.shape[0], 1.0)
        picture = warped(picture, matrix, size)
    if box is None:
        return picture
    height, width = picture.shape[:2]
    left, top = min(round(box[0] * width), width - 8), min(round(box[1] * height), height - 8)
    return picture[top : max(top + 8, round(box[3] * height)), left : max(left + 8, round(box[2] * width))]


def register(reference: Reference, picture: Pixels) -> Registered:
    """Find the reference's view in a picture. The first state that fits is the camera's."""
    before = reference.full
    if abs(picture.shape[0] / picture.shape[1] - before.shape[0] / before.shape[1]) > 0.03:
        return Registered("moved")
    now = cv2.resize(picture, (before.shape[1], before.shape[0]), interpolation=cv2.INTER_AREA)
    grey = _grey(now)
    if float(grey.mean()) < DARK and float(np.percentile(grey, 95)) < 3 * DARK:
        return Registered("dark")
    if float((grey >= CLIPPED).mean()) > BRIGHT_SHARE:
        return Registered("overexposed")
    found, inliers = _homography(*_features(grey), reference.keys, reference.marks)
    enough = max(LEAST_INLIERS, round(reference.inliers * INLIERS_OF_SETUP))
    back = found if found is not None and inliers >= enough else np.eye(3)
    level = _same_light(grey, before)
    back_level = cv2.warpPerspective(level, back, (before.shape[1], before.shape[0]))
    share = _edges_found(reference, back_level)
    if (state := _bad_view(reference, grey, share, inliers >= enough)) is not None:
        return Registered(state, None, inliers)
    shift = _shift_pm(back, before.shape[1], before.shape[0])
    if shift > MOVED_PM:
        return Registered("moved", None, inliers, shift)
    bay = cv2.warpPerspective(now, reference.to_bay @ back, reference.size, flags=cv2.INTER_LINEAR)
    valid = cv2.warpPerspective(np.ones(grey.shape, np.uint8), reference.to_bay @ back, reference.size)
    night = _saturation(now) < NIGHT_NOW and reference.colour > NIGHT_BEFORE
    return Registered("night" if night else "ok", bay, inliers, shift, valid)


def _bad_view(reference: Reference, grey: Any, share: float, matched: bool) -> CameraState | None:
    sharp = _sharpness(grey) / max(reference.sharp, 1e-6)
    density = float(_edges(grey).mean()) / max(float(_edges(_grey(reference.full)).mean()), 1e-6)
    flat = float(grey.std()) < 0.35 * float(_grey(reference.full).std())
    if density < COVERED:
        return "covered" if flat else "blurred"
    if sharp < BLURRED:
        return "blurred"
    if not matched and share < FOUND:
        return "moved" if density > 1.5 * COVERED else "covered"
    return None


def _sized(picture: Pixels) -> Pixels:
    width = min(WORK_WIDTH, picture.shape[1])
    height = round(picture.shape[0] * width / picture.shape[1])
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)


def _grey(picture: Any) -> Any:
    return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)


def warped(picture: Pixels, matrix: Any, size: tuple[int, int]) -> Pixels:
    """The picture through a perspective."""
    return cv2.warpPerspective(picture, matrix, size, flags=cv2.INTER_LINEAR)


def _features(grey: Any) -> tuple[Any, Any]:
    orb = cv2.ORB.create(nfeatures=1200, fastThreshold=12)
    keys, marks = orb.detectAndCompute(cv2.equalizeHist(grey), None)
    if marks is None:
        return np.zeros((0, 2), np.float32), np.zeros((0, 32), np.uint8)
    return np.array([key.pt for key in keys], np.float32), marks


def _homography(keys: Any, marks: Any, to_keys: Any, to_marks: Any) -> tuple[Any, int]:
    """The perspective from one picture's features to another's, and how many agree on it."""
    if len(marks) < 8 or len(to_marks) < 8:
        return None, 0
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(marks, to_marks)
    close = [pair for pair in pairs if pair.distance < 48]
    if len(close) < 8:
        return None, 0
    here = np.array([keys[pair.queryIdx] for pair in close], np.float32)
    there = np.array([to_keys[pair.trainIdx] for pair in close], np.float32)
    matrix, mask = cv2.findHomography(here, there, cv2.RANSAC, 3.0)
    if matrix is None or not 0.5 < abs(float(np.linalg.det(matrix[:2, :2]))) < 2:
        return None, 0
    return matrix, int(mask.sum())


def _unchanged(full: Pixels, bare: Pixels) -> Any:
    """Where the two pictures are the same: shelves, labels, what is around."""
    one, other = (
        cv2.GaussianBlur(cv2.cvtColor(each, cv2.COLOR_BGR2LAB), (0, 0), 2).astype(np.int16) for each in (full, bare)
    )
    same = (np.abs(one - other).sum(axis=2) < 22).astype(np.uint8)
    return cv2.erode(same, np.ones((5, 5), np.uint8))


def _edges(grey: Any) -> Any:
    return (cv2.Canny(cv2.GaussianBlur(grey, (0, 0), 1.2), 40, 100) > 0).astype(np.uint8)


def _edges_found(reference: Reference, level: Any) -> float:
    near = cv2.dilate(_edges(level), np.ones((5, 5), np.uint8))
    wanted = int(reference.edges.sum())
    return float((reference.edges & near).sum()) / wanted if wanted else 0.0


def _same_light(grey: Any, before: Pixels) -> Any:
    """The picture with the reference's mean and contrast."""
    then = _grey(before)
    scale = float(then.std()) / max(float(grey.std()), 1.0)
    return np.clip((grey.astype(np.float32) - grey.mean()) * scale + then.mean(), 0, 255).astype(np.uint8)


def _sharpness(grey: Any) -> float:
    small = cv2.GaussianBlur(grey, (0, 0), 1.0).astype(np.float32)
    return float(cv2.Laplacian(small, cv2.CV_32F).var()) / max(float(small.var()), 1.0)


def _saturation(picture: Pixels) -> float:
    return float(cv2.cvtColor(picture, cv2.COLOR_BGR2HSV)[:, :, 1].mean()) / 255


def _shift_pm(matrix: Any, width: int, height: int) -> int:
    corners = np.array([[(0, 0)], [(width, 0)], [(width, height)], [(0, height)]], np.float32)
    moved = cv2.perspectiveTransform(corners, matrix)
    return round(float(np.abs(moved - corners).max()) / width * 1000)

"""Locates the bay in a picture, and checks the camera."""

from __future__ import annotations

from typing import Any, NamedTuple

import cv2
import numpy as np

from edge.lib.sight.kinds import BayLayout, CameraState, Point
from edge.lib.sight.pictures import Pixels

WORK_WIDTH = 960
"""Width in pixels to which pictures are scaled for comparison."""
BAY_SIDE = 900
"""Largest longer side of a rectified bay, in pixels."""
DARK, CLIPPED, BRIGHT_SHARE = 22, 250, 0.5
DIM = 0.3
"""Share of the reference's brightness below which too little is visible, even if the bay is found."""
LEAST_INLIERS = 12
INLIERS_OF_SETUP = 0.25
COVERED, BLURRED, FOUND = 0.10, 0.10, 0.40
"""Shares of the reference's edges (COVERED), of its sharpness (BLURRED), and of matching edges that show a shelf
(FOUND)."""
SOFT = 0.4
"""A picture below this share of the reference's sharpness isn't matched, and its camera isn't reported as moved."""
NIGHT_NOW, NIGHT_BEFORE = 0.05, 0.15
MOVED_PM = 500
LEAST_FIXED = 500
"""Minimum number of unchanging pixels of a bay for learning from them."""
OVER = 0.01
"""Largest distance of a corner outside the picture (share of its size) at which it still counts as inside."""


class Reference(NamedTuple):
    """Reference of a bay: intended view, bare view if available, and static areas; `night`: the same under the camera's
    own light, if available."""

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
    night: Any = None


class Registered(NamedTuple):
    """Camera state of a look, and the bay mapped to the reference."""

    state: CameraState
    bay: Pixels | None = None
    inliers: int = 0
    shift_pm: int = 0
    valid: Any = None
    back: Any = None


def reference_of(layout: BayLayout, full: Pixels, bare: Pixels | None) -> Reference:
    """Compute the reference of a bay. Both pictures show the same view."""
    full = _scale_down(full)
    bare = None if bare is None else cv2.resize(bare, (full.shape[1], full.shape[0]), interpolation=cv2.INTER_AREA)
    grey = _grey(full)
    fixed = np.ones(grey.shape, np.uint8) if bare is None else _unchanged_mask(full, bare)
    keys, marks = _features(grey)
    # Without a bare picture, use a quarter of the matches between the full picture and itself at half the detail.
    inliers = max(4 * LEAST_INLIERS, _homography(*_features(_halve_detail(grey)), keys, marks)[1] // 4)
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
        warp_picture(full, to_bay, size),
        None if bare is None else warp_picture(bare, to_bay, size),
        cv2.warpPerspective(fixed, to_bay, size, flags=cv2.INTER_NEAREST),
    )


def by_night(reference: Reference, picture: Pixels) -> Reference:
    """Return a night reference from a picture in the camera's own light. The bare view is the day's without colours.
    Dyes differ at night; wood and steel hardly do."""
    size = (reference.full.shape[1], reference.full.shape[0])
    full = grey_of(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))
    keys, marks = _features(_grey(full))
    full_bay = warp_picture(full, reference.to_bay, reference.size)
    return reference._replace(
        full=full,
        edges=_edges(_grey(full)) & reference.fixed,
        sharp=_sharpness(_grey(full)),
        keys=np.concatenate((keys, reference.keys)),
        marks=np.concatenate((marks, reference.marks)),
        full_bay=full_bay,
        bare_bay=None if reference.bare_bay is None else _by_lamps(reference.bare_bay, reference, full_bay),
    )


def _by_lamps(bare: Pixels, reference: Reference, full: Pixels) -> Pixels:
    """Estimate the bare view under the camera's light: static areas give the brightness mapping (a curve of its
    logarithm) and the lamps' falloff (a paraboloid)."""
    now, then = (np.log(_grey(part).astype(np.float32) + 4) for part in (full, reference.full_bay))
    down, across = np.mgrid[-1 : 1 : now.shape[0] * 1j, -1 : 1 : now.shape[1] * 1j].astype(np.float32)
    place = [np.ones_like(now), across, down, across * across, down * down, across * down]
    known = (reference.fixed_bay > 0) & (now > np.log(8)) & (now < np.log(254))
    if int(known.sum()) < LEAST_FIXED:
        return grey_of(bare)
    figures = np.stack([*place, then, then * then], axis=-1)
    some = np.flatnonzero(known)[:: max(1, int(known.sum()) // 20_000)]
    rows, wanted = figures.reshape(-1, figures.shape[-1])[some], now.ravel()[some]
    for _ in range(4):  # drop outliers: parts that are hidden or moved slightly
        fit = np.linalg.lstsq(rows, wanted, rcond=None)[0]
        off = np.abs(rows @ fit - wanted)
        near = off <= max(0.02, 2 * float(np.median(off)))
        rows, wanted = rows[near], wanted[near]
    bright = np.log(_grey(bare).astype(np.float32) + 4)
    told = np.exp(np.stack([*place, bright, bright * bright], axis=-1) @ fit) - 4
    lit: Pixels = cv2.cvtColor(np.clip(told, 0, 255).astype(np.uint8), cv2.COLOR_GRAY2BGR)
    return lit


def reference_for(reference: Reference, picture: Pixels) -> Reference:
    """Return the reference for a picture: the night reference if there is one and the picture was taken at night."""
    return reference.night if reference.night is not None and is_night(reference, picture) else reference


def is_night(reference: Reference, picture: Pixels) -> bool:
    """Whether a picture lacks colours that the reference has."""
    return _saturation(picture) < NIGHT_NOW and reference.colour > NIGHT_BEFORE


def grey_of(picture: Pixels) -> Pixels:
    """Convert to grey."""
    grey: Pixels = cv2.cvtColor(_grey(picture), cv2.COLOR_GRAY2BGR)
    return grey


def rectifier(layout: BayLayout, width: int, height: int, scale: float = 0.0) -> tuple[Any, tuple[int, int]]:
    """Return the perspective that rectifies the bay, and the bay's size in pixels. The size is that in the picture, but
    a bay longer than BAY_SIDE is reduced to half of BAY_SIDE, as the weights require. `scale` (not 0) overrides
    this."""
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
    """Rectify a part (left, top, right, bottom) between four corners, or everything."""
    if corners is not None:
        matrix, size = rectifier(BayLayout(corners), picture.shape[1], picture.shape[0], 1.0)
        picture = warp_picture(picture, matrix, size)
    if box is None:
        return picture
    height, width = picture.shape[:2]
    left, top = min(round(box[0] * width), width - 8), min(round(box[1] * height), height - 8)
    return picture[top : max(top + 8, round(box[3] * height)), left : max(left + 8, round(box[2] * width))]


def register(reference: Reference, picture: Pixels) -> Registered:
    """Locate the reference's view in a picture, and determine the camera's state."""
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
        return Registered("moved", None, inliers, shift, back=back)
    bay = cv2.warpPerspective(now, reference.to_bay @ back, reference.size, flags=cv2.INTER_LINEAR)
    valid = cv2.warpPerspective(np.ones(grey.shape, np.uint8), reference.to_bay @ back, reference.size)
    return Registered("night" if is_night(reference, now) else "ok", bay, inliers, shift, valid, back)


def from_there(reference: Reference, picture: Pixels) -> Pixels | None:
    """Return the picture as viewed from the reference's position, completed from the reference; None if it shows
    another scene."""
    seen = register(reference, picture)
    if seen.state not in ("ok", "night") or seen.back is None:
        return None
    size = (reference.full.shape[1], reference.full.shape[0])
    moved = reference.full.copy()
    now = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return cv2.warpPerspective(now, seen.back, size, dst=moved, borderMode=cv2.BORDER_TRANSPARENT)


def follow_reference(
    reference: Reference, layout: BayLayout, picture: Pixels
) -> tuple[Pixels, Pixels | None, tuple[Point, ...]] | None:
    """Return the reference as viewed from a picture's position, full and bare, with the bay's corners, completed from
    the picture. None if the bay isn't fully visible."""
    seen = register(reference, picture)
    if seen.state not in ("ok", "moved") or seen.back is None:
        return None
    height, width = reference.full.shape[:2]
    there, corners = np.linalg.inv(seen.back), corners_now(reference, layout, seen)
    if corners is None:
        return None
    now = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)

    def warp_to_now(one: Pixels) -> Pixels:
        return cv2.warpPerspective(one, there, (width, height), dst=now.copy(), borderMode=cv2.BORDER_TRANSPARENT)

    return warp_to_now(reference.full), None if reference.bare is None else warp_to_now(reference.bare), corners


def corners_now(reference: Reference, layout: BayLayout, seen: Registered) -> tuple[Point, Point, Point, Point] | None:
    """Return the bay's corners in the new picture; None if it isn't fully visible."""
    if seen.back is None:
        return None
    height, width = reference.full.shape[:2]
    before = np.array([[(x * width, y * height)] for x, y in layout.corners], np.float32)
    now = cv2.perspectiveTransform(before, np.linalg.inv(seen.back))[:, 0]
    places = [(float(x) / width, float(y) / height) for x, y in now]
    if not all(-OVER <= part <= 1 + OVER for place in places for part in place):
        return None
    one, two, three, four = ((min(1.0, max(0.0, x)), min(1.0, max(0.0, y))) for x, y in places)
    return one, two, three, four


def _bad_view(reference: Reference, grey: Any, share: float, matched: bool) -> CameraState | None:
    sharp = _sharpness(grey) / max(reference.sharp, 1e-6)
    density = float(_edges(grey).mean()) / max(float(_edges(_grey(reference.full)).mean()), 1e-6)
    flat = float(grey.std()) < 0.35 * float(_grey(reference.full).std())
    if density < COVERED:
        if matched and float(grey.mean()) < DIM * float(_grey(reference.full).mean()):
            return "dark"  # the bay is recognised in the dim light, so nothing blocks the camera
        return "covered" if flat else "blurred"
    if sharp < BLURRED:
        return "blurred"
    if matched:
        return None
    if share >= FOUND:  # shelves look alike, so edges coincide even if the camera shows another bay
        return "blurred" if sharp < SOFT else "moved"
    return "moved" if density > 1.5 * COVERED else "covered"


def _scale_down(picture: Pixels) -> Pixels:
    width = min(WORK_WIDTH, picture.shape[1])
    height = round(picture.shape[0] * width / picture.shape[1])
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)


def _grey(picture: Any) -> Any:
    return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)


def warp_picture(picture: Pixels, matrix: Any, size: tuple[int, int]) -> Pixels:
    """Warp a picture by a perspective transform."""
    return cv2.warpPerspective(picture, matrix, size, flags=cv2.INTER_LINEAR)


def _halve_detail(grey: Any) -> Any:
    """Reduce detail by half."""
    half = cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return cv2.resize(half, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)


def _features(grey: Any) -> tuple[Any, Any]:
    orb = cv2.ORB.create(nfeatures=1200, fastThreshold=12)
    keys, marks = orb.detectAndCompute(cv2.equalizeHist(grey), None)
    if marks is None:
        return np.zeros((0, 2), np.float32), np.zeros((0, 32), np.uint8)
    return np.array([key.pt for key in keys], np.float32), marks


def _homography(keys: Any, marks: Any, to_keys: Any, to_marks: Any) -> tuple[Any, int]:
    """Perspective between two feature sets, and the number of inliers."""
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


def _unchanged_mask(full: Pixels, bare: Pixels) -> Any:
    """Areas equal in both pictures: shelves, labels, surroundings."""
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
    """Return the picture with its mean and contrast matched to the reference."""
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

"""State of each facing: compared with its full and bare appearance in the same light."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

import cv2
import numpy as np

from edge.lib.sight import doors, reach
from edge.lib.sight.kinds import UNEVEN_KINDS, BayLayout, Facing, FacingState, Seen, pixels_of
from edge.lib.sight.pictures import Pixels
from edge.lib.sight.registration import CLIPPED, Reference, Registered, grey_of
from edge.lib.sight.state_model import weights

COLUMNS, LINES = 8, 10
"""Columns and lines of cells into which a facing is divided for comparison."""
TELLS = 9.0
"""Smallest difference (CIELAB) between a cell's full and empty appearance. Below it, the cell carries no information.
"""
NEW = 17.0
"""A cell that differs from both appearances by more than this shows another object."""
LIKE = 13.0
"""Largest average difference at which a facing shows another product of the bay."""
MARGIN = 20.0
"""Difference in distance below which another, closer product counts as a variant that looks like the planned one.
Other rendered products differ by 25 or more."""
AMISS: frozenset[FacingState] = frozenset({"gap", "low", "wrong"})
CANNOT_JUDGE = 0.12
"""Share of informative cells below which a facing can't be judged."""


BEHIND = 0.1
"""A gap above this likelihood, and only in the lower part, shows products further back on the shelf. Empty rendered
facings have less than 0.08; those with products at the back have 0.14 or more."""


class Cells(NamedTuple):
    """Fractions of a facing's informative cells: like full, like bare, like neither, overall and in the lower half;
    distances from both, the nearer one, and how much static background around it is hidden."""

    full: float
    bare: float
    new: float
    bare_above: float
    full_below: float
    new_below: float
    nearer_full: float
    apart: float
    around: float
    tells: float
    valid: float

    @property
    def telling(self) -> tuple[float, ...]:
        """Inputs of the state decision."""
        return self[:9]


def judge(layout: BayLayout, reference: Reference, seen: Registered) -> tuple[Seen, ...]:
    """State of every facing."""
    if seen.bay is None:
        return tuple(Seen(facing.id, "unknown") for facing in layout.facings)
    lit = _Lit(layout, reference, seen)
    looks = _Looks(layout, lit.full)
    hidden = doors.hidden_by_doors(
        layout, reference.full_bay, reference.bare_bay, seen.bay, lambda: lit.frames(reference)
    )
    boxes = {facing.id: pixels_of(facing, reference.size) for facing in layout.facings}
    cells = {id: lit.measure(box) for id, box in boxes.items()}
    night = seen.state == "night"

    def judge_facing(facing: Facing) -> Seen:
        if facing.id in hidden:
            return Seen(facing.id, "blocked", doors.SURE)
        return _judge_visible(facing, cells[facing.id], looks, lit.now, boxes[facing.id], night)

    told = [judge_facing(facing) for facing in layout.facings]
    # Anything that also hides the shelf's edge is neither goods nor a gap, whatever its colour.
    beyond = lit.beyond(layout, {one.id for one in told if one.state in AMISS})
    return tuple(Seen(one.id, "blocked", doors.SURE) if one.id in beyond else one for one in told)


def measure_facings(layout: BayLayout, reference: Reference, seen: Registered) -> dict[str, Cells]:
    """Measurements of every facing, for the decision and for training."""
    lit = _Lit(layout, reference, seen)
    return {facing.id: lit.measure(pixels_of(facing, reference.size)) for facing in layout.facings}


def unjudged_facings(layout: BayLayout, reference: Reference) -> tuple[str, ...]:
    """Return the facings that can't be judged because full and bare look almost the same."""
    full, bare = _lab(reference.full_bay), _lab(_bare_of(reference, layout))

    def share(facing: Facing) -> float:
        left, top, right, bottom = pixels_of(facing, reference.size)
        was, empty = (_cells(part[top:bottom, left:right]) for part in (full, bare))
        return float((_distance(was, empty) > TELLS).mean())

    return tuple(facing.id for facing in layout.facings if share(facing) < CANNOT_JUDGE)


class _Lit:
    """A bay now, full and bare, in equal light (CIELAB), with its hidden areas; without colour at night."""

    def __init__(self, layout: BayLayout, reference: Reference, seen: Registered) -> None:
        if seen.state == "night":
            reference = _without_colours(reference)
        bare = _bare_of(reference, layout)
        self.now = _lab(lit_as(reference, seen.bay))
        self.full, self._bare = _lab(reference.full_bay), _lab(bare)
        self._changed = _fixed_changed(reference, self.now, self.full)
        self._valid = seen.valid
        self._clipped = (np.asarray(seen.bay) >= CLIPPED).any(axis=2)

    def frames(self, reference: Reference) -> Any:
        """Return, per static pixel, whether it differs; nan elsewhere."""
        apart = np.sqrt(((self.now - self.full) ** 2).sum(axis=2))
        return np.where(reference.fixed_bay > 0, apart > 2 * TELLS, np.nan)

    def beyond(self, layout: BayLayout, asked: Collection[str]) -> frozenset[str]:
        """Return the facings in front of which an object reaches into another row."""
        return reach.hidden_by_reach(layout, asked, reach.Lit(self.now, self._clipped), self.full, self._bare)

    def measure(self, box: tuple[int, int, int, int]) -> Cells:
        return measure(self.now, self.full, self._bare, self._changed, self._valid, box)


def _without_colours(reference: Reference) -> Reference:
    """Reference without colours, for the night."""
    bare = None if reference.bare_bay is None else grey_of(reference.bare_bay)
    return reference._replace(full_bay=grey_of(reference.full_bay), bare_bay=bare)


def _lab(picture: Any) -> Any:
    return cv2.cvtColor(picture, cv2.COLOR_BGR2LAB).astype(np.float32)


def lit_as(reference: Reference, bay: Any) -> Pixels:
    """Return the bay in the reference's light, estimated from static pixels. Removes gradients and colour casts."""
    fixed = reference.fixed_bay.astype(np.float32)
    now, then = bay.astype(np.float32) + 1, reference.full_bay.astype(np.float32) + 1
    ratio = np.log(then / now)
    weight = fixed[:, :, None] * ((now < 250) & (now > 4))
    middle = np.array(
        [np.median(ratio[:, :, band][weight[:, :, band] > 0]) if weight[:, :, band].any() else 0 for band in range(3)]
    )
    weight = weight * (np.abs(ratio - middle) < 0.5)
    small = (max(8, bay.shape[1] // 6), max(8, bay.shape[0] // 6))
    sums, weights = (
        cv2.resize(part.astype(np.float32), small, interpolation=cv2.INTER_AREA) for part in (ratio * weight, weight)
    )
    wide = small[0] / 7
    sums, weights = cv2.GaussianBlur(sums, (0, 0), wide), cv2.GaussianBlur(weights, (0, 0), wide)
    field = (sums + 0.02 * middle) / (weights + 0.02)
    gain = np.exp(cv2.resize(field.astype(np.float32), (bay.shape[1], bay.shape[0])))
    return np.clip(now * gain - 1, 0, 255).astype(np.uint8)  # type: ignore[no-any-return]


def measure(now: Any, full: Any, bare: Any, changed: Any, valid: Any, box: tuple[int, int, int, int]) -> Cells:
    """Measure how much of a facing looks full, bare, or like neither."""
    left, top, right, bottom = box
    ours = valid[top:bottom, left:right]
    here, was, empty = (_cells(part[top:bottom, left:right]) for part in (now, full, bare))
    to_bare = _distance(here, empty)
    to_full = np.min([_distance(here, _shift_cells(was, by)) for by in (-1, 0, 1)], axis=0)
    apart = _distance(was, empty)
    tells = apart > TELLS
    new = (np.minimum(to_full, to_bare) > NEW) & tells
    like_bare = (to_bare < to_full) & tells & ~new
    like_full = tells & ~new & ~like_bare
    lower = np.arange(LINES)[:, None] >= LINES // 2
    around = changed[max(0, top - 4) : bottom + (bottom - top) // 5, left:right]
    sums = float(to_full[tells].sum()), float(to_bare[tells].sum())
    return Cells(
        _share(like_full, tells),
        _share(like_bare, tells),
        _share(new, tells),
        _share(like_bare & ~lower, tells & ~lower),
        _share(like_full & lower, tells & lower),
        _share(new & lower, tells & lower),
        sums[1] / max(1e-6, sums[0] + sums[1]),
        min(1.0, float(np.minimum(to_full, to_bare)[tells].mean()) / 40) if tells.any() else 0.0,
        float(around.mean()) if around.size else 0.0,
        float(tells.mean()),
        float(ours.mean()) if ours.size else 0.0,
    )


def states_of(telling: tuple[float, ...]) -> dict[FacingState, float]:
    """Return the probability of each state, by weights trained on rendered shelves (see README.md)."""
    return weights().of(telling)


def _share(part: Any, of: Any) -> float:
    return float((part & of).sum()) / max(1, int(of.sum()))


def _judge_visible(
    facing: Facing, cells: Cells, looks: _Looks, now: Any, box: tuple[int, int, int, int], night: bool
) -> Seen:
    if cells.valid < 0.9 or cells.tells < CANNOT_JUDGE:
        return Seen(facing.id, "unknown")
    likely = states_of(cells.telling)
    if night or facing.kind in UNEVEN_KINDS:  # colours are unreliable, or the goods never look the same twice
        likely["present"] = likely["present"] + likely.pop("wrong", 0.0)
    state = max(likely, key=lambda one: likely[one])
    if state == "gap":
        return Seen(facing.id, state, _percent(likely[state]), behind=likely["low"] >= BEHIND)
    if state != "wrong":
        return Seen(facing.id, state, _percent(likely[state]))
    instead, is_alike = looks.likest(now, box, facing.sku)
    if is_alike:  # one of these lookalikes is there, but the picture doesn't show which
        return Seen(facing.id, "present", _percent(likely["wrong"] + likely["present"]), instead)
    return Seen(facing.id, state, _percent(likely[state]), instead)


class _Looks:
    """Appearance of each product in its own place, to identify misplaced products."""

    def __init__(self, layout: BayLayout, full: Any) -> None:
        size = (full.shape[1], full.shape[0])
        self._of: dict[str, list[Any]] = {}
        for facing in layout.facings:
            left, top, right, bottom = pixels_of(facing, size)
            if facing.sku:
                self._of.setdefault(facing.sku, []).append(_cells(full[top:bottom, left:right]))

    def likest(self, now: Any, box: tuple[int, int, int, int], planned: str) -> tuple[str, bool]:
        """Return the most similar product of the bay ("" if none), and whether it could also be the planned one. Small
        differences in colour or text are left to barcodes or people."""
        left, top, right, bottom = box
        here = _cells(now[top:bottom, left:right])
        scores = {sku: min(float(_distance(here, look).mean()) for look in kept) for sku, kept in self._of.items()}
        best = min(scores, key=lambda sku: scores[sku], default="")
        if not best or best == planned or scores[best] >= LIKE:
            return "", False
        return best, planned in scores and scores[planned] - scores[best] < MARGIN


def _cells(part: Any) -> Any:
    """Return a facing as cells: mean brightness, colour and texture."""
    mean = cv2.resize(part, (COLUMNS, LINES), interpolation=cv2.INTER_AREA)
    light = part[:, :, 0]
    spread = cv2.resize(light * light, (COLUMNS, LINES), interpolation=cv2.INTER_AREA) - mean[:, :, 0] ** 2
    return np.dstack((mean, 0.6 * np.sqrt(np.maximum(spread, 0))))


def _distance(one: Any, other: Any) -> Any:
    return np.sqrt(((one - other) ** 2).sum(axis=2))


def _shift_cells(cells: Any, by: int) -> Any:
    """Shift cells by columns, because products are never in exactly the same position."""
    if by == 0:
        return cells
    moved = np.roll(cells, by, axis=1)
    edge = 0 if by > 0 else -1
    moved[:, edge] = cells[:, edge]
    return moved


def _fixed_changed(reference: Reference, now: Any, full: Any) -> Any:
    """Return where static background (shelf edges, labels, frames) is hidden."""
    blurred = [cv2.GaussianBlur(part, (0, 0), 2) for part in (now, full)]
    apart = np.sqrt(((blurred[0] - blurred[1]) ** 2).sum(axis=2))
    fixed = reference.fixed_bay > 0
    share = cv2.blur((fixed & (apart > 2 * TELLS)).astype(np.float32), (15, 15))
    of = cv2.blur(fixed.astype(np.float32), (15, 15))
    return np.where(of > 0.05, share / np.maximum(of, 0.05), 0)


def _bare_of(reference: Reference, layout: BayLayout) -> Pixels:
    return reference.bare_bay if reference.bare_bay is not None else _guessed_bare(reference, layout)


def _guessed_bare(reference: Reference, layout: BayLayout) -> Pixels:
    """Estimate the bare shelf without a picture: each facing gets the median colour of its top twelfth."""
    guessed = reference.full_bay.copy()
    for facing in layout.facings:
        left, top, right, bottom = pixels_of(facing, reference.size)
        part = reference.full_bay[top:bottom, left:right]
        strip = part[: max(2, part.shape[0] // 12)].reshape(-1, 3)
        guessed[top:bottom, left:right] = np.median(strip, axis=0)
    return guessed


def _percent(share: float) -> int:
    return max(1, min(99, round(share * 100)))

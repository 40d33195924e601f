"""Facings behind a glass door that is currently opaque: reflecting, fogged, or open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np

from edge.lib.sight.kinds import BayLayout, Facing, pixels_of
from edge.lib.sight.pictures import Pixels

SURE = 90
CLIPPED, GLARE = 250, 0.30
"""Brightness that counts as white, and the share of newly white pixels above which a facing has glare."""
FOG, FOGGED = 0.45, 0.7
"""A pane is fogged if at least the share FOGGED of its facings have less than the share FOG of their contrast, whether
full or empty."""
FRAME = 0.02
"""Width of the strip next to the facings in which a door's frame is searched (share of the bay's width)."""
SEEN_FRAME, OPEN = 0.4, 0.6
"""Shares of a door's height over which its frame must be visible, or missing."""


def hidden_by_doors(
    layout: BayLayout, full: Pixels, bare: Pixels | None, now: Pixels, frames: Callable[[], Any]
) -> frozenset[str]:
    """Return the facings behind glass to report as `blocked`, never as a gap. `frames`: see `_is_open`."""
    behind = [facing for facing in layout.facings if facing.glass]
    if not behind:
        return frozenset()
    was, empty, is_ = (cv2.cvtColor(part, cv2.COLOR_BGR2GRAY) for part in (full, full if bare is None else bare, now))
    size = (full.shape[1], full.shape[0])
    found, faint = set[str](), 0
    for facing in behind:
        left, top, right, bottom = pixels_of(facing, size)
        before, gone, here = (part[top:bottom, left:right] for part in (was, empty, is_))
        if _white(here) - _white(before) > GLARE:
            found.add(facing.id)
        faint += _contrast(here) < FOG * min(_contrast(before), _contrast(gone))
    if faint >= FOGGED * len(behind):
        return frozenset(facing.id for facing in behind)
    changed = frames()
    for door in _doors(behind):
        if _is_open(door, size, changed):
            found |= {facing.id for facing in door}
    return frozenset(found)


def _doors(behind: list[Facing]) -> list[list[Facing]]:
    """Group facings by pane. Facings that overlap horizontally share one, because frames separate doors."""
    doors: list[list[Facing]] = []
    right = -1.0
    for facing in sorted(behind, key=lambda one: one.left):
        if not doors or facing.left > right + FRAME:
            doors.append([])
        doors[-1].append(facing)
        right = max(right, facing.right)
    return doors


def _is_open(door: list[Facing], size: tuple[int, int], changed: Any) -> bool:
    """Whether a door is open, because its frame moved on either side over its full height. False if no frame is
    visible. `changed`: per static pixel, whether it differs; nan elsewhere."""
    width, height = size
    top, bottom = (round(height * part) for part in (min(one.top for one in door), max(one.bottom for one in door)))
    wide = max(4, round(width * FRAME))
    left, right = (round(width * part) for part in (min(one.left for one in door), max(one.right for one in door)))
    for begin, end in ((left - wide, left), (right, right + wide)):
        strip = changed[top:bottom, max(0, begin) : min(width, end)]
        seen = ~np.isnan(strip)
        lines = seen.any(axis=1) if strip.size else np.zeros(0, bool)
        if lines.sum() < SEEN_FRAME * max(1, bottom - top):
            continue
        moved = np.nansum(strip, axis=1)[lines] / seen[lines].sum(axis=1)
        if float((moved > 0.5).mean()) > OPEN:
            return True
    return False


def _white(part: Any) -> float:
    return float((part >= CLIPPED).mean())


def _contrast(part: Any) -> float:
    """Return the variation of fine detail. Fog reduces it; lighting alone doesn't."""
    fine = part.astype(np.float32) - cv2.GaussianBlur(part, (0, 0), 6).astype(np.float32)
    return float(fine.std()) / max(8.0, float(part.mean()))

"""Facings behind a door of glass that nobody can see through now: it mirrors a lamp, or is fogged, or stands open."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from edge.lib.sight.kinds import BayLayout, pixels_of
from edge.lib.sight.pictures import Pixels

SURE = 90
CLIPPED, GLARE = 250, 0.30
"""A facing is glare where more than this is white that was not, when the bay was set up."""
FOG, FOGGED = 0.45, 0.7
"""A pane is fogged where so many of its facings have less than this of their contrast, full or bare."""


def hidden(layout: BayLayout, full: Pixels, bare: Pixels | None, now: Pixels) -> frozenset[str]:
    """The facings behind glass that are not to be judged: `blocked`, never a gap."""
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
    return frozenset(found)


def _white(part: Any) -> float:
    return float((part >= CLIPPED).mean())


def _contrast(part: Any) -> float:
    """What the finer half of a picture varies by: fog takes it, light alone does not."""
    fine = part.astype(np.float32) - cv2.GaussianBlur(part, (0, 0), 6).astype(np.float32)
    return float(fine.std()) / max(8.0, float(part.mean()))

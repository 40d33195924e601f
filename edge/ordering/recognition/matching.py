"""Whose voice it may be: how alike two are, and when that is enough to propose a name. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import mul

from edge.ordering.recognition.template import Template

AHEAD = 0.05
"""So much nearer than the next one somebody must be."""


def likeness(one: Sequence[float], other: Sequence[float]) -> float:
    """The cosine of two vectors of length 1; -1, as unlike as may be, of two that are not equally long."""
    return sum(map(mul, one, other)) if len(one) == len(other) else -1.0


def nearest(vector: Sequence[float], templates: Iterable[Template], threshold: float) -> Template | None:
    """Whose it is: at least as near as `threshold`, and AHEAD of everybody else; None: nobody's, or hard to say."""
    order = sorted(((likeness(vector, one.vector), one) for one in templates), key=lambda found: -found[0])
    if not order or order[0][0] < threshold:
        return None
    return order[0][1] if len(order) == 1 or order[0][0] - order[1][0] >= AHEAD else None


def middle(vectors: Sequence[Sequence[float]]) -> tuple[tuple[float, ...], float]:
    """The mean of several utterances, of length 1, and how near the farthest of them is to it."""
    summed = [sum(column) for column in zip(*vectors, strict=True)]
    length = sum(map(mul, summed, summed)) ** 0.5
    if not length:
        return tuple(summed), -1.0
    mean = tuple(value / length for value in summed)
    return mean, min(likeness(mean, one) for one in vectors)


def split_likeness(rows: Sequence[Sequence[float]]) -> float:
    """How like what comes before is to what comes behind, where they differ most; `rows`: all of an utterance, then its
    parts. Of one that has no two parts it is 1."""
    parts, least = rows[1:], 1.0
    for cut in range(1, len(parts)):
        least = min(least, likeness(middle(parts[:cut])[0], middle(parts[cut:])[0]))
    return least

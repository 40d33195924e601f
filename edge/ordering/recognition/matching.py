"""Matches a voice or face to templates: their similarity, and whether it's enough to propose a name. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import mul

from edge.ordering.recognition.template import Template

AHEAD = 0.05
"""The lead in similarity that the best match needs over the next one."""


def likeness(one: Sequence[float], other: Sequence[float]) -> float:
    """The cosine of two vectors of length 1; -1 if their lengths differ."""
    return sum(map(mul, one, other)) if len(one) == len(other) else -1.0


def nearest(vector: Sequence[float], templates: Iterable[Template], threshold: float) -> Template | None:
    """The best match, with similarity of at least `threshold` and ahead of all others by `AHEAD`.

    None if there is none or it's ambiguous.
    """
    order = sorted(((likeness(vector, one.vector), one) for one in templates), key=lambda found: -found[0])
    if not order or order[0][0] < threshold:
        return None
    return order[0][1] if len(order) == 1 or order[0][0] - order[1][0] >= AHEAD else None


def middle(vectors: Sequence[Sequence[float]]) -> tuple[tuple[float, ...], float]:
    """The normalised mean of several utterances, and its similarity to the farthest of them."""
    summed = [sum(column) for column in zip(*vectors, strict=True)]
    length = sum(map(mul, summed, summed)) ** 0.5
    if not length:
        return tuple(summed), -1.0
    mean = tuple(value / length for value in summed)
    return mean, min(likeness(mean, one) for one in vectors)


def split_likeness(rows: Sequence[Sequence[float]]) -> float:
    """The lowest similarity of an utterance's beginning to its rest, over all cuts.

    `rows`: the whole utterance, then its parts. 1 if it has fewer than two parts.
    """
    parts, least = rows[1:], 1.0
    for cut in range(1, len(parts)):
        least = min(least, likeness(middle(parts[:cut])[0], middle(parts[cut:])[0]))
    return least

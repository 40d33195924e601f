"""Axis ticks of a chart: round values from 0. Pure."""

from __future__ import annotations

MARKS = 5
"""Maximum number of ticks above 0."""


def ticks(most: int) -> tuple[int, ...]:
    """Round numbers from 0 to at least `most`; (0,) if `most` is 0 or less."""
    if most <= 0:
        return (0,)
    step = next(step for step in _steps() if step * MARKS >= most)
    return tuple(range(0, most + step, step)) if most % step else tuple(range(0, most + 1, step))


def _steps() -> tuple[int, ...]:
    return tuple(times * 10**power for power in range(18) for times in (1, 2, 5))

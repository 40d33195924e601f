"""What the benches share: percentiles, pairs, and saying the result."""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all are not above."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median_ratio(ours: Sequence[float], raw: Sequence[float]) -> float:
    """The median over pairs of ours / raw, each pair measured next to each other."""
    return statistics.median(a / b for a, b in zip(ours, raw, strict=True))


def result(**figures: float | int | str) -> None:
    """The last line: one JSON object."""
    rounded = {key: round(value, 3) if isinstance(value, float) else value for key, value in figures.items()}
    print(json.dumps(rounded), flush=True)

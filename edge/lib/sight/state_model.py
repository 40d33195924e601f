"""Classifies facings: a softmax over the measurements and their products.

The weights are in `weights.toml`, trained by `./run bench shelf --train` on drawn shelves only.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple, cast

import numpy as np

from edge.lib.sight.kinds import FacingState

STATES: tuple[FacingState, ...] = ("present", "low", "gap", "wrong", "blocked")
FILE = "weights.toml"


class Weights(NamedTuple):
    """One row per state, one column per feature of `expand_figures`."""

    matrix: Any
    version: str = ""

    def of(self, telling: Sequence[float]) -> dict[FacingState, float]:
        """Probability of each state."""
        scores = self.matrix @ expand_figures(np.array(telling))
        likely = np.exp(scores - scores.max())
        return dict(zip(STATES, (float(one) for one in likely / likely.sum()), strict=True))


@lru_cache(maxsize=1)
def weights() -> Weights:
    """Included weights."""
    read = tomllib.loads(files("edge.lib.sight").joinpath(FILE).read_text(encoding="utf-8"))
    return Weights(np.array(read["weights"], dtype=float), str(read["version"]))


def expand_figures(telling: Any) -> Any:
    """Return a constant, the measurements, and all pairwise products, for one row or many."""
    pairs = [telling[..., one] * telling[..., other] for one in range(telling.shape[-1]) for other in range(one + 1)]
    ones = np.ones((*telling.shape[:-1], 1))
    return np.concatenate((ones, telling, np.stack(pairs, axis=-1)), axis=-1)


def learn_weights(telling: Any, states: Any, weight: Any, decay: float = 1e-4, steps: int = 3000) -> Weights:
    """Train weights by gradient descent with momentum; deterministic."""
    figures = cast(Any, expand_figures(telling))
    wanted = np.eye(len(STATES))[states]
    matrix, pace = np.zeros((len(STATES), figures.shape[1])), 0.0
    moved: Any = np.zeros_like(matrix)
    for step in range(steps):
        scores = figures @ matrix.T
        likely = np.exp(scores - scores.max(axis=1, keepdims=True))
        likely /= likely.sum(axis=1, keepdims=True)
        slope = ((likely - wanted) * weight[:, None]).T @ figures / weight.sum() + decay * matrix
        pace = min(1.0, (step + 1) / 100)
        moved = 0.95 * moved - 0.5 * pace * slope
        matrix = matrix + moved
    return Weights(matrix)

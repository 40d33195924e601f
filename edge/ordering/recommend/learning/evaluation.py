"""Evaluate a ranking on products removed from baskets. Pure, numpy, seeded.

The newest fifth of baskets is held out. In each, up to `HIDDEN` products are hidden one at a time, and suggestions are
requested for the rest. `recall10` is the share of hidden products among the first ten, `auc` the share of 100 uniformly
drawn products ranked below the hidden one, ties counting half; `novelty` the mean of -log2 of the share of baskets that
contain the suggested products.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from edge.ordering.recommend.learning.pairs import Basket, Floats

HOLDOUT = 0.2
HIDDEN = 8
DRAWN = 100
BOUND_SAMPLES = 1_000
SEED = 7
QUESTIONS_MOST = 4_000
NOVEL_SHARE = 1e-6
"""The share assumed for products never bought: one basket in a million."""
Ranking = Callable[[Basket], Floats]


class Figures(msgspec.Struct, frozen=True):
    """The results of a ranking. `hits`: for each question, whether the hidden product was among the first ten."""

    questions: int
    recall5: float
    recall10: float
    reciprocal_rank: float
    auc: float
    shown: float
    novelty: float
    hits: tuple[bool, ...]


def count_training_baskets(baskets: Sequence[Basket]) -> int:
    """The number of baskets to train on. Baskets are in order of time."""
    return round(len(baskets) * (1 - HOLDOUT))


def evaluate(held_out: Sequence[Basket], ranking: Ranking, products: int, shares: Floats | None = None) -> Figures:
    """Evaluate a ranking. All rankings get the same questions.

    `shares`: the share of training baskets with each product (None: novelty isn't measured).
    """
    rng = np.random.default_rng(SEED)
    hits5: list[bool] = []
    hits10: list[bool] = []
    ranks: list[float] = []
    aucs: list[float] = []
    news: list[float] = []
    bits = np.zeros(products) if shares is None else -np.log2(np.maximum(shares, NOVEL_SHARE))
    shown = np.zeros(products, dtype=bool)
    for basket in held_out:
        if len(basket) < 2 or len(hits10) >= QUESTIONS_MOST:
            continue
        for hidden in rng.permutation(basket)[:HIDDEN]:
            rest = basket[basket != hidden]
            scores = ranking(rest).copy()
            scores[rest] = -np.inf
            drawn = scores[rng.integers(0, products, DRAWN)]
            first = np.argpartition(-scores, min(10, products - 1))[:10]
            first = first[np.lexsort((first, -scores[first]))]
            place = np.flatnonzero(first == hidden)
            shown[first] = True
            news.append(float(bits[first].mean()))
            hits5.append(bool(len(place)) and bool(place[0] < 5))
            hits10.append(bool(len(place)))
            ranks.append(1 / (1 + int(place[0])) if len(place) else 0.0)
            aucs.append(float((drawn < scores[hidden]).mean() + (drawn == scores[hidden]).mean() / 2))
    if not hits10:
        return Figures(0, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0, ())
    return Figures(
        questions=len(hits10),
        recall5=float(np.mean(hits5)),
        recall10=float(np.mean(hits10)),
        reciprocal_rank=float(np.mean(ranks)),
        auc=float(np.mean(aucs)),
        shown=float(shown.mean()),
        novelty=float(np.mean(news)),
        hits=tuple(hits10),
    )


def lower_bound(better: Sequence[bool], than: Sequence[bool]) -> float:
    """The lower bound of the difference in recall on the same questions: the 5 % quantile of 1,000 samples."""
    if not better:
        return 0.0
    difference = np.array(better, dtype=np.float64) - np.array(than, dtype=np.float64)
    rng = np.random.default_rng(SEED)
    count = len(difference)
    means = [difference[rng.integers(0, count, count)].mean() for _ in range(BOUND_SAMPLES)]
    return float(np.quantile(means, 0.05))

"""Evaluate both lists of a person on their last basket: repeat purchases and new products. Pure, numpy.

Each person's last basket is hidden; the earlier ones are known. **Again** is asked for its repeat purchases, and
compared with a ranking by the person's own frequency; **new** is asked for products that the person never bought, and
compared with best sellers (Li et al., "A Next Basket Recommendation Reality Check", TOIS 2023). Recall is among the
first ten. New products are ranked by a sum of similarity to past purchases, pairs with recent baskets, and sales,
weighted by one of `TRIPLES`: the best one on the training part.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec
import numpy as np

from edge.ordering.recommend.learning.pairs import Basket, Floats, Pairs
from edge.ordering.recommend.profiles.persons import AGAIN_LEAST, HALF_LIFE_US, LAST_BASKETS, LEAST_PURCHASES

TRIPLES: tuple[tuple[float, float, float], ...] = (
    (0.5, 0.3, 0.2),
    (0.2, 0.6, 0.2),
    (0.2, 0.3, 0.5),
    (0.7, 0.2, 0.1),
    (0.1, 0.2, 0.7),
)
"""Weights of similarity, pairs and sales. The first triple is the default if there isn't enough data."""
PERSONS_LEAST, PERSONS_MOST = 20, 500
"""Minimum and maximum number of people in an evaluation. Above the maximum, those who bought most recently are used."""
HALF_LIFE_DAYS = HALF_LIFE_US / (24 * 3600 * 1_000_000)
FIRST = 10
Likeness = Callable[[Mapping[int, float]], Floats]
"""Each product's similarity, from 0 to 1, to the weighted mean of some products."""


class PersonQuestion(msgspec.Struct, frozen=True):
    """A person's history before the hidden basket, and the hidden basket.

    The history has the decayed weight and number of baskets by product, and the products of recent baskets. The hidden
    basket is split into repeated and new products.
    """

    weights: dict[int, float]
    times: dict[int, int]
    last: tuple[int, ...]
    repeated: frozenset[int]
    explored: frozenset[int]


class PersonFigures(msgspec.Struct, frozen=True):
    """Results for `persons`.

    Recall at ten of *again* and of a ranking by own frequency, and of *new* and of best sellers. `weights`: which of
    `TRIPLES` ranks new products.
    """

    persons: int = 0
    weights: int = 0
    again10: float = 0.0
    often10: float = 0.0
    new10: float = 0.0
    new_sells10: float = 0.0


def questions(
    baskets: Sequence[Basket], days: Sequence[int], people: Sequence[int], of: Collection[int], begin: int, end: int
) -> list[PersonQuestion]:
    """A question for each person in `of` whose last basket before `end` is at `begin` or later.

    Baskets are in order of time, each with its day.
    """
    theirs: dict[int, list[int]] = {}
    for place in range(end):
        if people[place] in of:
            theirs.setdefault(people[place], []).append(place)
    found = []
    for places in sorted(theirs.values(), key=lambda one: -one[-1]):
        *before, last = places
        if last < begin or sum(len(baskets[place]) for place in before) < LEAST_PURCHASES:
            continue
        weights: dict[int, float] = {}
        times: dict[int, int] = {}
        for place in before:
            for row in map(int, baskets[place]):
                weights[row] = weights.get(row, 0.0) + 2.0 ** ((days[place] - days[last]) / HALF_LIFE_DAYS)
                times[row] = times.get(row, 0) + 1
        hidden = {int(row) for row in baskets[last]}
        recent = sorted({int(row) for place in before[-LAST_BASKETS:] for row in baskets[place]})
        repeated = frozenset(hidden & times.keys())
        found.append(PersonQuestion(weights, times, tuple(recent), repeated, frozenset(hidden - repeated)))
    return found[:PERSONS_MOST]


def person_figures(
    learnt: Sequence[PersonQuestion], asked: Sequence[PersonQuestion], pairs: Pairs, like: Likeness
) -> PersonFigures:
    """Choose the weights on the `learnt` questions, and measure the results on the `asked` ones."""
    if len(asked) < PERSONS_LEAST:
        return PersonFigures()
    sells = sales_score(pairs.sold)
    chosen = 0
    if len(learnt) >= PERSONS_LEAST:
        parts = [new_parts(one, pairs, like, sells) for one in learnt]
        chosen = int(np.argmax([_new_recall(learnt, parts, triple) for triple in TRIPLES]))
    parts = [new_parts(one, pairs, like, sells) for one in asked]
    return PersonFigures(
        len(asked),
        chosen,
        _mean([_share(_again(one), one.repeated) for one in asked]),
        _mean([_share(_often(one), one.repeated) for one in asked]),
        _new_recall(asked, parts, TRIPLES[chosen]),
        _new_recall(asked, parts, (0.0, 0.0, 1.0)),
    )


def sales_score(sold: Floats) -> Floats:
    """Scores by sales rank: 1, 1/2, 1/3, and so on; 0 for products never sold."""
    scores = np.zeros(len(sold))
    order = np.lexsort((np.arange(len(sold)), -sold))
    scores[order] = 1 / (1 + np.arange(len(sold)))
    return np.asarray(np.where(sold > 0, scores, 0.0))


def new_parts(one: PersonQuestion, pairs: Pairs, like: Likeness, sells: Floats) -> tuple[Floats, Floats, Floats]:
    """The three parts of the score of new products, by product, each from 0 to 1."""
    beside = pairs.with_these(np.array(one.last, dtype=np.int64))
    return like(one.weights), beside / max(float(beside.max(initial=0.0)), 1e-9), sells


def _new_recall(
    asked: Sequence[PersonQuestion],
    parts: Sequence[tuple[Floats, Floats, Floats]],
    triple: tuple[float, float, float],
) -> float:
    found = []
    for one, (alike, beside, sells) in zip(asked, parts, strict=True):
        scores = triple[0] * alike + triple[1] * beside + triple[2] * sells
        scores[list(one.times)] = -np.inf
        found.append(_share(_first(scores), one.explored))
    return _mean(found)


def _again(one: PersonQuestion) -> list[int]:
    rows = [row for row, times in one.times.items() if times >= AGAIN_LEAST]
    return sorted(rows, key=lambda row: (-one.weights[row], row))[:FIRST]


def _often(one: PersonQuestion) -> list[int]:
    return sorted(one.times, key=lambda row: (-one.times[row], row))[:FIRST]


def _first(scores: Floats) -> list[int]:
    order = np.lexsort((np.arange(len(scores)), -scores))[:FIRST]
    return [int(row) for row in order if scores[row] > 0]


def _share(ranked: Sequence[int], wanted: Collection[int]) -> float | None:
    """The share of the wanted products that was found; None if there were none."""
    return len(set(ranked) & set(wanted)) / len(wanted) if wanted else None


def _mean(shares: Sequence[float | None]) -> float:
    known = [one for one in shares if one is not None]
    return float(np.mean(known)) if known else 0.0

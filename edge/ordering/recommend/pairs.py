"""What goes with what, counted from baskets: pairs of products, and of categories behind them. Pure, numpy.

A **product** is a row, 0..count-1; a **basket** an array of different rows. `c(i, j)` baskets have both, `n(i)` have i.
Of what lies in a basket B a product j is worth the sum over i in B of c(i, j) / (n(i) + DOUBT): what was seen once
beside something rare counts little. Products that no pair speaks for stand behind those, by pairs of categories and
the share that a product has of what its category sells, and last by what sells at all.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Basket = Ints

DOUBT = 5
"""So many baskets without the other product are thought beside those that there are."""
BASKET_LINES = 60
"""A larger basket is not one errand: it says nothing of what goes together."""
LEAST_PEOPLE = 2
"""Where all baskets of a pair are of customers who are known, so many of them: nobody's habits are shown to others."""
PARTNERS = 200
"""Of a product, the pairs that are kept: those seen most."""
_BY_CATEGORY = 1e-3
_BY_SALES = 1e-6


class Pairs(msgspec.Struct, frozen=True):
    """`sold`: baskets with each product, n(i). Partners of product i are `partner[start[i]:start[i + 1]]`, beside each
    how many baskets have both. `category`: of each product; `kinds[a, b]`: the same score between categories."""

    sold: Floats
    start: Ints
    partner: Ints
    together: Floats
    category: Ints
    kinds: Floats

    def with_these(self, basket: Basket) -> Floats:
        """What each product is worth beside those in the basket, as far as pairs say it; 0: none does."""
        scores = np.zeros(len(self.sold))
        for row in basket:
            begin, end = self.start[row], self.start[row + 1]
            scores[self.partner[begin:end]] += self.together[begin:end] / (self.sold[row] + DOUBT)
        return scores

    def ranked(self, basket: Basket) -> Floats:
        """The same, with what stands behind it where no pair speaks."""
        most = max(float(self.sold.max()), 1.0) if len(self.sold) else 1.0
        scores = self.with_these(basket) + _BY_SALES * self.sold / most
        if len(basket):
            taken = np.bincount(self.category, self.sold, len(self.kinds))
            share = self.sold / np.maximum(taken[self.category], 1.0)
            near = self.kinds[np.unique(self.category[basket])].sum(axis=0)
            scores += _BY_CATEGORY * near[self.category] * share
        return scores


def count_pairs(baskets: Sequence[Basket], products: int, category: Ints, people: Sequence[int] | None = None) -> Pairs:
    """Learn from baskets. `category`: a number for each product, 0 for none; `people`: whose each basket is (0: nobody
    knows)."""
    sold = np.zeros(products)
    for basket in baskets:
        sold[basket] += 1
    first, second, together = _seen_together(baskets, products, people or [0] * len(baskets))
    one, other = np.concatenate([first, second]), np.concatenate([second, first])
    both = np.concatenate([together, together]).astype(np.float64)
    order = np.lexsort((other, -both, one))
    one, other, both = one[order], other[order], both[order]
    start = np.searchsorted(one, np.arange(products + 1))
    kept = np.arange(len(one)) - start[one] < PARTNERS if len(one) else np.zeros(0, dtype=bool)
    one, other, both = one[kept], other[kept], both[kept]
    start = np.searchsorted(one, np.arange(products + 1)).astype(np.int64)
    return Pairs(sold, start, other, both, category, _kinds(baskets, category))


def _seen_together(baskets: Sequence[Basket], products: int, people: Sequence[int]) -> tuple[Ints, Ints, Ints]:
    """Each pair once, the smaller row first, and in how many baskets it is."""
    codes, whose = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for basket, person in zip(baskets, people, strict=True):
        if 2 <= len(basket) <= BASKET_LINES:
            rows = np.sort(basket)
            i, j = np.triu_indices(len(rows), 1)
            codes.append(rows[i] * products + rows[j])
            whose.append(np.full(len(i), person, dtype=np.int64))
    all_codes, all_people = np.concatenate(codes), np.concatenate(whose)
    order = np.lexsort((all_people, all_codes))
    all_codes, all_people = all_codes[order], all_people[order]
    pairs, begins, counts = np.unique(all_codes, return_index=True, return_counts=True)
    ends = begins + counts
    nobody = all_people[begins] == 0 if len(begins) else np.zeros(0, dtype=bool)
    changes = np.concatenate([[0], np.cumsum(all_people[1:] != all_people[:-1])]) if len(all_people) else np.zeros(0)
    several = changes[ends - 1] - changes[begins] + 1 >= LEAST_PEOPLE if len(begins) else nobody
    good = nobody | several
    return pairs[good] // max(products, 1), pairs[good] % max(products, 1), counts[good]


def _kinds(baskets: Sequence[Basket], category: Ints) -> Floats:
    """The score of pairs, between categories; those of no category go with nothing."""
    count = max(int(category.max()), 0) + 1 if len(category) else 1
    both, single = np.zeros((count, count)), np.zeros(count)
    for basket in baskets:
        if len(basket) <= BASKET_LINES:
            kinds = np.unique(category[basket])
            single[kinds] += 1
            both[np.ix_(kinds, kinds)] += 1
    both[0, :] = both[:, 0] = 0
    return np.asarray(both / (single + DOUBT)[:, None])

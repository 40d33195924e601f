"""Product pairs counted from baskets, with pairs of categories as fallback. Pure, numpy.

A **product** is a row, 0..count-1; a **basket** an array of distinct rows. `c(i, j)` baskets contain both, `n(i)`
contain i. For a basket B, product j scores the sum over i in B of c(i, j) / (n(i) + DOUBT): a single occurrence
together with a rare product counts little. Products without pairs rank below, by pairs of categories and the product's
share of its category's sales, and last by overall sales.
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
"""Number of baskets without the other product that are added to the observed ones."""
BASKET_LINES = 60
"""Maximum lines of a basket. Larger baskets aren't a single errand, so they don't show which products go together."""
LEAST_PEOPLE = 2
"""Minimum customers behind a pair.

Applies if all of its baskets have known customers, so that no person's habits are revealed.
"""
PARTNERS = 200
"""Maximum pairs kept per product: the most frequent ones."""
_BY_CATEGORY = 1e-3
_BY_SALES = 1e-6


class Pairs(msgspec.Struct, frozen=True):
    """Counts of product pairs.

    `sold`: the number of baskets with each product, n(i). The partners of product i are `partner[start[i]:start[i +
    1]]`, each with the number of baskets that contain both. `category`: the category of each product. `kinds[a, b]`:
    the same score between categories.
    """

    sold: Floats
    start: Ints
    partner: Ints
    together: Floats
    category: Ints
    kinds: Floats

    def with_these(self, basket: Basket) -> Floats:
        """Each product's score with this basket by pairs alone; 0 for products without pairs."""
        scores = np.zeros(len(self.sold))
        for row in basket:
            begin, end = self.start[row], self.start[row + 1]
            scores[self.partner[begin:end]] += self.together[begin:end] / (self.sold[row] + DOUBT)
        return scores

    def rank(self, basket: Basket) -> Floats:
        """Each product's score with this basket, with the fallbacks for products without pairs."""
        most = max(float(self.sold.max()), 1.0) if len(self.sold) else 1.0
        scores = self.with_these(basket) + _BY_SALES * self.sold / most
        if len(basket):
            taken = np.bincount(self.category, self.sold, len(self.kinds))
            share = self.sold / np.maximum(taken[self.category], 1.0)
            near = self.kinds[np.unique(self.category[basket])].sum(axis=0)
            scores += _BY_CATEGORY * near[self.category] * share
        return scores


def count_pairs(baskets: Sequence[Basket], products: int, category: Ints, people: Sequence[int] | None = None) -> Pairs:
    """Count pairs in baskets.

    `category`: a number for each product, 0 for none. `people`: each basket's customer (0: unknown).
    """
    sold = np.zeros(products)
    for basket in baskets:
        sold[basket] += 1
    first, second, together = _count_pairs(baskets, products, people or [0] * len(baskets))
    one, other = np.concatenate([first, second]), np.concatenate([second, first])
    both = np.concatenate([together, together]).astype(np.float64)
    order = np.lexsort((other, -both, one))
    one, other, both = one[order], other[order], both[order]
    start = np.searchsorted(one, np.arange(products + 1))
    kept = np.arange(len(one)) - start[one] < PARTNERS if len(one) else np.zeros(0, dtype=bool)
    one, other, both = one[kept], other[kept], both[kept]
    start = np.searchsorted(one, np.arange(products + 1)).astype(np.int64)
    return Pairs(sold, start, other, both, category, _kinds(baskets, category))


def _count_pairs(baskets: Sequence[Basket], products: int, people: Sequence[int]) -> tuple[Ints, Ints, Ints]:
    """Each pair once, with the smaller row first, and its number of baskets."""
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
    """The pair score between categories. Products without a category pair with nothing."""
    count = max(int(category.max()), 0) + 1 if len(category) else 1
    both, single = np.zeros((count, count)), np.zeros(count)
    for basket in baskets:
        if len(basket) <= BASKET_LINES:
            kinds = np.unique(category[basket])
            single[kinds] += 1
            both[np.ix_(kinds, kinds)] += 1
    both[0, :] = both[:, 0] = 0
    return np.asarray(both / (single + DOUBT)[:, None])

"""The similarity of two products: by texts, categories, features and pictures. Pure, numpy.

Similarity is the weighted mean of the parts known for both: texts `TEXT`, categories `CATEGORY`, features `FEATURES`,
pictures `PICTURE` (`picture_vectors.py`). A product's similarity to itself is 1.

- **Texts** are TF-IDF over character trigrams of the normalised spelling (name, brand, categories, text
  attributes), hashed to `DIMENSIONS` numbers of length 1 (Weinberger et al., 2009); their similarity is the cosine. If
  the shop has a sentence model, and the same one processed both texts, it's that of their embeddings, of which one bit
  per dimension is kept: cos(pi * share of differing bits), Charikar, 2002.
- **Categories**: twice the common levels by all levels of both.
- **Features** are Gower's (1971): attributes declared by the categories of both, and given for both as numbers of one
  unit (1 - difference / span) or as words (1 or 0), lists of words (shared / all), the price and the size (1 - |ln(a /
  b)| / ln 4, at least 0). Only what is known for both counts, with equal weight.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from edge.goods.catalog.product import Value

TEXT, CATEGORY, FEATURES, PICTURE = 0.5, 0.2, 0.3, 0.2
DIMENSIONS = 256
RUN = 3
LISTS = frozenset(("terpenes", "allergens"))
"""Attributes whose text is a comma-separated list."""
_PRIME, _MIX = np.uint64(1_000_003), np.uint64(0x9E3779B97F4A7C15)
Floats = NDArray[np.float32]


class Features(msgspec.Struct, frozen=True, gc=False):
    """A product's features other than its text. `size`: its amount and measure."""

    categories: tuple[str, ...] = ()
    attributes: Mapping[str, Value] = {}
    price_minor: int | None = None
    size: tuple[int, str] | None = None


class Parts(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The parts of a similarity, each from 0 to 1; None if not known for both products."""

    text: float | None = None
    category: float | None = None
    features: float | None = None
    picture: float | None = None

    @property
    def score(self) -> float:
        """The weighted mean of the known parts."""
        parts = ((TEXT, self.text), (CATEGORY, self.category), (FEATURES, self.features), (PICTURE, self.picture))
        weights = sum(weight for weight, part in parts if part is not None)
        return sum(weight * part for weight, part in parts if part is not None) / weights if weights else 0.0


def hash_trigrams(texts: Sequence[str]) -> Floats:
    """Count the character trigrams of each text, hashed to a dimension and sign."""
    padded = [f"  {text} " for text in texts]
    letters = np.frombuffer("".join(padded).encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)
    of = np.repeat(np.arange(len(padded)), [len(text) for text in padded])
    count = max(0, len(letters) - RUN + 1)
    codes = letters[:count]
    for step in range(1, RUN):
        codes = codes * _PRIME + letters[step : count + step]
    codes = (codes ^ (codes >> np.uint64(15))) * _MIX
    codes ^= codes >> np.uint64(29)
    within = of[:count] == of[RUN - 1 :] if count else np.zeros(0, dtype=bool)
    places = of[:count] * DIMENSIONS + (codes % np.uint64(DIMENSIONS)).astype(np.int64)
    signs = np.where(codes & np.uint64(1 << 40), 1.0, -1.0)
    sums = np.bincount(places[within], signs[within], len(texts) * DIMENSIONS)
    return sums.astype(np.float32).reshape(len(texts), DIMENSIONS)


def rarity(counts: NDArray[Any]) -> Floats:
    """The inverse document frequency of each dimension among the shop's texts."""
    seen = (counts != 0).sum(axis=0)
    return np.asarray(np.log((1 + len(counts)) / (1 + seen)) + 1, dtype=np.float32)


def unit_rows(counts: NDArray[Any], weights: Floats) -> Floats:
    """Texts as vectors of length 1. A text without trigrams becomes 0."""
    rows = counts * weights
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def by_bits(own: NDArray[np.uint64], all_rows: NDArray[np.uint64], dimensions: int) -> Floats:
    """The approximate cosine of an embedding with many others, from the share of differing bits; at least 0."""
    differ = np.bitwise_count(all_rows ^ own).sum(axis=1)
    return np.asarray(np.maximum(0.0, np.cos(math.pi * differ / dimensions)), dtype=np.float32)


def category_likeness(one: Sequence[str], other: Sequence[str]) -> float | None:
    """The similarity of two category paths; None if either is empty.

    >>> category_likeness(("wine", "drinks"), ("beer", "drinks"))
    0.5
    """
    if not one or not other:
        return None
    return 2 * len(set(one) & set(other)) / (len(one) + len(other))


def feature_likeness(one: Features, other: Features, spans: Mapping[tuple[str, str], float]) -> float | None:
    """Gower's similarity of features; None if nothing is known for both.

    `spans`: the range of most products, by attribute and unit.
    """
    found = [
        _of_values(name, value, other.attributes[name], spans)
        for name, value in one.attributes.items()
        if name in other.attributes
    ]
    found.append(_by_ratio(one.price_minor, other.price_minor))
    if one.size and other.size and one.size[1] == other.size[1]:
        found.append(_by_ratio(one.size[0], other.size[0]))
    known = [part for part in found if part is not None]
    return sum(known) / len(known) if known else None


def middle(value: Value) -> float | None:
    """A number, the middle of a range, or the one known end of a range; None for words."""
    ends = [end for end in (value.low, value.high) if end is not None]
    return sum(ends) / len(ends) if ends else None


def _of_values(name: str, one: Value, other: Value, spans: Mapping[tuple[str, str], float]) -> float | None:
    here, there = middle(one), middle(other)
    if here is not None and there is not None:
        span = spans.get((name, one.unit), 0.0) if one.unit == other.unit else 0.0
        return max(0.0, 1 - abs(here - there) / span) if span > 0 else None
    if here is not None or there is not None or not one.text or not other.text:
        return None
    if name.casefold() in LISTS:
        mine, theirs = (frozenset(word.strip().casefold() for word in v.text.split(",")) for v in (one, other))
        return len(mine & theirs) / len(mine | theirs)
    return 1.0 if one.text.casefold() == other.text.casefold() else 0.0


def _by_ratio(one: int | None, other: int | None) -> float | None:
    """The similarity of two prices or sizes: 1 if they're equal, 0 if one is four times the other."""
    if not one or not other or one < 0 or other < 0:
        return None
    return max(0.0, 1 - abs(math.log(one / other)) / math.log(4))

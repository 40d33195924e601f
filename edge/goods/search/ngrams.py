"""Character n-grams as vectors, close for similar spelling. Loads numpy, so it is imported on first use."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge.goods.search.letter_runs import LENGTHS, MIX, PRIME, SIGN

_PRIME, _MIX, _SIGN = np.uint64(PRIME), np.uint64(MIX), np.uint64(SIGN)


class NGrams:
    """Character bigrams and trigrams, each hashed to a dimension and sign (Weinberger et al., 2009).

    Similar spellings are close: typing errors, joined words, another word order.
    """

    def __init__(self, dimensions: int) -> None:
        self._dimensions = dimensions

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        letters, of = _letters(texts)
        count = self._dimensions
        sums = np.zeros(len(texts) * count, np.float64)
        for length in LENGTHS:
            hashes = letters[: len(letters) - length + 1]
            for step in range(1, length):
                hashes = hashes * _PRIME + letters[step : len(letters) - length + 1 + step]
            hashes = (hashes ^ (hashes >> np.uint64(15))) * _MIX
            hashes ^= hashes >> np.uint64(29)
            within = of[: len(hashes)] == of[length - 1 :]
            places = of[: len(hashes)] * count + (hashes % np.uint64(count)).astype(np.int64)
            signs = np.where(hashes & _SIGN, 1.0, -1.0)
            sums += np.bincount(places[within], signs[within], len(sums))
        return sums.astype(np.float32).reshape(len(texts), count)


def _letters(texts: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """All characters as numbers, padded with spaces, and the text of each."""
    padded = [f" {text} " for text in texts]
    joined = "".join(padded).encode("utf-32-le", "replace")
    letters = np.frombuffer(joined, np.uint32).astype(np.uint64)
    return letters, np.repeat(np.arange(len(padded)), [len(text) for text in padded])

"""Text vectors for nearest-neighbour search: the interface of the vectorisers.

A vectoriser returns float32. One bit per dimension is stored (above 0 or not); `sqlite-vec` compares 60,000 such
vectors in 3 ms: https://alexgarcia.xyz/sqlite-vec/guides/binary-quant.html
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Protocol

from edge.goods.search.letter_runs import pack_text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DIMENSIONS = 512
"""Length of every vector in the table. Longer vectors are cut, shorter ones padded with zeros."""


FEW = 16
"""Maximum texts to pack without numpy: a query's words, and a few changed products."""


class Vectoriser(Protocol):
    """Maps normalised texts to vectors that are close if the texts mean the same."""

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row of `DIMENSIONS` values for each text."""


@cache
def vectoriser() -> Vectoriser:
    """The vectoriser in use. To change it, raise `version` in `project.py`, which rebuilds all vectors."""
    from edge.goods.search.ngrams import NGrams  # importing numpy takes 0.1 s, which would delay the start

    return NGrams(DIMENSIONS)


def pack_vectors(texts: Sequence[str]) -> list[bytes]:
    """The stored bits of each text: 64 bytes."""
    if len(texts) <= FEW:
        return [pack_text(text, DIMENSIONS) for text in texts]
    import numpy as np

    bits = np.packbits(vectoriser().vectors(texts) > 0, axis=1, bitorder="little")
    return [row.tobytes() for row in bits]

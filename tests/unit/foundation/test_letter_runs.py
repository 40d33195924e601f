"""Texts as bits: a few without numpy, and the same ones as many with it."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.goods.search import vectors
from edge.goods.search.letter_runs import pack_text

_ASKS = """
import sys
from edge.goods.search.vectors import pack_vectors
assert pack_vectors(["whole milk", "lait entier"])
assert "numpy" not in sys.modules
"""


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=5))
def test_a_few_texts_have_the_bits_of_many(texts: list[str]) -> None:
    bits = np.packbits(vectors.vectoriser().vectors(texts) > 0, axis=1, bitorder="little")
    assert [pack_text(text, vectors.DIMENSIONS) for text in texts] == [row.tobytes() for row in bits]


def test_many_texts_are_packed_as_each_by_itself() -> None:
    texts = [f"product {number}" for number in range(vectors.FEW * 2)]
    assert vectors.pack_vectors(texts) == [found for text in texts for found in vectors.pack_vectors([text])]


def test_a_question_loads_no_numpy() -> None:
    subprocess.run([sys.executable, "-c", _ASKS], check=True, timeout=60)

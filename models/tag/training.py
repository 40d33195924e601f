"""Training a linear tagger: multinomial regression over hashed features, by Adagrad; the same for the same seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from models.tag.features import ROWS, rows_of_sentence, rows_of_words
from models.tag.linear import shares
from models.tag.weights import TaggerLabels, TaggerWeights

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

BATCH = 512
RATE = 0.25
KEPT = 1e-7
"""How much of a weight goes at each step in which it is looked at."""


class TaggedSaying(NamedTuple):
    """A sentence with the tag of each word ("O", "B-amount", "I-amount"), and its intent."""

    words: tuple[str, ...]
    marks: tuple[str, ...]
    language: str
    tags: tuple[str, ...]
    intent: str


def train(sayings: Sequence[TaggedSaying], rounds: int, seed: int, told: Callable[[str], None]) -> TaggerWeights:
    """The weights for these sentences. `told` hears how far it is."""
    tags = tuple(sorted({tag for one in sayings for tag in one.tags}))
    intents = tuple(sorted({one.intent for one in sayings}))
    of_words = [
        (rows, tags.index(tag))
        for one in sayings
        for rows, tag in zip(rows_of_words(one.words, one.marks, one.language), one.tags, strict=True)
    ]
    words = _fitted(of_words, len(tags), rounds, seed, lambda line: told(f"words, {line}"))
    del of_words
    of_sentences = [
        (rows_of_sentence(one.words, one.marks, one.language), intents.index(one.intent)) for one in sayings
    ]
    sentences = _fitted(of_sentences, len(intents), rounds, seed, lambda line: told(f"sentences, {line}"))
    return TaggerWeights(TaggerLabels(tags, intents), words, sentences)


def _fitted(
    examples: Sequence[tuple[list[int], int]], labels: int, rounds: int, seed: int, told: Callable[[str], None]
) -> Array:
    """Weights (ROWS, labels). Row ROWS of the work is what fills up shorter examples, and stays 0."""
    import numpy as np

    longest = max(len(rows) for rows, _ in examples)
    looked_at = np.full((len(examples), longest), ROWS, np.int32)
    for at, (shown, _) in enumerate(examples):
        looked_at[at, : len(shown)] = shown
    wanted = np.array([label for _, label in examples])
    weights = np.zeros((ROWS + 1, labels), np.float32)
    squares = np.full((ROWS + 1, labels), 1e-2, np.float32)
    chance = np.random.default_rng(seed)
    for count in range(rounds):
        order, lost = chance.permutation(len(examples)), 0.0
        for begin in range(0, len(order), BATCH):
            batch = order[begin : begin + BATCH]
            rows, label = looked_at[batch], wanted[batch]
            likely = shares(weights[rows].sum(1))
            lost -= float(np.log(likely[np.arange(len(batch)), label] + 1e-12).sum())
            likely[np.arange(len(batch)), label] -= 1
            met, slope = _summed(rows, likely)
            slope = slope / len(batch) * 32 + KEPT * weights[met]
            squares[met] += slope * slope
            weights[met] -= RATE * slope / np.sqrt(squares[met])
            weights[ROWS] = 0
        told(f"round {count + 1} of {rounds}: loss {lost / len(order):.4f}")
    return weights[:ROWS]


def _summed(rows: Array, slopes: Array) -> tuple[Array, Array]:
    """The rows that were looked at, and the sum of the slopes of all that looked at each."""
    import numpy as np

    flat = rows.reshape(-1)
    order = np.argsort(flat, kind="stable")
    met, begins = np.unique(flat[order], return_index=True)
    return met, np.add.reduceat(slopes[order // rows.shape[1]], begins, axis=0)

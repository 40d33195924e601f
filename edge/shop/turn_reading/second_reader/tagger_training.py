"""Training the second reader: made sentences in, weights and their figures out. Runs by hand, never in a shop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from edge.shop.turn_reading.second_reader.made_sayings import MadeSaying, made_sayings
from edge.shop.understanding.understood import LANGUAGES

if TYPE_CHECKING:
    from models.tag.weights import TaggerWeights

GRAM = 6
"""No so many words in a row of a sentence that anything is measured by stand in a sentence of training."""
HELD_SHARE = 10


class SlotFigures(NamedTuple):
    """Of one tag, or of all: how much of what was tagged is right, how much of what is there was found; 0 to 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        whole = self.precision + self.recall
        return 2 * self.precision * self.recall / whole if whole else 0.0


class TaggerFigures(NamedTuple):
    """Of one language: F1 by slot, and the share of sentences whose intent is right."""

    slots: dict[str, SlotFigures]
    intent: float
    sentences: int


def grams_of(words: Sequence[str]) -> set[tuple[str, ...]]:
    """All runs of six words.

    >>> grams_of("a b c d e f".split())
    {('a', 'b', 'c', 'd', 'e', 'f')}
    """
    return {tuple(words[at : at + GRAM]) for at in range(len(words) - GRAM + 1)}


def sayings_apart(
    names: Mapping[str, Sequence[str]], count: int, seed: int, measured: Iterable[Sequence[str]], held: bool = False
) -> list[MadeSaying]:
    """Made sentences, without those that have six words in a row of a sentence by which the assistant is measured."""
    kept = {gram for words in measured for gram in grams_of(words)}
    return [one for one in made_sayings(names, count, seed, held) if not grams_of(one.words) & kept]


def train_tagger(sayings: Sequence[MadeSaying], rounds: int, seed: int, told: Callable[[str], None]) -> TaggerWeights:
    """The weights; deterministic by seed."""
    from models.tag.training import TaggedSaying, train

    return train([TaggedSaying(*one) for one in sayings], rounds, seed, told)


def tagger_figures(weights: TaggerWeights, sayings: Sequence[MadeSaying]) -> dict[str, TaggerFigures]:
    """How right the weights are of sentences, by language; spans count whole, with their borders."""
    from models.tag.linear import LinearTagger

    tagger, figures = LinearTagger(weights), {}
    for language in LANGUAGES:
        mine = [one for one in sayings if one.language == language]
        right: Counter[str] = Counter()
        said: Counter[str] = Counter()
        there: Counter[str] = Counter()
        intents = 0
        for one in mine:
            found = tagger.tagged(one.words, one.marks, language)
            intents += found.intent == one.intent
            wanted, got = spans_of(one.tags), spans_of(found.tags)
            for counter, spans in ((there, wanted), (said, got), (right, wanted & got)):
                counter.update(slot for _, _, slot in spans)
        slots = {
            one: SlotFigures(right[one] / max(1, said[one]), right[one] / max(1, there[one])) for one in sorted(there)
        }
        sums = [sum(counter.values()) for counter in (right, said, there)]
        slots["all"] = SlotFigures(sums[0] / max(1, sums[1]), sums[0] / max(1, sums[2]))
        figures[language] = TaggerFigures(slots, intents / max(1, len(mine)), len(mine))
    return figures


def spans_of(tags: Sequence[str]) -> set[tuple[int, int, str]]:
    """Where each slot begins and ends.

    >>> sorted(spans_of(["B-amount", "O", "B-product", "I-product"]))
    [(0, 1, 'amount'), (2, 4, 'product')]
    """
    found: set[tuple[int, int, str]] = set()
    begin = 0
    for at, tag in enumerate([*tags, "O"]):
        if begin < at and tags[begin] != "O" and not tag.startswith("I-"):
            found.add((begin, at, tags[begin][2:]))
        if not tag.startswith("I-"):
            begin = at
    return found

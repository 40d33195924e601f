"""Training the second reader: written sayings in, weights and their figures out. Runs by hand, never in a shop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from edge.shop.turn_reading.second_reader.tag_spans import TagSpan, spans_of
from edge.shop.turn_reading.second_reader.written_sayings import Variety, WrittenSaying, written_sayings
from edge.shop.understanding.understood import LANGUAGES

if TYPE_CHECKING:
    from models.tag.weights import TaggerWeights

GRAM = 6
"""No so many words in a row of a sentence that anything is measured by stand in a sentence of training."""
HELD_EACH = 10
"""One of so many is kept apart to measure by."""
NOTHING_MOVES = frozenset({"ask", "no", "yes", "other", "pay"})
BESIDE = frozenset({"d", "ref", "g"})
"""Tags that no effect is made of."""


class SlotFigures(NamedTuple):
    """Of one tag, or of all: how much of what was tagged is right, how much of what is there was found; 0 to 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        whole = self.precision + self.recall
        return 2 * self.precision * self.recall / whole if whole else 0.0


class TaggerFigures(NamedTuple):
    """Of one language: F1 by slot, the share of sentences whose intent is right, and of those of which all is right
    that anything is done by."""

    slots: dict[str, SlotFigures]
    intent: float
    effect: float
    sentences: int


def grams_of(words: Sequence[str]) -> set[tuple[str, ...]]:
    """All runs of six words.

    >>> grams_of("a b c d e f".split())
    {('a', 'b', 'c', 'd', 'e', 'f')}
    """
    return {tuple(words[at : at + GRAM]) for at in range(len(words) - GRAM + 1)}


def sayings_apart(measured: Iterable[Sequence[str]]) -> tuple[list[WrittenSaying], list[WrittenSaying]]:
    """The sayings to train on and those to measure by, none of which has six words in a row of a sentence by which the
    assistant is measured."""
    kept = {gram for words in measured for gram in grams_of(words)}
    sayings = [one for language in LANGUAGES for one in written_sayings(language) if not grams_of(one.words) & kept]
    held = sayings[HELD_EACH // 2 :: HELD_EACH]
    return [one for at, one in enumerate(sayings) if at % HELD_EACH != HELD_EACH // 2], held


def train_tagger(
    sayings: Sequence[WrittenSaying], rounds: int, networks: int, seed: int, told: Callable[[str], None]
) -> TaggerWeights:
    """The weights; deterministic by seed."""
    from models.tag.training import TaggedSaying, labels_of, train_network
    from models.tag.weights import TaggerWeights

    labels = labels_of([TaggedSaying(*one) for one in sayings], networks)

    def train_one(at: int) -> Any:
        variety = Variety(sayings, seed + at)

        def next_round() -> list[TaggedSaying]:
            return [TaggedSaying(*one) for one in variety.round()]

        return train_network(next_round, labels, rounds, seed + at, lambda line: told(f"network {at + 1}, {line}"))

    return TaggerWeights(labels, tuple(train_one(at) for at in range(networks)))


def tagger_figures(weights: TaggerWeights, sayings: Sequence[WrittenSaying]) -> dict[str, TaggerFigures]:
    """How right the weights are of sentences, by language; spans count whole, with their borders."""
    from models.tag.tagger import NetworkTagger

    tagger, figures = NetworkTagger(weights), {}
    for language in LANGUAGES:
        mine = [one for one in sayings if one.language == language]
        right: Counter[str] = Counter()
        said: Counter[str] = Counter()
        there: Counter[str] = Counter()
        intents = effects = 0
        for one in mine:
            found = tagger.tagged(one.words, one.marks, language, one.speaker)
            wanted, got = set(spans_of(one.tags)), set(spans_of(found.tags))
            intents += found.intent == one.intent
            effects += effect_of(one.intent, wanted) == effect_of(found.intent, got)
            for counter, spans in ((there, wanted), (said, got), (right, wanted & got)):
                counter.update(span.tag for span in spans)
        slots = {
            one: SlotFigures(right[one] / max(1, said[one]), right[one] / max(1, there[one])) for one in sorted(there)
        }
        sums = [sum(counter.values()) for counter in (right, said, there)]
        slots["all"] = SlotFigures(sums[0] / max(1, sums[1]), sums[0] / max(1, sums[2]))
        count = max(1, len(mine))
        figures[language] = TaggerFigures(slots, intents / count, effects / count, len(mine))
    return figures


def effect_of(intent: str, spans: set[TagSpan]) -> tuple[object, ...]:
    """What is done of a turn: nothing, or its intent with the spans that anything is made of."""
    if intent in NOTHING_MOVES:
        return (intent,)
    return (intent, frozenset(one for one in spans if one.tag not in BESIDE))

"""Confidence of speech recognition for the words that matter: verb, number, unit, product. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from edge.conversation.understanding.lexicon import vocabulary
from edge.conversation.understanding.sentence import understand
from edge.conversation.understanding.tokens import tokens_of

DOUBTFUL = 0.3
"""Below this confidence, a single word makes a whole name uncertain: a "dark rose" isn't a dark roast."""


class Certainty(NamedTuple):
    """Confidences from 0 to 1; 1 if there is no such word."""

    act: float = 1.0
    number: float = 1.0
    unit: float = 1.0
    product: float = 1.0

    @property
    def least(self) -> float:
        """The lowest of the four, which is the confidence of the request."""
        return min(self)


def certainty(text: str, words: Iterable[tuple[str, float]], language: str) -> Certainty:
    """The confidence of a sentence, from that of each word.

    Polite words don't count, and in a name of several words the others make up for one, unless that one is doubtful:
    then it may be another variety. A sentence without a request is as certain as its least certain word.

    >>> certainty("took two milk please", [("took", 0.9), ("two", 0.5), ("milk", 0.8), ("please", 0.1)], "en")
    Certainty(act=0.9, number=0.5, unit=1.0, product=0.8)
    """
    heard = list(words)
    said = understand(text, language)
    if said.kind != "act":
        return Certainty(act=min((sure for _, sure in heard), default=1.0))
    known = vocabulary(said.language)
    counts = known.numbers.keys() | known.fractions.keys() | known.dozens.keys()
    verbs = {word for phrase in known.verbs for word in phrase}
    polite = known.fillers | known.polite | known.joiners
    parts: dict[str, list[float]] = {"act": [], "number": [], "unit": [], "product": []}
    for word, sure in heard:
        for token in tokens_of(word):
            if token in counts or token[0].isdigit():
                parts["number"].append(sure)
            elif (token,) in known.counted:
                parts["unit"].append(sure)
            elif token in verbs:
                parts["act"].append(sure)
            elif (token,) not in polite:
                parts["product"].append(sure)
    name = parts.pop("product")
    least = {part: min(sures, default=1.0) for part, sures in parts.items()}
    return Certainty(**least, product=_of_name(name))


def _of_name(sures: list[float]) -> float:
    """The confidence of a product's name."""
    if not sures or min(sures) < DOUBTFUL:
        return min(sures, default=1.0)
    return round(sum(sures) / len(sures), 3)

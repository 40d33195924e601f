"""Tagging by networks: the mean of what they say of each word, then the best way through."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

from models.engine import Model, Turn
from models.errors import Refused
from models.kinds import Nothing, Tag, Tagged
from models.tag.features import WORDS
from models.tag.network import batch_of, features_of, forward, shares
from models.tag.weights import TaggerWeights, read_weights

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

NONE = "O"
GOODS = "goods"
"""The slot of goods; its tag says what happens to them instead."""
_NEVER = -1e9


class TagNetwork:
    """Its one file is written by `./run train understanding`."""

    LIBRARY: ClassVar[str] = "numpy"
    PARALLEL: ClassVar[int] = 1

    class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
        pass

    def __init__(self, config: Config, model: Model) -> None:
        self._model = model

    def load(self) -> None:
        importlib.import_module(self.LIBRARY)
        self._tagger = NetworkTagger(read_weights(self._model.path))
        self._tagger.tagged(("took", "2"), ("o", "n"), "en")

    def run(self, request: Tag, turn: Turn[Nothing]) -> Tagged:
        if len(request.words) != len(request.marks):
            raise Refused(f"{len(request.words)} words have {len(request.marks)} marks.", "Send as many of both.")
        return self._tagger.tagged(request.words, request.marks, request.language, request.speaker)

    def close(self) -> None:
        pass


class NetworkTagger:
    """The model itself, without a worker around it."""

    def __init__(self, weights: TaggerWeights) -> None:
        import numpy as np

        self._labels, self._networks = weights
        tags = self._labels.slots
        allowed = [[not b.startswith("I-") or (a != NONE and a[2:] == b[2:]) for b in tags] for a in tags]
        self._steps = np.where(np.array(allowed), 0.0, _NEVER)
        self._begins = np.array([_NEVER if one.startswith("I-") else 0.0 for one in tags])

    def tagged(self, words: tuple[str, ...], marks: tuple[str, ...], language: str, speaker: str = "staff") -> Tagged:
        """The likeliest tags, each with its share; words behind the limit have none, and are no filler either."""
        import numpy as np

        if not words:
            return Tagged((), (), "", 0.0)
        batch = batch_of([features_of(words, marks, speaker, language)])
        said = [forward(one, batch)[0] for one in self._networks]
        slots, acts, intents = (np.mean([shares(one) for one in head], 0)[0] for head in zip(*said, strict=True))
        best = self._best(np.log(slots + 1e-12))
        tags = [self._labels.slots[one] for one in best]
        scores = [float(slots[at, one]) for at, one in enumerate(best)]
        for begin, end in _goods(tags):
            of_span = acts[begin:end].mean(0)
            act = int(of_span.argmax())
            for at in range(begin, end):
                tags[at] = tags[at][:2] + self._labels.acts[act]
                scores[at] = min(scores[at], float(of_span[act]))
        beyond = max(0, len(words) - WORDS)
        intent = int(intents.argmax())
        return Tagged(
            (*tags, *(NONE,) * beyond),
            (*(min(1.0, one) for one in scores), *(0.0,) * beyond),
            self._labels.intents[intent],
            min(1.0, float(intents[intent])),
        )

    def _best(self, likely: Array) -> list[int]:
        """The likeliest tags of all words together (Viterbi): what goes on goes on with its own beginning."""
        score, came = likely[0] + self._begins, []
        for row in likely[1:]:
            whole = score[:, None] + self._steps
            came.append(whole.argmax(0))
            score = whole.max(0) + row
        way = [int(score.argmax())]
        for back in reversed(came):
            way.append(int(back[way[-1]]))
        return way[::-1]


def _goods(tags: list[str]) -> list[tuple[int, int]]:
    """Where goods begin and end."""
    found: list[tuple[int, int]] = []
    for at, tag in enumerate(tags):
        if tag == f"B-{GOODS}":
            found.append((at, at + 1))
        elif tag == f"I-{GOODS}" and found and found[-1][1] == at:
            found[-1] = (found[-1][0], at + 1)
    return found

"""Tagging by a linear model over hashed features: a likelihood for each tag of each word, then the best way through."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

from models.engine import Model, Turn
from models.errors import Refused
from models.kinds import Nothing, Tag, Tagged
from models.tag.features import WORDS, rows_of_sentence, rows_of_words
from models.tag.weights import TaggerWeights, read_weights

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

NONE = "O"
_NEVER = -1e9


class TagLinear:
    """Its one file is written by `./run train understanding`."""

    LIBRARY: ClassVar[str] = "numpy"
    PARALLEL: ClassVar[int] = 1

    class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
        pass

    def __init__(self, config: Config, model: Model) -> None:
        self._model = model

    def load(self) -> None:
        importlib.import_module(self.LIBRARY)
        self._tagger = LinearTagger(read_weights(self._model.path))
        self._tagger.tagged(("took", "2"), ("o", "n"), "en")

    def run(self, request: Tag, turn: Turn[Nothing]) -> Tagged:
        if len(request.words) != len(request.marks):
            raise Refused(f"{len(request.words)} words have {len(request.marks)} marks.", "Send as many of both.")
        return self._tagger.tagged(request.words, request.marks, request.language)

    def close(self) -> None:
        pass


class LinearTagger:
    """The model itself, without a worker around it."""

    def __init__(self, weights: TaggerWeights) -> None:
        import numpy as np

        self._labels, self._words, self._sentences = weights
        tags = self._labels.tags
        allowed = [[not b.startswith("I-") or (a != NONE and a[2:] == b[2:]) for b in tags] for a in tags]
        self._steps = np.where(np.array(allowed), 0.0, _NEVER)
        self._begins = np.array([_NEVER if one.startswith("I-") else 0.0 for one in tags])

    def tagged(self, words: tuple[str, ...], marks: tuple[str, ...], language: str) -> Tagged:
        """The likeliest tags, each with its share; words behind the limit have none, and are no filler either."""
        import numpy as np

        if not words:
            return Tagged((), (), "", 0.0)
        intents = shares(self._sentences[rows_of_sentence(words, marks, language)].sum(0)[None])[0]
        likely = shares(np.stack([self._words[rows].sum(0) for rows in rows_of_words(words, marks, language)]))
        best = self._best(np.log(likely + 1e-12))
        tags = tuple(self._labels.tags[one] for one in best)
        scores = tuple(min(1.0, float(likely[at, one])) for at, one in enumerate(best))
        beyond = max(0, len(words) - WORDS)
        intent = int(intents.argmax())
        return Tagged(
            (*tags, *(NONE,) * beyond),
            (*scores, *(0.0,) * beyond),
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


def shares(scores: Array) -> Array:
    """Scores of each row as shares of 1."""
    import numpy as np

    raised = np.exp(scores - scores.max(1, keepdims=True))
    found: Array = raised / raised.sum(1, keepdims=True)
    return found

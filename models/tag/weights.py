"""The tagger's file: weights as bytes, a factor for each tag, and what they are of. One file, no code in it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from models.errors import Unusable
from models.tag.features import ROWS, VERSION

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

MOST_BYTES = 8 * 1024 * 1024
MOST_TAGS = 64
LEVELS = 127
_ADVICE = "Train it again: ./run train understanding; or bring the file that came with this release."


class TaggerLabels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the columns of the weights are: tags of words, intents of sentences; and by which features."""

    tags: tuple[str, ...]
    intents: tuple[str, ...]
    features: int = VERSION


class TaggerWeights(NamedTuple):
    """float32 (ROWS, tags) and (ROWS, intents)."""

    labels: TaggerLabels
    words: Array
    sentences: Array


def pack_weights(weights: TaggerWeights) -> bytes:
    """The file's bytes: each weight as one of 255 levels of its column; the same for the same weights."""
    import numpy as np

    arrays: dict[str, Any] = {"labels": np.frombuffer(msgspec.json.encode(weights.labels), np.uint8)}
    for name, values in (("words", weights.words), ("sentences", weights.sentences)):
        factor = np.maximum(np.abs(values).max(axis=0), 1e-9).astype(np.float32) / LEVELS
        arrays[name] = np.rint(values / factor).astype(np.int8)
        arrays[f"{name}_factor"] = factor
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def read_weights(path: Path) -> TaggerWeights:
    """Raises Unusable for a file that is not there, damaged, or of other features than this release's."""
    import numpy as np

    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError("it is too large")
        with np.load(path, allow_pickle=False) as file:
            labels = msgspec.json.decode(file["labels"].tobytes(), type=TaggerLabels)
            words, sentences = (_spread(file[name], file[f"{name}_factor"]) for name in ("words", "sentences"))
    except Exception as error:  # the library raises many classes, whatever is wrong with the file
        raise Unusable(f"{path} is no tagger ({error}).", _ADVICE) from error
    shapes = (words.shape, sentences.shape)
    if labels.features != VERSION or shapes != ((ROWS, len(labels.tags)), (ROWS, len(labels.intents))):
        raise Unusable(f"{path} is a tagger of another release.", _ADVICE)
    return TaggerWeights(labels, words, sentences)


def _spread(levels: Array, factor: Array) -> Array:
    import numpy as np

    if levels.dtype != np.int8 or levels.ndim != 2 or not 0 < levels.shape[1] <= MOST_TAGS:
        raise ValueError("its weights are of another kind")
    if factor.shape != levels.shape[1:] or not np.isfinite(factor).all():
        raise ValueError("its factors are of another kind")
    spread: Array = levels.astype(np.float32) * factor.astype(np.float32)
    return spread

"""The tagger as a network of a few layers, in numpy.

A word is the sum of its rows, over the root of how many they are, and who speaks is added. Blocks of dilated
convolution (van den Oord et al. 2016, https://arxiv.org/abs/1609.03499) look around each word; the slot of a word, and
what happens to goods that it names, come from what they say of it beside the mean and the largest of the whole
sentence, the intent from those two alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from models.tag.features import LANGUAGES, ROWS, SPEAKERS, WORDS, rows_of_speaker, rows_of_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    Array = np.ndarray[Any, Any]

WIDTH, HIDDEN = 64, 128
DILATIONS = (1, 2, 4, 1)
_FAR = -1e9


class Batch(NamedTuple):
    """Sentences as arrays: `rows` (b, t, k), ROWS where there is none; how many rows each word has (b, t); 1 for a word
    and 0 for what fills up (b, t); the rows of the speakers (b, 2)."""

    rows: Array
    counts: Array
    mask: Array
    speakers: Array


class Heads(NamedTuple):
    """How many labels each head has."""

    slots: int
    acts: int
    intents: int


class Scores(NamedTuple):
    """Of slots (b, t, slots), of acts (b, t, acts), of intents (b, intents)."""

    slots: Array
    acts: Array
    intents: Array


class Seen(NamedTuple):
    """What the layers saw of a batch, for training: inputs, each block's, and the two heads'."""

    inputs: Array
    summed: Array
    blocks: list[tuple[Array, Array, Array]]
    largest: Array
    words: Array
    whole: Array
    kept: list[Array]


def batch_of(sentences: Sequence[tuple[Sequence[Sequence[int]], tuple[int, ...]]]) -> Batch:
    """Sentences as the rows of each of their words, and of who speaks."""
    import numpy as np

    longest = max(len(words) for words, _ in sentences)
    most = max(len(rows) for words, _ in sentences for rows in words)
    rows = np.full((len(sentences), longest, most), ROWS, np.int32)
    counts = np.ones((len(sentences), longest), np.float32)
    mask = np.zeros((len(sentences), longest), np.float32)
    for at, (words, _) in enumerate(sentences):
        mask[at, : len(words)] = 1
        for place, found in enumerate(words):
            rows[at, place, : len(found)] = found
            counts[at, place] = len(found)
    return Batch(rows, counts, mask, np.array([speaker for _, speaker in sentences]))


def features_of(words: Sequence[str], marks: Sequence[str], speaker: str, language: str) -> Any:
    """A sentence for `batch_of`; words behind the limit are left out."""
    said = [rows_of_word(word, mark) for word, mark in zip(words[:WORDS], marks[:WORDS], strict=True)]
    return said, rows_of_speaker(speaker, language)


def first_weights(heads: Heads, seed: int) -> dict[str, Array]:
    """Weights before training, float32, by name; the same for the same seed."""
    import numpy as np

    chance = np.random.default_rng(seed)

    def draw_weights(*shape: int, factor: float) -> Array:
        values: Array = (chance.standard_normal(shape) * factor).astype(np.float32)
        return values

    weights = {
        "rows": draw_weights(ROWS + 1, WIDTH, factor=0.1),
        "speakers": draw_weights(len(SPEAKERS) + LANGUAGES, WIDTH, factor=0.1),
    }
    weights["rows"][ROWS] = 0
    weights |= {"in": draw_weights(WIDTH, HIDDEN, factor=WIDTH**-0.5), "in_bias": np.zeros(HIDDEN, np.float32)}
    for at in range(len(DILATIONS)):
        weights[f"around{at}"] = draw_weights(3 * HIDDEN, HIDDEN, factor=(2 / (3 * HIDDEN)) ** 0.5)
        weights[f"around{at}_bias"] = np.zeros(HIDDEN, np.float32)
        weights[f"back{at}"] = draw_weights(HIDDEN, HIDDEN, factor=0.3 * HIDDEN**-0.5)
        weights[f"back{at}_bias"] = np.zeros(HIDDEN, np.float32)
    for name, inputs, outputs in _heads(heads):
        weights |= {name: draw_weights(inputs, outputs, factor=0.05), f"{name}_bias": np.zeros(outputs, np.float32)}
    return weights


def _heads(heads: Heads) -> tuple[tuple[str, int, int], ...]:
    return (
        ("slots", 3 * HIDDEN, heads.slots),
        ("acts", 3 * HIDDEN, heads.acts),
        ("intents", 2 * HIDDEN, heads.intents),
    )


def shapes_of(heads: Heads) -> dict[str, tuple[int, ...]]:
    """The shape of each array of a network."""
    shapes: dict[str, tuple[int, ...]] = {"rows": (ROWS + 1, WIDTH), "in": (WIDTH, HIDDEN), "in_bias": (HIDDEN,)}
    shapes["speakers"] = (len(SPEAKERS) + LANGUAGES, WIDTH)
    for at in range(len(DILATIONS)):
        shapes |= {f"around{at}": (3 * HIDDEN, HIDDEN), f"around{at}_bias": (HIDDEN,)}
        shapes |= {f"back{at}": (HIDDEN, HIDDEN), f"back{at}_bias": (HIDDEN,)}
    for name, inputs, outputs in _heads(heads):
        shapes |= {name: (inputs, outputs), f"{name}_bias": (outputs,)}
    return shapes


def forward(weights: dict[str, Array], batch: Batch, drop: Any = None) -> tuple[Scores, Seen]:
    """The scores, and what was seen. `drop`: for training, a function of a shape and a share that gives what to
    multiply with (0 or more than 1)."""
    import numpy as np

    mask = batch.mask[..., None]
    kept: list[Array] = []

    def thin(values: Array, share: float) -> Array:
        if drop is None:
            return values
        kept.append(drop(values.shape, share))
        return values * kept[-1]

    inputs = weights["rows"][batch.rows].sum(2) / np.sqrt(batch.counts)[..., None]
    inputs = (inputs + weights["speakers"][batch.speakers].sum(1)[:, None]) * mask
    inputs = thin(inputs, 0.25)
    summed = through(inputs, weights["in"]) + weights["in_bias"]
    hidden = np.maximum(summed, 0) * mask
    blocks: list[tuple[Array, Array, Array]] = []
    for at, step in enumerate(DILATIONS):
        around = np.concatenate([shift(hidden, step), hidden, shift(hidden, -step)], 2)
        looked = through(around, weights[f"around{at}"]) + weights[f"around{at}_bias"]
        said = thin(np.maximum(looked, 0), 0.2)
        blocks.append((around, looked, said))
        hidden = (hidden + through(said, weights[f"back{at}"]) + weights[f"back{at}_bias"]) * mask
    masked = np.where(mask > 0, hidden, _FAR)
    largest = masked.argmax(1)
    most = np.take_along_axis(masked, largest[:, None], 1)[:, 0]
    mean = hidden.sum(1) / batch.mask.sum(1)[:, None]
    whole = thin(np.concatenate([most, mean], 1), 0.3)
    everywhere = [np.broadcast_to(one[:, None], hidden.shape) for one in (mean, most)]
    words = thin(np.concatenate([hidden, *everywhere], 2), 0.2)
    slots, acts = (through(words, weights[one]) + weights[f"{one}_bias"] for one in ("slots", "acts"))
    intents = whole @ weights["intents"] + weights["intents_bias"]
    return Scores(slots, acts, intents), Seen(inputs, summed, blocks, largest, words, whole, kept)


def through(values: Array, weights: Array) -> Array:
    """Values (..., n) times weights (n, m), as one product."""
    product: Array = (values.reshape(-1, values.shape[-1]) @ weights).reshape(*values.shape[:-1], weights.shape[1])
    return product


def shift(values: Array, step: int) -> Array:
    """Values (b, t, h) moved by `step` words, with zeros where there are none."""
    import numpy as np

    found = np.zeros_like(values)
    if abs(step) >= values.shape[1]:
        return found
    if step > 0:
        found[:, step:] = values[:, :-step]
    else:
        found[:, :step] = values[:, -step:]
    return found


def shares(scores: Array) -> Array:
    """Scores along the last axis as shares of 1."""
    import numpy as np

    raised = np.exp(scores - scores.max(-1, keepdims=True))
    found: Array = raised / raised.sum(-1, keepdims=True)
    return found

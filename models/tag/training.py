"""Training the tagger's network: cross entropy of tags and of the intent, by Adam (Kingma and Ba 2015,
https://arxiv.org/abs/1412.6980); the same for the same seed on the same machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from models.tag.features import ROWS
from models.tag.network import (
    DILATIONS,
    HIDDEN,
    Batch,
    Scores,
    Seen,
    batch_of,
    features_of,
    first_weights,
    forward,
    shares,
    shift,
    through,
)
from models.tag.tagger import GOODS, NONE
from models.tag.weights import TaggerLabels

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

BATCH, NEAR = 32, 512
"""Sentences a step; of so many, those of like length go together."""
RATE, WARM = 0.003, 100
INTENT, ACT = 0.5, 0.7
"""How much the intent counts beside the mean of the words, and the mean of what happens to goods."""
SLOTS = frozenset({"n", "u", "d", "ref"})
"""What a word may be beside goods: a number, a unit, taken back, meant."""
_FIRST, _SECOND = 0.9, 0.999


class TaggedSaying(NamedTuple):
    """A sentence with the tag of each word ("O", "B-n", "I-n"), its intent, and who says it."""

    words: tuple[str, ...]
    marks: tuple[str, ...]
    language: str
    speaker: str
    tags: tuple[str, ...]
    intent: str


class _Wanted(NamedTuple):
    batch: Batch
    slots: Array
    acts: Array
    named: Array
    intents: Array


class _Labels(NamedTuple):
    slots: dict[str, int]
    acts: dict[str, int]
    intents: dict[str, int]


def labels_of(sayings: Sequence[TaggedSaying], networks: int) -> TaggerLabels:
    """All labels of these sentences."""
    tags = {tag[2:] for one in sayings for tag in one.tags} - {""}
    acts, slots = sorted(tags - SLOTS), sorted(tags & SLOTS | {GOODS})
    both = (f"{sign}-{slot}" for slot in slots for sign in "BI")
    return TaggerLabels((NONE, *both), tuple(acts), tuple(sorted({one.intent for one in sayings})), networks)


def train_network(
    varied: Callable[[], Sequence[TaggedSaying]],
    labels: TaggerLabels,
    count: int,
    seed: int,
    told: Callable[[str], None],
) -> dict[str, Array]:
    """The weights of a network after `count` rounds. `varied`: the sentences of the next, which may differ from one to
    the next; `told` hears how far it is."""
    import numpy as np

    places = _Labels(
        *({name: at for at, name in enumerate(one)} for one in (labels.slots, labels.acts, labels.intents))
    )
    weights, chance = first_weights(labels.heads, seed), np.random.default_rng(seed)
    steps = _Adam(weights)
    for number in range(count):
        batches = _batches(varied(), places, chance)
        lost = 0.0
        for at, wanted in enumerate(batches):
            done = (number + at / len(batches)) / count
            rate = RATE * min(1.0, (steps.count + 1) / WARM) * (1 - done) + 1e-5
            loss, slopes = _slopes(weights, wanted, chance)
            steps.take(slopes, rate)
            lost += loss
        told(f"round {number + 1} of {count}: loss {lost / len(batches):.3f}")
    return weights


def _batches(sayings: Sequence[TaggedSaying], labels: _Labels, chance: np.random.Generator) -> list[_Wanted]:
    """The sentences in another order, those of like length together."""
    order = [sayings[at] for at in chance.permutation(len(sayings))]
    near = [
        one
        for begin in range(0, len(order), NEAR)
        for one in sorted(order[begin : begin + NEAR], key=lambda one: len(one.words))
    ]
    found = [_build_targets(near[begin : begin + BATCH], labels) for begin in range(0, len(near), BATCH)]
    return [found[at] for at in chance.permutation(len(found))]


def _build_targets(sayings: Sequence[TaggedSaying], labels: _Labels) -> _Wanted:
    import numpy as np

    batch: Batch = batch_of([features_of(one.words, one.marks, one.speaker, one.language) for one in sayings])
    shape: tuple[int, int] = batch.mask.shape
    slots, acts = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    named = np.zeros_like(batch.mask)
    for at, one in enumerate(sayings):
        for place, tag in enumerate(one.tags[: shape[1]]):
            if tag[2:] in labels.acts:
                acts[at, place], named[at, place] = labels.acts[tag[2:]], 1
                tag = f"{tag[:2]}{GOODS}"
            slots[at, place] = labels.slots[tag]
    return _Wanted(batch, slots, acts, named, np.array([labels.intents[one.intent] for one in sayings]))


def _slopes(weights: dict[str, Array], wanted: _Wanted, chance: np.random.Generator) -> tuple[float, dict[str, Any]]:
    """The loss of a batch, and how it changes with each weight; of the rows those that were looked at, and theirs."""
    import numpy as np

    def drop(shape: tuple[int, ...], share: float) -> Array:
        kept: Array = (chance.random(shape, dtype=np.float32) > share).astype(np.float32) / np.float32(1 - share)
        return kept

    scores, seen = forward(weights, wanted.batch, drop)
    lost, slots = _loss(scores.slots, wanted.slots, wanted.batch.mask / wanted.batch.mask.sum())
    of_acts, acts = _loss(scores.acts, wanted.acts, ACT * wanted.named / max(1.0, float(wanted.named.sum())))
    each = np.full(len(wanted.intents), INTENT / len(wanted.intents), np.float32)
    of_whole, intents = _loss(scores.intents, wanted.intents, each)
    return lost + of_acts + of_whole, _backward(weights, wanted.batch, seen, Scores(slots, acts, intents))


def _loss(scores: Array, wanted: Array, weight: Array) -> tuple[float, Array]:
    """The cross entropy of scores (..., labels) with what is wanted (...), weighted (...), and its slopes."""
    import numpy as np

    likely, labels = shares(scores), wanted[..., None]
    lost = float(-(np.log(np.take_along_axis(likely, labels, -1)[..., 0] + 1e-9) * weight).sum())
    np.put_along_axis(likely, labels, np.take_along_axis(likely, labels, -1) - 1, -1)
    slopes: Array = likely * weight[..., None].astype(np.float32)
    return lost, slopes


def _backward(weights: dict[str, Array], batch: Batch, seen: Seen, heads: Scores) -> dict[str, Any]:
    """The slopes of all weights from those of the heads: `network.forward`, from its end to its beginning."""
    import numpy as np

    mask = batch.mask[..., None]
    kept_inputs, *kept_blocks, kept_whole, kept_words = seen.kept
    slopes: dict[str, Any] = {"intents": seen.whole.T @ heads.intents, "intents_bias": heads.intents.sum(0)}
    for name in ("slots", "acts"):
        of_words = getattr(heads, name)
        slopes |= {name: _products(seen.words, of_words), f"{name}_bias": of_words.sum((0, 1))}
    words = through(heads.slots, weights["slots"].T) + through(heads.acts, weights["acts"].T)
    words, whole = words * kept_words, (heads.intents @ weights["intents"].T) * kept_whole
    hidden = words[..., :HIDDEN].copy()
    mean = words[..., HIDDEN : 2 * HIDDEN].sum(1) + whole[:, HIDDEN:]
    most = words[..., 2 * HIDDEN :].sum(1) + whole[:, :HIDDEN]
    of_most = np.zeros_like(hidden)
    np.put_along_axis(of_most, seen.largest[:, None], most[:, None], 1)
    hidden = (hidden + of_most + (mean / batch.mask.sum(1)[:, None])[:, None]) * mask
    for at in reversed(range(len(DILATIONS))):
        around, looked, said = seen.blocks[at]
        slopes[f"back{at}"], slopes[f"back{at}_bias"] = _products(said, hidden), hidden.sum((0, 1))
        inside = through(hidden, weights[f"back{at}"].T) * kept_blocks[at] * (looked > 0)
        slopes[f"around{at}"], slopes[f"around{at}_bias"] = _products(around, inside), inside.sum((0, 1))
        looked_at, step = through(inside, weights[f"around{at}"].T), DILATIONS[at]
        sides = shift(looked_at[..., :HIDDEN], -step) + shift(looked_at[..., 2 * HIDDEN :], step)
        hidden = (hidden + sides + looked_at[..., HIDDEN : 2 * HIDDEN]) * mask
    summed = hidden * (seen.summed > 0)
    slopes["in"], slopes["in_bias"] = _products(seen.inputs, summed), summed.sum((0, 1))
    inputs = through(summed, weights["in"].T) * kept_inputs * mask
    return slopes | _of_rows(weights, batch, inputs)


def _of_rows(weights: dict[str, Array], batch: Batch, inputs: Array) -> dict[str, Any]:
    """The slopes of the rows that were looked at, and of the speakers."""
    import numpy as np

    speakers = np.zeros_like(weights["speakers"])
    for column in batch.speakers.T:
        np.add.at(speakers, column, inputs.sum(1))
    of_words = (inputs / np.sqrt(batch.counts)[..., None]).reshape(-1, inputs.shape[-1])
    flat, most = batch.rows.reshape(-1), batch.rows.shape[2]
    order = np.argsort(flat, kind="stable")
    met, begins = np.unique(flat[order], return_index=True)
    summed = np.add.reduceat(of_words[order // most], begins, axis=0)
    real = met < ROWS  # the last row fills up, and stays 0
    return {"speakers": speakers, "rows": (met[real], summed[real])}


def _products(left: Array, right: Array) -> Array:
    product: Array = left.reshape(-1, left.shape[-1]).T @ right.reshape(-1, right.shape[-1])
    return product


class _Adam:
    """One step after the other; of the rows only those that a step looked at are moved."""

    def __init__(self, weights: dict[str, Array]) -> None:
        import numpy as np

        self._weights, self.count = weights, 0
        self._means = {name: np.zeros_like(values) for name, values in weights.items()}
        self._squares = {name: np.zeros_like(values) for name, values in weights.items()}

    def take(self, slopes: dict[str, Any], rate: float) -> None:
        import numpy as np

        self.count += 1
        rate *= (1 - _SECOND**self.count) ** 0.5 / (1 - _FIRST**self.count)
        for name, found in slopes.items():
            met, slope = found if isinstance(found, tuple) else (slice(None), found)
            mean = self._means[name][met] = _FIRST * self._means[name][met] + (1 - _FIRST) * slope
            square = self._squares[name][met] = _SECOND * self._squares[name][met] + (1 - _SECOND) * slope * slope
            self._weights[name][met] -= rate * mean / (np.sqrt(square) + 1e-8)

"""How well a model distinguishes the shop's voices or faces: error rates and threshold of its trials. Pure, except the
file.

Rates as in NIST's speaker recognition evaluations: the share of same-person pairs below a threshold (false rejects),
and of different-person pairs at or above it (false accepts).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import msgspec

from edge.core.storage.atomic_write import write_whole
from edge.ordering.recognition.matching import likeness, split_likeness
from edge.ordering.recognition.means import VOICE, Means

OTHER_LEAST = 300
"""Minimum number of pairs of different people. Fewer pairs don't support a rate of 1 %."""
SAME_LEAST = 20
_Z = 1.96
"""The quantile of a 95 % interval (Wilson, 1927)."""
RATE, RARE = 0.01, 0.001
ONE_SPEAKER = 0.05
"""The accepted share of single speakers mistaken for two."""
_FORM = 1

Rows = Sequence[Sequence[float]]
"""The vectors of an utterance, or the single vector of a picture.

An utterance's first vector is of the whole, the others of its parts (`models.kinds.VoiceFound`).
"""


class VoiceTrials(msgspec.Struct, frozen=True):
    """The result of testing a `model`.

    `same` and `other`: the numbers of pairs of the same person and of different people. Rates are fractions: the
    `equal` error rate; false rejects at 1 % false accepts (`rejects`, 95 % interval from `low` to `high`) and at 0.1 %
    (`rejects_rare`; None: fewer than 1,000 pairs). `threshold`: the threshold at 1 %. `one_speaker`: the minimum
    similarity of the halves of an utterance by a single speaker.
    """

    model: str
    speakers: int
    utterances: int
    same: int
    other: int
    equal: float
    threshold: float
    rejects: float
    low: float
    high: float
    rejects_rare: float | None
    one_speaker: float
    form: int = _FORM

    @property
    def is_measured(self) -> bool:
        """Whether there were enough pairs."""
        return self.other >= OTHER_LEAST and self.same >= SAME_LEAST


def rows_of(shape: tuple[int, ...], data: memoryview) -> Rows:
    """Convert an utterance's vectors from float32 in C order to plain numbers."""
    count, width = shape
    flat = data.cast("B").cast("f").tolist()
    return tuple(tuple(flat[row * width : (row + 1) * width]) for row in range(count))


def try_model(model: str, speakers: Sequence[Sequence[Rows]]) -> VoiceTrials:
    """Measure a model on several people's utterances.

    Raises `ValueError` for fewer than two people, or if none has two utterances.
    """
    same = sorted(likeness(a[0], b[0]) for one in speakers for a, b in combinations(one, 2))
    other = sorted(likeness(a[0], b[0]) for one, more in combinations(speakers, 2) for a in one for b in more)
    if not same or not other:
        raise ValueError("at least two people are needed, one of them with two utterances")
    halves = sorted(split_likeness(utterance) for one in speakers for utterance in one)
    threshold = threshold_at(other, RATE)
    rejects = _below(same, threshold)
    low, high = wilson(rejects, len(same))
    rare = _below(same, threshold_at(other, RARE)) if len(other) >= 1 / RARE else None
    return VoiceTrials(
        *(model, len(speakers), sum(map(len, speakers)), len(same), len(other), equal_rate(same, other)),
        *(threshold, rejects, low, high, rare, halves[int(len(halves) * ONE_SPEAKER)]),
    )


def threshold_at(other: Sequence[float], rate: float) -> float:
    """The threshold that at most a share of `rate` of these sorted values reaches."""
    most = int(len(other) * rate)
    return min(1.0, other[len(other) - 1 - most] + 1e-6)


def equal_rate(same: Sequence[float], other: Sequence[float]) -> float:
    """The equal error rate. Both lists must be sorted."""
    best = min(((abs(_below(same, at) - _not_below(other, at)), at) for at in (*same, *other)), default=(0.0, 0.0))[1]
    return (_below(same, best) + _not_below(other, best)) / 2


def wilson(share: float, count: int) -> tuple[float, float]:
    """The 95 % confidence interval of a share with this many observations."""
    spread = _Z * ((share * (1 - share) + _Z * _Z / (4 * count)) / count) ** 0.5
    middle, whole = share + _Z * _Z / (2 * count), 1 + _Z * _Z / count
    return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)


def keep(folder: Path, trials: VoiceTrials, means: Means = VOICE) -> Path:
    """Write the trials to a file next to the ledger. Raises `OSError`."""
    path = folder / means.trials_file
    write_whole(path, msgspec.json.format(msgspec.json.encode(trials), indent=1) + b"\n")
    return path


def read(folder: Path, means: Means = VOICE) -> VoiceTrials | None:
    """Read the last trials; None if the file is missing or unreadable."""
    try:
        found = msgspec.json.decode((folder / means.trials_file).read_bytes(), type=VoiceTrials)
    except (OSError, msgspec.MsgspecError):
        return None
    return found if found.form == _FORM and found.is_measured else None


def _below(scores: Sequence[float], at: float) -> float:
    return sum(score < at for score in scores) / len(scores)


def _not_below(scores: Sequence[float], at: float) -> float:
    return sum(score >= at for score in scores) / len(scores)

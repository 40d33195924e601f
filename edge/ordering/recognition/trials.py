"""How well a model tells the voices, or the faces, of a shop apart, by trials of the shop's own: error rates, and the
threshold. Pure, but for the file that keeps them.

Rates as NIST counts them in its speaker recognition evaluations: of pairs of one person's utterances how many fall
below a threshold (false rejects), of pairs of two people's how many do not (false accepts).
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
"""Pairs of two people's voices; with fewer nothing is known of 1 %."""
SAME_LEAST = 20
_Z = 1.96
"""Of a normal distribution, 95 % within (Wilson, 1927)."""
RATE, RARE = 0.01, 0.001
ONE_SPEAKER = 0.05
"""So many who speak alone are held for two."""
_FORM = 1

Rows = Sequence[Sequence[float]]
"""An utterance: the vector of all of it, then of each part (`models.kinds.VoiceFound`); a picture: its vector alone."""


class VoiceTrials(msgspec.Struct, frozen=True):
    """`model`: which was tried; pairs of the `same` person and of `other` ones; shares of 1: the `equal` error rate,
    and false rejects where 1 % (`rejects`, 95 % between `low` and `high`) and 0.1 % are accepted falsely
    (`rejects_rare` None: fewer than 1,000 pairs cannot say). `threshold`: that of 1 %; `one_speaker`: how like the two
    halves of an utterance are at least, where one person said it."""

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
        """Whether there were enough to say something."""
        return self.other >= OTHER_LEAST and self.same >= SAME_LEAST


def rows_of(shape: tuple[int, ...], data: memoryview) -> Rows:
    """An utterance's vectors as plain numbers: of float32 in C order."""
    count, width = shape
    flat = data.cast("B").cast("f").tolist()
    return tuple(tuple(flat[row * width : (row + 1) * width]) for row in range(count))


def try_model(model: str, speakers: Sequence[Sequence[Rows]]) -> VoiceTrials:
    """What so many people's utterances say of a model. `ValueError`: no two people, or nobody said two things."""
    same = sorted(likeness(a[0], b[0]) for one in speakers for a, b in combinations(one, 2))
    other = sorted(likeness(a[0], b[0]) for one, more in combinations(speakers, 2) for a in one for b in more)
    if not same or not other:
        raise ValueError("two people at least, with two utterances each")
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
    """Above what at most a share of `rate` of these (sorted) lies: one that equals the next of them is below it."""
    most = int(len(other) * rate)
    return min(1.0, other[len(other) - 1 - most] + 1e-6)


def equal_rate(same: Sequence[float], other: Sequence[float]) -> float:
    """Where as many are rejected as accepted falsely; both sorted."""
    best = min(((abs(_below(same, at) - _not_below(other, at)), at) for at in (*same, *other)), default=(0.0, 0.0))[1]
    return (_below(same, best) + _not_below(other, best)) / 2


def wilson(share: float, count: int) -> tuple[float, float]:
    """Between what a share that was counted so often really lies, with 95 %."""
    spread = _Z * ((share * (1 - share) + _Z * _Z / (4 * count)) / count) ** 0.5
    middle, whole = share + _Z * _Z / (2 * count), 1 + _Z * _Z / count
    return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)


def keep(folder: Path, trials: VoiceTrials, means: Means = VOICE) -> Path:
    """Write them down beside the ledger. `OSError`."""
    path = folder / means.trials_file
    write_whole(path, msgspec.json.format(msgspec.json.encode(trials), indent=1) + b"\n")
    return path


def read(folder: Path, means: Means = VOICE) -> VoiceTrials | None:
    """The last ones; None: there are none, or nothing can be read."""
    try:
        found = msgspec.json.decode((folder / means.trials_file).read_bytes(), type=VoiceTrials)
    except (OSError, msgspec.MsgspecError):
        return None
    return found if found.form == _FORM and found.is_measured else None


def _below(scores: Sequence[float], at: float) -> float:
    return sum(score < at for score in scores) / len(scores)


def _not_below(scores: Sequence[float], at: float) -> float:
    return sum(score >= at for score in scores) / len(scores)

"""Metrics of each model, as plain numbers."""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper bounds of the latency histogram; the last bucket is unbounded."""

WORK: Mapping[str, tuple[str, Callable[[Any], float]]] = {
    "llm": ("tokens", lambda reply: reply.tokens),
    "stt": ("sound_s", lambda reply: reply.sound_ms / 1000),
    "tts": ("sound_s", lambda reply: reply.sound_ms / 1000),
    "vad": ("sound_s", lambda reply: reply.sound_ms / 1000),
    "wake": ("sound_s", lambda reply: reply.sound_ms / 1000),
    "embed_voice": ("sound_s", lambda reply: reply.sound_ms / 1000),
    "detect": ("pictures", lambda reply: len(reply.boxes)),
    "classify": ("pictures", lambda reply: len(reply.labels)),
    "embed_face": ("pictures", lambda reply: 1),
    "embed_image": ("pictures", lambda reply: reply.values.shape[0]),
    "ocr": ("pictures", lambda reply: 1),
    "embed": ("texts", lambda reply: reply.values.shape[0]),
}
"""The unit of work by kind, and the amount in a reply."""

NO_FAULTS = frozenset({"answered", "refused", "cancelled", "stopped"})
"""Ends of requests that aren't faults of the model or box, but intended or caused by the caller."""


class Figures(msgspec.Struct, frozen=True):
    """A model's current state, and its totals since the start.

    `work` of `unit` took `busy_s`: their quotient is tokens per second, or the inverse of the real-time factor. `ended`
    counts requests by "answered" or error code, `restarts` unexpectedly ended workers; `latency` counts answers up to
    each of BUCKETS_S, and longer.
    """

    model: str
    kind: str
    state: str
    waiting: int
    running: int
    memory_mb: float
    ended: dict[str, int]
    restarts: int
    unit: str
    work: float
    busy_s: float
    latency: tuple[int, ...]
    latency_s: float

    @property
    def failures(self) -> int:
        """Number of requests that failed because of a fault."""
        return sum(count for how, count in self.ended.items() if how not in NO_FAULTS)

    @property
    def a_second(self) -> float:
        """Work per second of busy time; 0 before any."""
        return self.work / self.busy_s if self.busy_s else 0.0


class Tally:
    """Counters of one model."""

    def __init__(self, kind: str) -> None:
        self.unit, self._amount = WORK[kind]
        self.ended: Counter[str] = Counter()
        self.work = 0.0
        self.busy_s = 0.0
        self.latency = [0] * (len(BUCKETS_S) + 1)
        self.latency_s = 0.0

    def count_reply(self, reply: object, took_s: float, worked_s: float) -> None:
        """Count a reply, with its latency and the engine's working time."""
        self.ended["answered"] += 1
        self.work += self._amount(reply)
        self.busy_s += worked_s
        self.latency[bisect.bisect_left(BUCKETS_S, took_s)] += 1
        self.latency_s += took_s

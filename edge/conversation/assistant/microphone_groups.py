"""Groups of microphones within hearing of each other: one listens, and a sentence is carried out once.

A microphone that hears the wake word claims it. Claims of a group are collected briefly; the best signal-to-noise ratio
wins, and the others stay dark. Push-to-talk has no claims: the same command from another microphone of the group within
seconds is shown for confirmation instead.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Hashable
from typing import NamedTuple, Protocol
from weakref import WeakKeyDictionary

CLAIM_S = 0.15
LATE_S = 1.0
"""Seconds after a round closes for which a claim still belongs to it, and loses. A later one begins a new round."""
EQUAL_S = 5.0
HEARD_MOST = 64
LOUD_FRAMES, QUIET_FRAMES = 40, 250
"""Frames of 40 ms: the longest span of words, and how far back background noise is measured."""


class Ear(Protocol):
    """A microphone of the shop."""

    def listen(self) -> bool:
        """Start listening, by a button instead of the wake word. False if the microphone can't now."""


class _Round(NamedTuple):
    """The claims on one utterance of the wake word."""

    claims: list[tuple[float, str]]
    closes_s: float


class _Said(NamedTuple):
    """A command heard: its meaning, microphone and time."""

    group: str
    means: Hashable
    by: str
    at_s: float


class Ears:
    """The microphones of a shop."""

    def __init__(self) -> None:
        self.at: dict[str, Ear] = {}
        """The microphones by register."""
        self.names: dict[str, str] = {}
        """Names people use for a microphone's location."""
        self._rounds: dict[str, _Round] = {}
        self._said: deque[_Said] = deque(maxlen=HEARD_MOST)

    async def claim(self, group: str, name: str, quality: float) -> bool:
        """Whether this microphone wins its group's round. `quality`: signal-to-noise ratio."""
        now_s = time.monotonic()
        found = self._rounds.get(group)
        if found is None or now_s > found.closes_s + LATE_S:
            found = self._rounds[group] = _Round([], now_s + CLAIM_S)
        elif now_s >= found.closes_s:
            return False
        mine = (quality, name)
        found.claims.append(mine)
        await asyncio.sleep(max(0.0, found.closes_s - now_s))
        return max(found.claims) == mine

    def register_command(self, group: str, name: str, means: Hashable) -> str:
        """Register a command. Returns another microphone of the group that just heard the same one, or ""."""
        now_s = time.monotonic()
        for one in self._said:
            if (one.group, one.means) == (group, means) and one.by != name and now_s - one.at_s <= EQUAL_S:
                return one.by
        self._said.append(_Said(group, means, name, now_s))
        return ""


class SignalToNoise:
    """Signal-to-noise ratio of the latest speech at a microphone."""

    def __init__(self) -> None:
        self._loud: deque[float] = deque(maxlen=LOUD_FRAMES)
        self._all: deque[float] = deque(maxlen=QUIET_FRAMES)

    def feed(self, frame: bytes) -> None:
        """Add a frame of 16-bit samples."""
        samples = memoryview(frame).cast("h")[::4]
        level = sum(map(abs, samples)) / max(1, len(samples))
        self._loud.append(level)
        self._all.append(level)

    @property
    def ratio(self) -> float:
        """Return the ratio of the loudest tenth of the last words to the quietest background noise."""
        if not self._all:
            return 0.0
        loud, quiet = sorted(self._loud)[-max(1, len(self._loud) // 10) :], sorted(self._all)[len(self._all) // 10]
        return sum(loud) / len(loud) / max(1.0, quiet)


_of: WeakKeyDictionary[object, Ears] = WeakKeyDictionary()


def ears_of(site: object) -> Ears:
    """Return the microphones of a shop's panel."""
    found = _of.get(site)
    if found is None:
        found = _of[site] = Ears()
    return found

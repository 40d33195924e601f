"""One sentence of somebody's while it is spoken, and one of ours while it is said."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.kinds import Heard, Transcribed
    from models.runtime.pending_reply import PendingReply

LATE_S = 2.0
"""A sentence of which a piece came that late is not acted on."""


class Utterance:
    """One sentence while it is spoken, and what was understood of it. `before`: the one that this is the tail of, which
    is then `joined` to it and not taken by itself."""

    def __init__(self, reply: PendingReply[Heard, Transcribed], rate_hz: int, language: str) -> None:
        self.reply, self.rate_hz, self.language = reply, rate_hz, language
        self.samples = bytearray()
        self.late = False
        self.began_s = time.monotonic()
        self.before: Utterance | None = None
        self.joined = self.taken = False
        self.text, self.sure = "", 1.0
        self._fed_s = time.monotonic()

    @property
    def ms(self) -> int:
        return len(self.samples) * 500 // self.rate_hz

    def feed(self, frame: bytes) -> None:
        now = time.monotonic()
        self.late = self.late or now - self._fed_s > LATE_S
        self._fed_s = now
        self.samples += frame
        self.reply.feed(frame)


class Playing:
    """What is said aloud, and how far that came: whoever is interrupted goes on at the sentence they were in."""

    def __init__(
        self, lines: tuple[str, ...] = (), language: str = "", voice: str = "", speed: float = 1.0, gain: float = 1.0
    ) -> None:
        self._lines, self.language, self.voice, self.speed, self.gain = lines, language, voice, speed, gain
        self._ends: dict[str, float] = {}
        self._heard: set[str] = set()
        self.until_s = 0.0
        self.whole_s = math.inf
        """When all of it had been heard, by the clock that does not jump."""

    @property
    def text(self) -> str:
        """All of it."""
        return " ".join(self._lines)

    @property
    def left(self) -> tuple[str, ...]:
        """The sentences that nobody heard to their end."""
        return tuple(line for line in self._lines if line not in self._heard)

    def add(self, line: str, seconds: float) -> None:
        """A piece of a sentence plays behind those before."""
        self.until_s = self._ends[line] = max(self.until_s, time.monotonic()) + seconds

    def cut(self) -> None:
        """It was stopped now."""
        now_s, self.until_s = time.monotonic(), 0.0
        self._heard |= {line for line, end_s in self._ends.items() if end_s <= now_s}
        self._ends.clear()

    def finish(self) -> None:
        """It was heard to its end."""
        self._heard.update(self._lines)

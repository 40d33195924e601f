"""One sentence being heard, and one being spoken."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.kinds import Heard, Transcribed
    from models.runtime.pending_reply import PendingReply

LATE_S = 2.0
"""A sentence with a piece this many seconds late is ignored."""


class Utterance:
    """A sentence being recognised.

    `before`: the sentence that it may be the end of; if `joined`, it isn't handled separately.
    """

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
    """Speech in progress; after an interruption it continues at the current sentence."""

    def __init__(
        self, lines: tuple[str, ...] = (), language: str = "", voice: str = "", speed: float = 1.0, gain: float = 1.0
    ) -> None:
        self._lines, self.language, self.voice, self.speed, self.gain = lines, language, voice, speed, gain
        self._ends: dict[str, float] = {}
        self._heard: set[str] = set()
        self.until_s = 0.0
        self.whole_s = math.inf
        """The time at which all of it had been heard, on the monotonic clock."""

    @property
    def text(self) -> str:
        """The whole text."""
        return " ".join(self._lines)

    @property
    def unheard_lines(self) -> tuple[str, ...]:
        """The sentences not yet heard to the end."""
        return tuple(line for line in self._lines if line not in self._heard)

    def add(self, line: str, seconds: float) -> None:
        """Queue a piece of a sentence."""
        self.until_s = self._ends[line] = max(self.until_s, time.monotonic()) + seconds

    def cut(self) -> None:
        """Stop now; sentences that have ended count as heard."""
        now_s, self.until_s = time.monotonic(), 0.0
        self._heard |= {line for line, end_s in self._ends.items() if end_s <= now_s}
        self._ends.clear()

    def finish(self) -> None:
        """Mark it as heard to the end."""
        self._heard.update(self._lines)

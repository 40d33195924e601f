"""Turn speech probabilities into stretches of speech. Pure."""

from __future__ import annotations

from models.kinds import Speech

_LOWER = 0.15
"""Speech continues down to this much below its starting threshold (as in Silero's example)."""


class Spans:
    """Takes one probability after another, each for `frame_ms` of sound.

    Speech starts once `onset_ms` are above the threshold, and ends after `pause_ms` of silence, or after `longest_ms`,
    when a new one starts. `before_ms` are added in front for soft onsets.
    """

    def __init__(
        self, frame_ms: int, threshold: float, pause_ms: int, onset_ms: int, longest_ms: int, before_ms: int
    ) -> None:
        self._frame_ms = frame_ms
        self._threshold = threshold
        self._pause_ms = pause_ms
        self._onset_ms = onset_ms
        self._longest_ms = longest_ms
        self._before_ms = before_ms
        self._at_ms = self._loud_ms = self._last_ms = self._free_ms = 0
        self._from_ms: int | None = None
        self.spans_ms: list[tuple[int, int]] = []

    def take(self, likely: float) -> Speech | None:
        """Add the next frame's probability of speech; return the start or end of speech if it happened now."""
        self._at_ms += self._frame_ms
        if self._from_ms is None:
            return self._silent(likely)
        if likely >= max(self._threshold - _LOWER, 0.01):
            self._last_ms = self._at_ms
        if self._at_ms - self._last_ms >= max(self._pause_ms, self._frame_ms):
            return self._close(self._last_ms)
        if self._at_ms - self._from_ms >= self._longest_ms:
            return self._close(self._at_ms)
        return None

    def end(self) -> Speech | None:
        """Handle the end of the sound."""
        return None if self._from_ms is None else self._close(self._last_ms)

    def _silent(self, likely: float) -> Speech | None:
        self._loud_ms = self._loud_ms + self._frame_ms if likely >= self._threshold else 0
        if self._loud_ms < max(self._onset_ms, self._frame_ms):
            return None
        self._from_ms = max(self._free_ms, self._at_ms - self._loud_ms - self._before_ms)
        self._last_ms = self._at_ms
        return Speech(True, self._from_ms)

    def _close(self, at_ms: int) -> Speech:
        assert self._from_ms is not None
        self.spans_ms.append((self._from_ms, at_ms))
        self._from_ms, self._loud_ms, self._free_ms = None, 0, at_ms
        return Speech(False, at_ms)

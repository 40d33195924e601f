"""From how likely each moment is speech to stretches of it. Pure."""

from __future__ import annotations

from models.kinds import Speech

_LOWER = 0.15
"""Speech goes on down to this much below the threshold at which it begins (as Silero's own example has it)."""


class Spans:
    """Given one likelihood after another, each for `frame_ms` of sound.

    Speech begins once `onset_ms` are above the threshold, and ends when `pause_ms` are silent, or after `longest_ms`:
    whoever goes on then begins anew. `before_ms` are added in front, where the first sound is soft.
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
        """What changed with this moment."""
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
        """Nothing comes any more."""
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

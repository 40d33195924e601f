"""The appliance's clocks: a wall clock that jumps or starts in 1970, a monotonic one that a reboot sets to nought."""

from __future__ import annotations

from collections.abc import Callable

from edge.core.clock import ClockReading

OPENED_US = 1_800_000_000_000_000
"""January 2027, when the run begins."""


class SimClock:
    """Follows the loop's time, with the error that it was given."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._error_us = 0
        self._booted = 0.0
        self._boots = 0
        self.boot()

    def read(self) -> ClockReading:
        now = self._now()
        mono_us = int((now - self._booted) * 1e6) + 1_000_000
        return ClockReading(max(0, self.true_us() + self._error_us), mono_us, self._boots.to_bytes(16, "big"))

    def true_us(self) -> int:
        return OPENED_US + int(self._now() * 1e6)

    def boot(self) -> None:
        """The machine starts (not only the process)."""
        self._boots += 1
        self._booted = self._now()

    def jump(self, seconds: float) -> None:
        self._error_us += int(seconds * 1e6)

    def forget(self) -> None:
        """A flat battery: 1970."""
        self._error_us = -self.true_us()

    def correct(self) -> None:
        """NTP has set it."""
        self._error_us = 0

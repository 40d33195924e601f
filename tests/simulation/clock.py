"""The appliance's clocks: a wall clock that jumps or starts in 1970, and a monotonic clock that a reboot resets to
zero.
"""

from __future__ import annotations

from collections.abc import Callable

from edge.core.clock import ClockReading

OPENED_US = 1_800_000_000_000_000
"""The start of a run, in January 2027."""


class SimClock:
    """A clock that follows the event loop's time, plus a settable error."""

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
        """Start the machine, not only the process."""
        self._boots += 1
        self._booted = self._now()

    def jump(self, seconds: float) -> None:
        self._error_us += int(seconds * 1e6)

    def forget(self) -> None:
        """Reset the wall clock to 1970, like a flat battery."""
        self._error_us = -self.true_us()

    def correct(self) -> None:
        """Correct the wall clock, as NTP does."""
        self._error_us = 0

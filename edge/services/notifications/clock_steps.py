"""By how much the wall clock was set: what the outbox waits for is true time, never the clock's."""

from __future__ import annotations

from edge.core.clock import BACKWARDS_US, Clock


class ClockSteps:
    """Compares the wall clock with the monotonic one. `newest_us`: when something was kept last, before this start: a
    clock that is behind that was set back meanwhile."""

    def __init__(self, clock: Clock, newest_us: int) -> None:
        self._clock = clock
        now = clock.read()
        self._lead_us = max(now.at_us, newest_us) - now.mono_us

    def take_us(self) -> int:
        """By how much it was set since this was asked last, in microseconds (less than 0: back); what the network
        corrects while it keeps the time is none."""
        now = self._clock.read()
        before_us, self._lead_us = self._lead_us, now.at_us - now.mono_us
        by_us = self._lead_us - before_us
        return by_us if abs(by_us) > BACKWARDS_US else 0

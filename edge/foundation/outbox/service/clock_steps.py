"""Clock change detection: outbox delays are real time, not clock time."""

from __future__ import annotations

from edge.core.clock import BACKWARDS_US, Clock
from edge.core.command_bus import CommandBus
from edge.foundation.outbox.messages import ClockStep


def ages(shop: CommandBus) -> bool:
    """Whether messages age. They don't while the clock is distrusted, for example if it is far ahead at start."""
    return shop.doubt_of_clock is None


class ClockSteps:
    """Compares the wall clock with the monotonic one from creation on. Earlier changes can't be detected."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        now = clock.read()
        self._began_mono_us = now.mono_us
        self._lead_us = now.at_us - now.mono_us

    def take(self) -> ClockStep | None:
        """Return the step of the clock since the last call, not counting NTP's gradual correction."""
        now = self._clock.read()
        before_us, self._lead_us = self._lead_us, now.at_us - now.mono_us
        by_us = self._lead_us - before_us
        if abs(by_us) <= BACKWARDS_US:
            return None
        return ClockStep(by_us, self._began_mono_us + before_us, now.mono_us + before_us)

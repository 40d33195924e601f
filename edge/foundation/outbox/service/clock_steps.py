"""By how much the wall clock was set: what the outbox waits for is true time, never the clock's."""

from __future__ import annotations

from edge.core.clock import BACKWARDS_US, Clock
from edge.core.command_bus import CommandBus
from edge.foundation.outbox.messages import ClockStep


def ages(shop: CommandBus) -> bool:
    """Whether what waits ages: by a clock that is doubted, such as one that is far ahead at a start, no life ends."""
    return shop.doubt_of_clock is None


class ClockSteps:
    """Compares the wall clock with the monotonic one, from when it is made on: by what clock earlier starts kept their
    moments nobody knows, so they are no part of any step."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        now = clock.read()
        self._began_mono_us = now.mono_us
        self._lead_us = now.at_us - now.mono_us

    def take(self) -> ClockStep | None:
        """How it was set since this was asked last; what the network corrects while it keeps the time is none."""
        now = self._clock.read()
        before_us, self._lead_us = self._lead_us, now.at_us - now.mono_us
        by_us = self._lead_us - before_us
        if abs(by_us) <= BACKWARDS_US:
            return None
        return ClockStep(by_us, self._began_mono_us + before_us, now.mono_us + before_us)

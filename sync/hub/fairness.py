"""Fair sharing of a worker among sending devices: the rows each may have in transit, and pauses. Pure.

A device with much to send (after an outage, or a flood) is paused if others send little, so that these usually find the
worker free. The clock is passed in.
"""

from __future__ import annotations

from collections.abc import Callable

from sync import limits
from sync.hub.model import Key


class Pacing:
    """See the module. `now` returns seconds, from any origin."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._little: dict[Key, float] = {}  # when each device last sent, the most recent last
        self._much: dict[Key, float] = {}  # the same for devices that send in bulk; no device is in both
        self._held_bytes = 0
        self.above: frozenset[str] = frozenset()
        """Tenants over today's row limit: their rows are accepted with a pause after each message."""

    def hear(self, key: Key) -> None:
        """Note a message of this device."""
        if key not in self._lately(self._much):
            self._note(self._little, key)

    def credit(self) -> int:
        """The number of rows a device may have in transit; fewer when many have sent recently."""
        share = limits.CREDIT_SHARED_ROWS // max(1, len(self._lately(self._little)) + len(self._lately(self._much)))
        return max(limits.CREDIT_LEAST_ROWS, min(limits.CREDIT_ROWS, share))

    def rest(self, key: Key, took_s: float, rows: int) -> float:
        """Seconds to pause a device after its `rows` took this long, so that others find the worker free."""
        if rows and key.tenant in self.above:
            return limits.PACE_MAX_S
        if rows < limits.BULK_ROWS:
            return 0.0
        self._little.pop(key, None)
        self._note(self._much, key)
        little, much = len(self._lately(self._little)), len(self._lately(self._much))
        return min(limits.PACE_MAX_S, took_s * min(limits.PACE, little / much))

    def hold(self, size: int) -> bool:
        """Whether there is room for a message of this size from a device with many in transit.

        If so, `release` it later.
        """
        if self._held_bytes + size > limits.HUB_HELD_BYTES:
            return False
        self._held_bytes += size
        return True

    def release(self, size: int) -> None:
        """Release the room of a message that was processed."""
        self._held_bytes -= size

    def _note(self, heard: dict[Key, float], key: Key) -> None:
        heard.pop(key, None)
        heard[key] = self._now()

    def _lately(self, heard: dict[Key, float]) -> dict[Key, float]:
        """Return the devices heard recently, and forget older ones."""
        long_ago = self._now() - limits.RECENT_S
        while heard and next(iter(heard.values())) < long_ago:
            del heard[next(iter(heard))]
        return heard

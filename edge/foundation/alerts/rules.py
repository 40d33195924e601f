"""Rules of alerts: severities, causes, delays. Pure; times are UTC microseconds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from edge.core.registry import Severity
from edge.foundation.alerts.events import SEVERITIES

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US

SAID = "message"
"""The kind of what somebody said: no fact ends it."""
CRITICAL_ONCE: Mapping[str, str] = {"stock_critical": "stock_low"}
"""Kinds of older versions by the kind whose critical side they are now. Their alerts go on as that one, so that nobody
is told at an upgrade; what people chose for them holds there."""
QUIET_US = 5 * MINUTE_US
"""What was open for less than this ends only once it was gone for as long; a return before is the same alert."""
REPEAT_US = 5 * MINUTE_US
"""So often at most a change of its values alone is a fact."""
CAUSE_WAIT_US = 30 * SECOND_US
"""So long a kind that may have a cause waits before it is told of: the cause may only be noticed after it."""
AFTER_CAUSE_US = 5 * MINUTE_US
"""So long behind its cause's end a consequence must still hold to be told of as its own."""
MINDED_US: Mapping[str, int] = {"critical": HOUR_US, "high": 8 * HOUR_US}
"""How long an acknowledgement lasts by severity; any other a day."""


class Open(Protocol):
    """The alert data that these rules use."""

    @property
    def kind(self) -> str: ...
    @property
    def severity(self) -> str: ...
    @property
    def causes(self) -> tuple[str, ...]: ...


def rank(severity: str) -> int:
    """Rank of a severity: 4 is critical, 0 is info."""
    return len(SEVERITIES) - 1 - SEVERITIES.index(severity)


def graver(one: str, other: str) -> bool:
    """Whether `one` is more severe than `other`."""
    return rank(one) > rank(other)


def gravest(severities: Iterable[str]) -> str:
    """Most severe of these; `info` if empty."""
    return max(severities, key=rank, default="info")


def held_by(alert: Open, all_open: Iterable[Open]) -> str:
    """Kind of the open alert that suppresses this one; "" if none. Acknowledged and suppressed causes count; a more
    severe alert is never suppressed."""
    found = [one for one in all_open if one.kind in alert.causes]
    return next((one.kind for one in found if not graver(alert.severity, one.severity)), "")


def wait_us(alert: Open) -> int:
    """Delay of the first notification."""
    return CAUSE_WAIT_US if alert.causes and alert.severity != "critical" else 0


def minded_us(severity: str) -> int:
    """Default duration of an acknowledgement."""
    return MINDED_US.get(severity, DAY_US)


def over(first_us: int, gone_since_us: int, now_us: int) -> bool:
    """Whether an alert has ended, given when its condition ended."""
    return gone_since_us - first_us >= QUIET_US or now_us - gone_since_us >= QUIET_US


def severity_of(text: str, default: Severity) -> Severity:
    """Parse a severity, with a default."""
    return next((one for one in SEVERITIES if one == text), default)

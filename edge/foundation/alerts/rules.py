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
"""Kind of alerts sent by people, which only they can close."""
CRITICAL_ONCE: Mapping[str, str] = {"stock_critical": "stock_low"}
"""Kinds of older versions, with the kind whose critical severity replaced them. Their alerts continue as that kind, so
that an upgrade sends no notifications; users' settings for the old kinds still apply."""
QUIET_US = 5 * MINUTE_US
"""An alert that is open for less than this resolves only after being absent for as long. If it returns earlier, it is
the same alert."""
REPEAT_US = 5 * MINUTE_US
"""The shortest time between two events if only values changed."""
CAUSE_WAIT_US = 30 * SECOND_US
"""Time to wait before a notification of a kind that may have a cause, because the cause may be detected later."""
AFTER_CAUSE_US = 5 * MINUTE_US
"""How long a consequence must persist after its cause has ended, before it becomes a separate alert."""
MINDED_US: Mapping[str, int] = {"critical": HOUR_US, "high": 8 * HOUR_US}
"""Duration of an acknowledgement by severity; a day for all others."""


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
    """Return the most severe of these; `info` if empty."""
    return max(severities, key=rank, default="info")


def suppressing_kind(alert: Open, all_open: Iterable[Open]) -> str:
    """Return the kind of the open alert that suppresses this one; "" if none. Acknowledged and suppressed causes count.
    A more severe alert is never suppressed."""
    found = [one for one in all_open if one.kind in alert.causes]
    return next((one.kind for one in found if not graver(alert.severity, one.severity)), "")


def wait_us(alert: Open) -> int:
    """Delay of the first notification."""
    return CAUSE_WAIT_US if alert.causes and alert.severity != "critical" else 0


def minded_us(severity: str) -> int:
    """Default duration of an acknowledgement."""
    return MINDED_US.get(severity, DAY_US)


def over(first_us: int, gone_since_us: int, now_us: int) -> bool:
    """Whether an alert has ended, given the time when its condition ended."""
    return gone_since_us - first_us >= QUIET_US or now_us - gone_since_us >= QUIET_US


def severity_of(text: str, default: Severity) -> Severity:
    """Parse a severity, with a default."""
    return next((one for one in SEVERITIES if one == text), default)

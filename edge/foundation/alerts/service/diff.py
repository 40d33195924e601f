"""Compares current conditions with open alerts, and returns those to raise, repeat or end. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from edge.core.registry import Condition, Severity, Watch
from edge.foundation.alerts.commands import RaiseAlert, ResolveAlert
from edge.foundation.alerts.queries import Alert
from edge.foundation.alerts.rules import REPEAT_US, graver, over, severity_of

Gone = dict[tuple[str, str], int]
"""Keys of open alerts whose condition has ended, and when it ended."""


class Changes(msgspec.Struct, frozen=True):
    """Commands to send, and conditions that ended recently."""

    commands: tuple[RaiseAlert | ResolveAlert, ...]
    gone: Gone


def changes(
    watch: Watch, now_true: Iterable[Condition], is_open: Mapping[str, Alert], gone: Gone, now_us: int
) -> Changes:
    """Return the changes for one watch. `is_open` is by subject, `gone` from the last call. Without news, there are no
    commands."""
    kind = watch.kind
    conditions = list(now_true)
    found = {condition.subject: condition for condition in conditions if not condition.lingers}
    lingering = {one.subject: one for one in conditions if one.lingers and (kind, one.subject) not in gone}
    commands: list[RaiseAlert | ResolveAlert] = []
    for subject, condition in found.items():
        known = is_open.get(subject)
        wanted = severity_of(condition.severity, watch.severity)
        if known is not None and known.severity == condition.stays:
            wanted = known.severity
        back = (kind, subject) in gone
        if known is None or back or _differs(known, wanted, condition, now_us):
            again = back and known is not None
            commands.append(
                RaiseAlert(kind, subject, wanted, dict(condition.values), condition.cause_seq, watch.causes, again)
            )
    still = {}
    for subject, alert in is_open.items():
        if subject in found:
            continue
        if subject in lingering:
            most = severity_of(lingering[subject].severity, alert.severity)
            if graver(alert.severity, most):
                commands.append(RaiseAlert(kind, subject, most, alert.values, alert.cause_seq, watch.causes))
            continue
        since = min(gone.get((kind, subject), now_us), now_us)  # if the clock was set back, the period starts again
        if over(alert.first_us, since, now_us):
            commands.append(ResolveAlert(alert.id))
        else:
            still[kind, subject] = since
    return Changes(tuple(commands), still)


def _differs(known: Alert, severity: Severity, condition: Condition, now_us: int) -> bool:
    if known.severity != severity:
        return True
    return known.values != dict(condition.values) and abs(now_us - known.last_us) >= REPEAT_US

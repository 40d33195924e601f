"""What can have happened at the time clock."""

from __future__ import annotations

from typing import Literal

import msgspec

from edge.core.messages import Event, Remark

Step = Literal["in", "out", "break", "back"]


class WorkSpan(msgspec.Struct, frozen=True):
    """From when through when somebody worked, with breaks of `break_us` in it; UTC microseconds."""

    begins_us: int
    ends_us: int
    break_us: int


class ClockStamped(Event, frozen=True):
    """A person (a user's id) began or ended work, or a break in it."""

    person: str
    step: Step


class WorkCorrected(Event, frozen=True):
    """What a person worked on a day of business is these spans, whatever was stamped."""

    remarks = ("reason",)

    person: str
    day: str
    spans: tuple[WorkSpan, ...]
    reason: Remark


EVENTS: tuple[type[Event], ...] = (ClockStamped, WorkCorrected)

"""Events of the time clock."""

from __future__ import annotations

from typing import Literal

import msgspec

from edge.core.messages import Event, Remark

Step = Literal["in", "out", "break", "back"]


class WorkSpan(msgspec.Struct, frozen=True):
    """The beginning and end of a span of work, with its breaks; UTC microseconds."""

    begins_us: int
    ends_us: int
    break_us: int


class ClockStamped(Event, frozen=True):
    """A person (a user's id) clocked in or out, or started or ended a break."""

    person: str
    step: Step


class WorkCorrected(Event, frozen=True):
    """A person's spans on a business day were replaced, including stamped ones."""

    remarks = ("reason",)

    person: str
    day: str
    spans: tuple[WorkSpan, ...]
    reason: Remark


EVENTS: tuple[type[Event], ...] = (ClockStamped, WorkCorrected)

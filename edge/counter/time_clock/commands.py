"""Commands of the time clock."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import REMARK, Command, Moment, Number
from edge.counter.time_clock.events import Step

UserId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$(?!\n)")]
Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$(?!\n)")]
Clock = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$(?!\n)")]
SPANS_MOST = 6
"""Maximum typed spans per person and day."""
SPANS_STAMPED = 100
"""Maximum recorded spans per person and day that can be restored."""


class StampClock(Command, frozen=True):
    """Clock in or out, or start or end a break, for the actor.

    Needs a named user; a till identifies the user by PIN.
    """

    step: Step


class TypedSpan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A span as typed by a manager, by the store's clock. An end before its beginning is on the next day."""

    begins: Clock
    ends: Clock
    break_min: Annotated[int, msgspec.Meta(ge=0, le=720)] = 0


class ExactSpan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A span as `work_days` returns it, in UTC microseconds."""

    begins_us: Moment
    ends_us: Moment
    break_us: Number = 0


class CorrectWork(Command, frozen=True):
    """Replace a person's spans on a business day, for a `reason`. Without spans, they didn't work.

    `exact`: earlier spans, restored to the microsecond.
    """

    person: UserId
    day: Day
    spans: Annotated[tuple[TypedSpan, ...], msgspec.Meta(max_length=SPANS_MOST)]
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=200, extra=REMARK)]
    exact: Annotated[tuple[ExactSpan, ...], msgspec.Meta(max_length=SPANS_STAMPED)] = ()

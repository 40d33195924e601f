"""Commands of alerts."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import Command, Moment, Number, PersonId
from edge.core.registry import Severity

KIND_CHARS, SUBJECT_CHARS, TITLE_CHARS, MESSAGE_CHARS = 40, 120, 80, 1_000
VALUES_LIMIT, RECIPIENTS_LIMIT = 12, 40
Kind = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$(?!\n)")]
Subject = Annotated[str, msgspec.Meta(max_length=SUBJECT_CHARS)]
Values = Annotated[dict[str, str | int], msgspec.Meta(max_length=VALUES_LIMIT)]
People = Annotated[tuple[PersonId, ...], msgspec.Meta(max_length=RECIPIENTS_LIMIT)]
Roles = Annotated[tuple[PersonId, ...], msgspec.Meta(max_length=RECIPIENTS_LIMIT)]
Via = Literal["page", "link", "api"]
"""Where an alert was acknowledged: on a page of the shop, by the link in a message, or by a program."""
Note = Annotated[str, msgspec.Meta(max_length=500)]

ONE_LINE = r"^(?=.*\S)[^\x00-\x1f\x7f\u2028\u2029]+$(?!\n)"
"""Text without line breaks or control characters, for a subject or title. The last part is needed because Python's `$`
also matches before a final line break."""
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=TITLE_CHARS, pattern=ONE_LINE)]


class RaiseAlert(Command, frozen=True):
    """Raise an alert. If one with its key is open, it is repeated or worsened: `again` counts it even without changes.
    Returns the alert's id."""

    kind: Kind
    subject: Subject = ""
    severity: Severity = "medium"
    values: Values = msgspec.field(default_factory=dict)
    cause_seq: Number = 0
    causes: Annotated[tuple[Kind, ...], msgspec.Meta(max_length=VALUES_LIMIT)] = ()
    again: bool = False


class ResolveAlert(Command, frozen=True):
    """Resolve an alert whose condition has ended."""

    id: Number


class LapseAcknowledgement(Command, frozen=True):
    """End an acknowledgement whose time is over or whose owner has left: the alert is raised again."""

    id: Number
    why: Literal["time", "gone"] = "time"


class SendAlert(Command, frozen=True):
    """An alert sent by a user or program, for `people` and `roles`, or for subscribers.

    The same `dedupe` extends the open alert. Only `CloseAlert` ends it.
    """

    title: Title
    message: Annotated[str, msgspec.Meta(max_length=MESSAGE_CHARS)] = ""
    severity: Severity = "medium"
    people: People = ()
    roles: Roles = ()
    channels: Annotated[tuple[Kind, ...], msgspec.Meta(max_length=RECIPIENTS_LIMIT)] = ()
    dedupe: Annotated[str, msgspec.Meta(max_length=80)] = ""


class AcknowledgeAlert(Command, frozen=True):
    """Acknowledge an alert for some hours: by default 1 if critical, 8 if high, otherwise 24. Notifications pause
    unless it gets worse.

    `via`: where it was acknowledged. `said_us`: when, in UTC microseconds, if not now; if the alert got worse or ended
    since, it is recorded as late and has no effect.
    """

    personal = ("note",)

    id: Number
    note: Note = ""
    hours: Annotated[int, msgspec.Meta(ge=1, le=24 * 14)] | None = None
    via: Via = "page"
    said_us: Moment = 0


class UnacknowledgeAlert(Command, frozen=True):
    """Withdraw an acknowledgement."""

    id: Number


class CloseAlert(Command, frozen=True):
    """Close a manually sent alert; all others resolve automatically."""

    id: Number

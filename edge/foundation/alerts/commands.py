"""What can be asked about alerts."""

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
"""From where somebody says that they see to an alert: a page of the shop, the link in a message, a program."""
Note = Annotated[str, msgspec.Meta(max_length=500)]

ONE_LINE = r"^(?=.*\S)[^\x00-\x1f\x7f\u2028\u2029]+$(?!\n)"
"""Something, without a line break or control character: what stands in a subject or a title. Python's `$` is also
before a last line break."""
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=TITLE_CHARS, pattern=ONE_LINE)]


class RaiseAlert(Command, frozen=True):
    """Something is true that needs a person. Where its key is open already it is at most said again, or is graver:
    `again` counts it although nothing in it changed. Its result is the alert's id."""

    kind: Kind
    subject: Subject = ""
    severity: Severity = "medium"
    values: Values = msgspec.field(default_factory=dict)
    cause_seq: Number = 0
    causes: Annotated[tuple[Kind, ...], msgspec.Meta(max_length=VALUES_LIMIT)] = ()
    again: bool = False


class ResolveAlert(Command, frozen=True):
    """What raised it is true no more."""

    id: Number


class LapseAcknowledgement(Command, frozen=True):
    """Nobody minds an alert any more, as their time is over or they have left: it is raised again."""

    id: Number
    why: Literal["time", "gone"] = "time"


class SendAlert(Command, frozen=True):
    """A person or a program says something that needs somebody: `people` and `roles`, or whoever chose such alerts.

    The same `dedupe` while it is open is the same alert. No fact ends it: `CloseAlert` does.
    """

    title: Title
    message: Annotated[str, msgspec.Meta(max_length=MESSAGE_CHARS)] = ""
    severity: Severity = "medium"
    people: People = ()
    roles: Roles = ()
    channels: Annotated[tuple[Kind, ...], msgspec.Meta(max_length=RECIPIENTS_LIMIT)] = ()
    dedupe: Annotated[str, msgspec.Meta(max_length=80)] = ""


class AcknowledgeAlert(Command, frozen=True):
    """I mind it, for so long: by default an hour if it is critical, 8 if high, 24 else. Nobody is told of it meanwhile
    unless it gets worse.

    `via`: where it was said. `said_us`: when, in UTC microseconds, where that is not now: said before the alert became
    graver, or was over, it is kept as said too late, and ends nothing.
    """

    personal = ("note",)

    id: Number
    note: Note = ""
    hours: Annotated[int, msgspec.Meta(ge=1, le=24 * 14)] | None = None
    via: Via = "page"
    said_us: Moment = 0


class UnacknowledgeAlert(Command, frozen=True):
    """I do not mind it any more."""

    id: Number


class CloseAlert(Command, frozen=True):
    """It is dealt with: only for what somebody said, as a fact ends all others."""

    id: Number

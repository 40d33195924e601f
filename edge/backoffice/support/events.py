"""Events of remote support."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import Event

Question = Literal["bundle", "check", "devices", "queue"]
HelpQuestion = Literal["status", "log", "check", "devices", "queue", "update", "print", "restart"]
"""Questions and actions that remote help allows."""
CaseId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$(?!\n)")]
Subject = Annotated[str, msgspec.Meta(max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]
"""The printer or part that an action is for."""
Digest = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?$(?!\n)")]
HelpEnd = Literal["pressed", "time", "restart"]
Why = Literal["off", "other", "many", "late", "unsigned"]
"""Why remote help was refused: it's off; the request is from another period; there are too many; it's too late; or head
office's identity isn't proven."""


class SupportAsked(Event, frozen=True):
    """Head office asks `question`, valid until `until_us`. `by`: the person, according to head office; `reason`: the
    purpose. `seal_to`: this case's public key (X25519, hexadecimal)."""

    case: CaseId
    question: Question
    reason: str
    by: str
    until_us: int
    seal_to: str


class SupportAgreed(Event, frozen=True):
    """The shop approved an answer with this digest (SHA-256), or any answer by a standing permission."""

    case: CaseId
    digest: str
    by_leave: bool


class SupportDeclined(Event, frozen=True):
    """The shop declined a request."""

    case: CaseId


class SupportSent(Event, frozen=True):
    """Head office received the answer, with this size and digest (SHA-256)."""

    case: CaseId
    size_bytes: int
    digest: str


class SupportLapsed(Event, frozen=True):
    """The case expired without approval, or the answer couldn't be sent."""

    case: CaseId


class SupportHelpAsked(Event, frozen=True):
    """Head office made a remote help request, in the period `help`. Other fields: see `SupportAsked` and `Subject`."""

    case: CaseId
    help: CaseId
    question: HelpQuestion
    subject: Subject
    by: str
    until_us: int
    seal_to: str


class SupportRefused(Event, frozen=True):
    """The box refused a remote help request; nothing was read or done."""

    case: CaseId
    why: Why


class SupportHelpBegun(Event, frozen=True):
    """A manager turned on remote help until `until_us`."""

    help: CaseId
    until_us: int


class SupportHelpEnded(Event, frozen=True):
    """Remote help ended: a manager ended it, its time was over, or the box restarted."""

    help: CaseId
    why: HelpEnd


class SupportAllowed(Event, frozen=True):
    """Answers requested until `until_us` are sent without approval; 0: each needs approval again."""

    until_us: int


EVENTS: tuple[type[Event], ...] = (
    *(SupportAsked, SupportAgreed, SupportDeclined, SupportSent, SupportLapsed, SupportAllowed),
    *(SupportHelpAsked, SupportRefused, SupportHelpBegun, SupportHelpEnded),
)

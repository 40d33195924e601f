"""Events of support."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import Event

Question = Literal["bundle", "check", "devices", "queue"]
HelpQuestion = Literal["status", "log", "check", "devices", "queue", "update", "print", "restart"]
"""Questions and actions of remote help."""
CaseId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$(?!\n)")]
Subject = Annotated[str, msgspec.Meta(max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]
"""The printer or part that an action is for."""
Digest = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?$(?!\n)")]
HelpEnd = Literal["pressed", "time", "restart"]
Why = Literal["off", "other", "many", "late", "unsigned"]
"""Why remote help was refused: it's off; another period's request; too many; too late; head office isn't proven."""


class SupportAsked(Event, frozen=True):
    """Head office asks `question` until `until_us`; `by`: the person in its records, `reason`: the purpose. `seal_to`:
    this case's public key (X25519, hexadecimal)."""

    case: CaseId
    question: Question
    reason: str
    by: str
    until_us: int
    seal_to: str


class SupportAgreed(Event, frozen=True):
    """The shop approved an answer with this digest (SHA-256); with a standing permission, any answer."""

    case: CaseId
    digest: str
    by_leave: bool


class SupportDeclined(Event, frozen=True):
    """The shop declined."""

    case: CaseId


class SupportSent(Event, frozen=True):
    """Head office has received the answer, with this size and digest (SHA-256)."""

    case: CaseId
    size_bytes: int
    digest: str


class SupportLapsed(Event, frozen=True):
    """The case expired without approval, or the answer couldn't be sent."""

    case: CaseId


class SupportHelpAsked(Event, frozen=True):
    """Head office asks for something of remote help, in the period `help`; other fields: see `SupportAsked` and
    `Subject`."""

    case: CaseId
    help: CaseId
    question: HelpQuestion
    subject: Subject
    by: str
    until_us: int
    seal_to: str


class SupportRefused(Event, frozen=True):
    """The box refused a request of remote help; nothing was read or done."""

    case: CaseId
    why: Why


class SupportHelpBegun(Event, frozen=True):
    """A manager turned on remote help until `until_us`."""

    help: CaseId
    until_us: int


class SupportHelpEnded(Event, frozen=True):
    """Remote help ended: by a manager, after its time limit, or because the box restarted."""

    help: CaseId
    why: HelpEnd


class SupportAllowed(Event, frozen=True):
    """Answers requested until `until_us` are sent without approval; 0: each needs one again."""

    until_us: int


EVENTS: tuple[type[Event], ...] = (
    *(SupportAsked, SupportAgreed, SupportDeclined, SupportSent, SupportLapsed, SupportAllowed),
    *(SupportHelpAsked, SupportRefused, SupportHelpBegun, SupportHelpEnded),
)

"""Events of support."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import Event

Question = Literal["bundle", "check", "devices", "queue"]
CaseId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$(?!\n)")]
Digest = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?$(?!\n)")]


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


class SupportAllowed(Event, frozen=True):
    """Answers requested until `until_us` are sent without approval; 0: each needs one again."""

    until_us: int


EVENTS: tuple[type[Event], ...] = (
    *(SupportAsked, SupportAgreed, SupportDeclined, SupportSent, SupportLapsed, SupportAllowed),
)

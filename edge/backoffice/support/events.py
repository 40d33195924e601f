"""What can have happened to what head office asks of a box."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import Event

Question = Literal["bundle", "check", "devices", "queue"]
CaseId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$(?!\n)")]
Digest = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?$(?!\n)")]


class SupportAsked(Event, frozen=True):
    """Head office asks `question` until `until_us`; `by` is whom its records mean, `reason` what they want to know.
    `seal_to`: the public key (X25519, hexadecimal) of this case."""

    case: CaseId
    question: Question
    reason: str
    by: str
    until_us: int
    seal_to: str


class SupportAgreed(Event, frozen=True):
    """The shop says yes to an answer of this digest (SHA-256); by a leave, to whatever it is."""

    case: CaseId
    digest: str
    by_leave: bool


class SupportDeclined(Event, frozen=True):
    """The shop says no."""

    case: CaseId


class SupportSent(Event, frozen=True):
    """Head office has the answer: of so many bytes, and this digest (SHA-256)."""

    case: CaseId
    size_bytes: int
    digest: str


class SupportLapsed(Event, frozen=True):
    """Nobody said yes in time, or the answer could not go."""

    case: CaseId


class SupportAllowed(Event, frozen=True):
    """What head office asks until `until_us` goes without a yes each; 0: each wants one again."""

    until_us: int


EVENTS: tuple[type[Event], ...] = (
    *(SupportAsked, SupportAgreed, SupportDeclined, SupportSent, SupportLapsed, SupportAllowed),
)

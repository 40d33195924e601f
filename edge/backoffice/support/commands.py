"""What can be asked of support."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.backoffice.support.events import CaseId, Digest, Question
from edge.core.messages import Command

LEAVE_HOURS_MOST = 72
CASE_HOURS_MOST = 72
"""Nothing that head office asks waits for longer."""
Line = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]


class AskSupport(Command, frozen=True):
    """Head office asks how this box is: until `until_us`, and for 72 hours at most."""

    case: CaseId
    question: Question
    reason: Line
    by: Annotated[str, msgspec.Meta(max_length=60, pattern=r"^[a-z]+-?[0-9]*$(?!\n)")]
    until_us: Annotated[int, msgspec.Meta(ge=0, le=2**53)]
    seal_to: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]


class AgreeSupport(Command, frozen=True):
    """Say yes to what is shown, whose SHA-256 is `digest`: it goes to head office."""

    case: CaseId
    digest: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]


class DeclineSupport(Command, frozen=True):
    """Say no: nothing goes."""

    case: CaseId


class AllowSupport(Command, frozen=True):
    """Let what head office asks within so many hours go without a yes each, 72 at most; 0: no more."""

    hours: Annotated[int, msgspec.Meta(ge=0, le=LEAVE_HOURS_MOST)]


class EndSupport(Command, frozen=True):
    """An answer of this digest went, or (`digest` empty) its time is over."""

    case: CaseId
    size_bytes: Annotated[int, msgspec.Meta(ge=0, le=2**40)] = 0
    digest: Digest = ""

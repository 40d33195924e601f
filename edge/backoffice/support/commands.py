"""Commands of support."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.backoffice.support.events import CaseId, Digest, Question
from edge.core.messages import Command

LEAVE_HOURS_MOST = 72
CASE_HOURS_MOST = 72
"""The longest a request of head office waits."""
Line = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]


class AskSupport(Command, frozen=True):
    """Head office requests diagnostics, valid until `until_us` and for 72 hours at most."""

    case: CaseId
    question: Question
    reason: Line
    by: Annotated[str, msgspec.Meta(max_length=60, pattern=r"^[a-z]+-?[0-9]*$(?!\n)")]
    until_us: Annotated[int, msgspec.Meta(ge=0, le=2**53)]
    seal_to: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]


class AgreeSupport(Command, frozen=True):
    """Approve the answer shown, with SHA-256 `digest`, to be sent to head office."""

    case: CaseId
    digest: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]


class DeclineSupport(Command, frozen=True):
    """Decline; nothing is sent."""

    case: CaseId


class AllowSupport(Command, frozen=True):
    """Send answers without approval for this many hours, 72 at most; 0: end this."""

    hours: Annotated[int, msgspec.Meta(ge=0, le=LEAVE_HOURS_MOST)]


class EndSupport(Command, frozen=True):
    """An answer with this digest was sent, or (`digest` empty) the case expired."""

    case: CaseId
    size_bytes: Annotated[int, msgspec.Meta(ge=0, le=2**40)] = 0
    digest: Digest = ""

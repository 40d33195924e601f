"""Commands for remote support."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.backoffice.support.events import CaseId, Digest, HelpEnd, HelpQuestion, Question, Subject
from edge.core.messages import Command

LEAVE_HOURS_MOST = 72
CASE_HOURS_MOST = 72
"""Maximum hours for which a request of head office stays open."""
HELP_US = 3600 * 1_000_000
"""Duration of remote help, in microseconds."""
HELP_ASK_US = 300 * 1_000_000
"""Maximum validity of a remote help request, in microseconds."""
HELP_REQUESTS = 100
"""Maximum requests per period of remote help."""
Line = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]

Asker = Annotated[str, msgspec.Meta(max_length=60, pattern=r"^[a-z]+-?[0-9]*$(?!\n)")]
PublicKey = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]


class AskSupport(Command, frozen=True):
    """Record head office's request for diagnostics, valid until `until_us` and for 72 hours at most."""

    case: CaseId
    question: Question
    reason: Line
    by: Asker
    until_us: Annotated[int, msgspec.Meta(ge=0, le=2**53)]
    seal_to: PublicKey


class AskHelp(Command, frozen=True):
    """Record head office's request to `device` for remote help, in its period `help`. It's valid until `until_us` and
    for five minutes at most; the store's other boxes ignore it."""

    case: CaseId
    help: CaseId
    device: Annotated[str, msgspec.Meta(max_length=64, pattern=r"^[a-z0-9][a-z0-9_-]*$(?!\n)")]
    question: HelpQuestion
    subject: Subject
    by: Asker
    until_us: Annotated[int, msgspec.Meta(ge=0, le=2**53)]
    seal_to: PublicKey


class AgreeSupport(Command, frozen=True):
    """Approve sending the displayed answer, with SHA-256 `digest`, to head office."""

    case: CaseId
    digest: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]


class DeclineSupport(Command, frozen=True):
    """Decline a request; nothing is sent."""

    case: CaseId


class AllowSupport(Command, frozen=True):
    """Send answers without approval for this many hours, 72 at most; 0 ends this."""

    hours: Annotated[int, msgspec.Meta(ge=0, le=LEAVE_HOURS_MOST)]


class BeginHelp(Command, frozen=True):
    """Turn on remote help for an hour. Head office's support can then read masked diagnostics, print a test page and
    restart parts without further approval."""


class EndHelp(Command, frozen=True):
    """Turn off remote help now."""


class LapseHelp(Command, frozen=True):
    """End this period of remote help automatically."""

    help: CaseId
    why: HelpEnd


class EndSupport(Command, frozen=True):
    """Record that the answer with this digest was sent, or (`digest` empty) that the case expired."""

    case: CaseId
    size_bytes: Annotated[int, msgspec.Meta(ge=0, le=2**40)] = 0
    digest: Digest = ""

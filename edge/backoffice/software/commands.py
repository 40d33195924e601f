"""What can be asked of the software."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.backoffice.software.events import Reason, Step
from edge.core.messages import Command
from sync.releases import ReleaseDigest, ReleaseVersion


class AskSoftware(Command, frozen=True):
    """Head office asks for a release, by a directive: what was asked before and has not been begun ends with it."""

    directive: Annotated[int, msgspec.Meta(ge=1, le=2**53)]
    release: ReleaseVersion
    digest: ReleaseDigest


class TakeRelease(Command, frozen=True):
    """Take a release from a stick that is plugged in: what was seen there has this digest. It goes head office's way
    from there on: tried on a copy, exchanged in its hours, taken back by itself."""

    release: Annotated[ReleaseVersion, msgspec.Meta(examples=["1.2.0"])]
    digest: Annotated[ReleaseDigest, msgspec.Meta(examples=["0" * 64])]


class MoveSoftware(Command, frozen=True):
    """An update came a step on. What is over already, or was replaced, does not move."""

    directive: Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
    step: Step
    reason: Reason = ""

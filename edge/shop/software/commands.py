"""What can be asked of the software."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Command
from edge.shop.software.events import Reason, Step
from sync.releases import ReleaseDigest, ReleaseVersion


class AskSoftware(Command, frozen=True):
    """Head office asks for a release, by a directive: what was asked before and has not been begun ends with it."""

    directive: Annotated[int, msgspec.Meta(ge=1, le=2**53)]
    release: ReleaseVersion
    digest: ReleaseDigest


class MoveSoftware(Command, frozen=True):
    """An update came a step on. What is over already, or was replaced, does not move."""

    directive: Annotated[int, msgspec.Meta(ge=1, le=2**53)]
    step: Step
    reason: Reason = ""

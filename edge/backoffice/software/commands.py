"""Commands of software updates."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.backoffice.software.events import Reason, Step
from edge.core.messages import Command
from sync.releases import ReleaseDigest, ReleaseVersion


class AskSoftware(Command, frozen=True):
    """Request a release by a directive of head office. Earlier requests that haven't begun are dropped."""

    directive: Annotated[int, msgspec.Meta(ge=1, le=2**53)]
    release: ReleaseVersion
    digest: ReleaseDigest


class TakeRelease(Command, frozen=True):
    """Install a release with this digest from an attached USB stick. It takes the same steps as one from head office:
    tested on a copy, installed in the allowed hours, rolled back automatically."""

    release: Annotated[ReleaseVersion, msgspec.Meta(examples=["1.2.0"])]
    digest: Annotated[ReleaseDigest, msgspec.Meta(examples=["0" * 64])]


class TakeBackUpdate(Command, frozen=True):
    """Return to the version before the update to `release`, within a day. The box restarts between two sales, and the
    ledger stays as it is, so both versions must use the same schema."""

    release: Annotated[ReleaseVersion, msgspec.Meta(examples=["1.2.0"])]


class MoveSoftware(Command, frozen=True):
    """Advance an update by a step. Completed or replaced updates don't change."""

    directive: Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
    step: Step
    reason: Reason = ""

"""Events of software updates."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import Event
from sync.releases import ReleaseDigest, ReleaseVersion

Step = Literal["fetched", "rehearsed", "swapping", "healthy", "went_back", "stuck", "refused"]
"""State of an update after `asked`. The last four are final."""
Reason = Annotated[str, msgspec.Meta(max_length=40, pattern=r"^[a-z_]*$(?!\n)")]


class SoftwareAsked(Event, frozen=True):
    """The directive `directive` requested a release with this SHA-256. If negative, a manager requested it from a USB
    stick."""

    directive: int
    release: ReleaseVersion
    digest: ReleaseDigest


class SoftwareMoved(Event, frozen=True):
    """An update reached a step. `reason`: why it was rolled back, is stuck or was refused; a text key of
    `[software]`."""

    directive: int
    release: ReleaseVersion
    step: Step
    reason: Reason = ""


EVENTS: tuple[type[Event], ...] = (SoftwareAsked, SoftwareMoved)

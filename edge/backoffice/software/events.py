"""What can have happened to a newer version of the software."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import Event
from sync.releases import ReleaseDigest, ReleaseVersion

Step = Literal["fetched", "rehearsed", "swapping", "healthy", "went_back", "stuck", "refused"]
"""Where an update is behind `asked`; it ends as one of the last four."""
Reason = Annotated[str, msgspec.Meta(max_length=40, pattern=r"^[a-z_]*$(?!\n)")]


class SoftwareAsked(Event, frozen=True):
    """Directive `directive` asks for a release, whose file has this SHA-256; below 0: a manager does, from a stick."""

    directive: int
    release: ReleaseVersion
    digest: ReleaseDigest


class SoftwareMoved(Event, frozen=True):
    """A release came a step on; `reason`: why it went back, is stuck, or was refused, as a word of `[software]`."""

    directive: int
    release: ReleaseVersion
    step: Step
    reason: Reason = ""


EVENTS: tuple[type[Event], ...] = (SoftwareAsked, SoftwareMoved)

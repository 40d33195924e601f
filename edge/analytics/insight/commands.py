"""What can be asked of figures."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import Command

Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$(?!\n)")]


REPORT_BYTES = 256 * 1024


class KeepReport(Command, frozen=True):
    """Keep a report of a period that is over as it was made: `body` is a `PeriodReport` as JSON."""

    kind: Literal["daily", "weekly", "monthly"]
    first: Day
    last: Day
    body: Annotated[str, msgspec.Meta(max_length=REPORT_BYTES)]


class JudgeAnomaly(Command, frozen=True):
    """Say of a day that was out of the ordinary whether something was wrong (`is_right`): it is not told again."""

    kind: Annotated[str, msgspec.Meta(pattern=r"^[a-z_]{1,40}$(?!\n)")]
    key: Annotated[str, msgspec.Meta(max_length=80)]
    day: Day
    is_right: bool

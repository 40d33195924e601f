"""Commands of key figures."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import Command

Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$(?!\n)")]


REPORT_BYTES = 256 * 1024


class KeepReport(Command, frozen=True):
    """Store the report of a completed period permanently: `body` is a `PeriodReport` as JSON."""

    kind: Literal["daily", "weekly", "monthly"]
    first: Day
    last: Day
    body: Annotated[str, msgspec.Meta(max_length=REPORT_BYTES)]


class JudgeAnomaly(Command, frozen=True):
    """Record whether something was wrong on an anomalous day (`is_right`); it isn't reported again."""

    kind: Annotated[str, msgspec.Meta(pattern=r"^[a-z_]{1,40}$(?!\n)")]
    key: Annotated[str, msgspec.Meta(max_length=80)]
    day: Day
    is_right: bool

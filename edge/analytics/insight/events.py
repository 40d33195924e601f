"""What can have happened with figures: what people say of odd ones, and reports that were made of them."""

from __future__ import annotations

from edge.core.messages import Event


class AnomalyJudged(Event, frozen=True):
    """Somebody looked at a day that was out of the ordinary: it was wrong indeed (`is_right`), or it has its reason."""

    kind: str
    key: str
    day: str
    is_right: bool


class ReportMade(Event, frozen=True):
    """The report of a period that was over was made: its figures stay. `body` is a `PeriodReport` as JSON."""

    kind: str
    first: str
    last: str
    body: str


EVENTS: tuple[type[Event], ...] = (AnomalyJudged, ReportMade)

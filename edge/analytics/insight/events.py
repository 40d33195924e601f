"""Events of key figures: verdicts on anomalies, and reports."""

from __future__ import annotations

from edge.core.messages import Event


class AnomalyJudged(Event, frozen=True):
    """A user judged an anomalous day: something was wrong (`is_right`), or there is an explanation."""

    kind: str
    key: str
    day: str
    is_right: bool


class ReportMade(Event, frozen=True):
    """The report of a completed period was made; its figures are final. `body` is a `PeriodReport` as JSON."""

    kind: str
    first: str
    last: str
    body: str


EVENTS: tuple[type[Event], ...] = (AnomalyJudged, ReportMade)

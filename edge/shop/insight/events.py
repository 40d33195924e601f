"""What can have happened with figures: nothing but what people say of odd ones."""

from __future__ import annotations

from edge.core.messages import Event
from edge.core.registry import Upcaster


class AnomalyJudged(Event, frozen=True):
    """Somebody looked at a day that was out of the ordinary: it was wrong indeed (`is_right`), or it has its reason."""

    kind: str
    key: str
    day: str
    is_right: bool


EVENTS: tuple[type[Event], ...] = (AnomalyJudged,)
UPCASTERS: tuple[Upcaster, ...] = ()

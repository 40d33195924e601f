"""Events of promotions."""

from __future__ import annotations

from edge.core.messages import Event
from edge.goods.promotions.promotion import Promotion


class PromotionSet(Event, frozen=True):
    """A promotion is new or changed; the event has its complete data, including its start."""

    promotion: Promotion


class PromotionEnded(Event, frozen=True):
    """A promotion was ended early."""

    id: str


EVENTS: tuple[type[Event], ...] = (PromotionSet, PromotionEnded)

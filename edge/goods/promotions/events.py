"""What can have happened to promotions."""

from __future__ import annotations

from edge.core.messages import Event
from edge.goods.promotions.promotion import Promotion


class PromotionSet(Event, frozen=True):
    """A promotion is new or changed: all of it as it is from now on, its beginning among it."""

    promotion: Promotion


class PromotionEnded(Event, frozen=True):
    """A promotion was ended before its time."""

    id: str


EVENTS: tuple[type[Event], ...] = (PromotionSet, PromotionEnded)

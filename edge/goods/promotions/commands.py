"""Commands of promotions."""

from __future__ import annotations

from edge.core.messages import Command
from edge.goods.promotions.promotion import Promotion, PromotionId


class SetPromotion(Command, frozen=True):
    """Add or change a promotion; may restart an ended one."""

    promotion: Promotion


class EndPromotion(Command, frozen=True):
    """End a promotion now; a future one never starts."""

    id: PromotionId

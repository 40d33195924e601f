"""What can be asked of promotions."""

from __future__ import annotations

from edge.core.messages import Command
from edge.goods.promotions.promotion import Promotion, PromotionId


class SetPromotion(Command, frozen=True):
    """Let a promotion be as this says, a new one or one that there is; also one that is over runs again."""

    promotion: Promotion


class EndPromotion(Command, frozen=True):
    """Let a promotion end now; one that has not begun never does."""

    id: PromotionId

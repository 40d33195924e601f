"""Promotion commands, inside the transaction."""

from __future__ import annotations

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.goods.promotions.commands import EndPromotion, SetPromotion
from edge.goods.promotions.events import PromotionEnded, PromotionSet
from edge.goods.promotions.queries import count_ahead, read_promotion

AHEAD_LIMIT = 5_000
"""Maximum current and scheduled promotions; further ones are refused."""


def set_promotion(tx: Transaction, command: SetPromotion) -> None:
    promotion = command.promotion
    known = read_promotion(tx.db, promotion.id)
    ahead = known is not None and (known.until_us is None or known.until_us > tx.at_us)
    if promotion.from_us is None:
        begun = known.promotion.from_us if known is not None and ahead else None
        promotion = msgspec.structs.replace(promotion, from_us=tx.at_us if begun is None else min(begun, tx.at_us))
    if promotion.until_us is not None and promotion.until_us <= max(promotion.from_us or 0, tx.at_us):
        raise Refusal("promotion_over", {"promotion": promotion.id})
    if known is not None and ahead and known.promotion == promotion:
        return
    if not ahead and count_ahead(tx.db, tx.at_us) >= AHEAD_LIMIT:
        raise Refusal("too_many_promotions", {"limit": AHEAD_LIMIT})
    tx.append(PromotionSet(promotion))


def end_promotion(tx: Transaction, command: EndPromotion) -> None:
    known = read_promotion(tx.db, command.id)
    if known is None:
        raise Refusal("promotion_unknown", {"promotion": command.id})
    if known.until_us is None or known.until_us > tx.at_us:
        tx.append(PromotionEnded(command.id))

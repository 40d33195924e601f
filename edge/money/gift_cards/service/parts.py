"""Settles gift cards with head office."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.process.parts import Part, Stage
from edge.money.gift_cards.settling import SETTLING
from edge.runtime.shop_context import ShopContext


def parts(context: ShopContext) -> Iterator[Part]:
    """The part that settles gift cards, if the shop has a head office."""
    if context.office:
        yield Part("gift_cards", context.services.of(SETTLING).run, stage=Stage.BACKGROUND)

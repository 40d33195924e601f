"""Settles points of members with head office."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.process.parts import Part, Stage
from edge.counter.loyalty.service.member_settlement import SETTLING
from edge.runtime.shop_context import ShopContext


def parts(context: ShopContext) -> Iterator[Part]:
    """Yield the part that settles members' points, if the shop has a head office."""
    if context.office:
        yield Part("members", context.services.of(SETTLING).run, stage=Stage.BACKGROUND)

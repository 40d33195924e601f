"""Settles points of members with head office."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.process.parts import Part, Stage
from edge.counter.loyalty.service.member_settlement import SETTLING
from edge.runtime.shop_context import ShopContext


def parts(context: ShopContext) -> Iterator[Part]:
    """See the module."""
    if context.office:
        yield Part("members", context.services.of(SETTLING).run, stage=Stage.BACKGROUND)

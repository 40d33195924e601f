"""Exchanges orders and stock with web shops."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.process.parts import Part, Stage
from edge.ordering.web_orders.service.part import WebShopsPart
from edge.runtime.shop_context import ShopContext


def parts(context: ShopContext) -> Iterator[Part]:
    """Yield the part that exchanges orders and stock with web shops."""
    yield Part("web_shops", WebShopsPart.of(context.config, context.shop).run, stage=Stage.BACKGROUND)

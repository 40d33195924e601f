"""Parts that run connectors."""

from __future__ import annotations

from collections.abc import Iterator

from edge.backoffice.feeds.service.part import FeedsPart
from edge.core.process.parts import Part, Stage
from edge.runtime.shop_context import ShopContext


def parts(context: ShopContext) -> Iterator[Part]:
    """The background parts of feeds."""
    yield Part("feeds", FeedsPart.of(context.config, context.shop).run, stage=Stage.BACKGROUND)

"""Sends webhooks."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.process.parts import Part, Stage
from edge.foundation.webhooks.service.part import WebhooksPart
from edge.runtime.shop_context import ShopContext


def parts(context: ShopContext) -> Iterator[Part]:
    """Yield the part that delivers webhooks."""
    yield Part("webhooks", WebhooksPart(context.config, context.shop).run, stage=Stage.BACKGROUND)

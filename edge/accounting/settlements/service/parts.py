"""Fetches payouts from payment providers."""

from __future__ import annotations

from collections.abc import Iterator

from edge.accounting.settlements.service.part import PayoutsPart
from edge.core.process.parts import Part, Stage
from edge.runtime.shop_context import ShopContext


def parts(context: ShopContext) -> Iterator[Part]:
    """The part that fetches payouts from payment providers."""
    yield Part("payouts", PayoutsPart.of(context.config, context.shop).run, stage=Stage.BACKGROUND)

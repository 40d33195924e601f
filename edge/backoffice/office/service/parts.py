"""Parts that report this machine's state to head office."""

from __future__ import annotations

from collections.abc import Iterator

from edge.backoffice.office.service.machine_told import MachineTold
from edge.core.process.parts import Part, Stage
from edge.runtime.shop_context import ShopContext


def parts(context: ShopContext) -> Iterator[Part]:
    """The part that reports this machine's state, if the shop has a head office."""
    if context.office:
        yield Part("machine_told", MachineTold(context.shop, context.office).run, stage=Stage.BACKGROUND)

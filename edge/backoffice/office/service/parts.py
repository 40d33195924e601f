"""Parts that report this machine's state to head office."""

from __future__ import annotations

from collections.abc import Iterator

from edge.backoffice.office.service.machine_told import MachineTold
from edge.core.process.parts import Part, Stage
from edge.runtime.shop_context import ShopContext


def parts(context: ShopContext) -> Iterator[Part]:
    """See the module."""
    if context.office:
        yield Part("machine_told", MachineTold(context.shop, context.office).run, stage=Stage.BACKGROUND)

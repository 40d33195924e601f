"""Parts that answer head office's requests for a support bundle."""

from __future__ import annotations

from collections.abc import Iterator

from edge.backoffice.support.service.desk import DESK
from edge.core.process.parts import Part, Stage
from edge.runtime.shop_context import ShopContext


def parts(context: ShopContext) -> Iterator[Part]:
    """The part that answers head office's requests; none without a head office."""
    if context.office:
        yield Part("support", context.services.of(DESK).run, stage=Stage.BACKGROUND)

"""Parts that read sales from other vendors' tills."""

from __future__ import annotations

from collections.abc import Iterator

from edge.backoffice.other_tills.service.part import OtherTillsPart
from edge.core.process.parts import Part, Stage
from edge.runtime.shop_context import ShopContext


def parts(context: ShopContext) -> Iterator[Part]:
    """The background parts of other tills."""
    yield Part("other_tills", OtherTillsPart.of(context.config, context.shop).run, stage=Stage.BACKGROUND)

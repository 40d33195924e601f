"""Parts that keep base copies for views of the past."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.process.parts import Part, Ready, Stage
from edge.runtime.shop_context import ShopContext
from edge.web.past import PAST


def parts(context: ShopContext) -> Iterator[Part]:
    """The part that keeps base copies for views of the past."""
    past = context.services.of(PAST)

    async def run(ready: Ready) -> None:
        ready()
        await past.keep_bases()

    yield Part("past", run, stage=Stage.BACKGROUND)

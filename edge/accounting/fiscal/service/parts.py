"""Parts that communicate with tax authorities, for shops whose law requires it."""

from __future__ import annotations

from collections.abc import Iterator

from edge.accounting import fiscal
from edge.core.process.parts import Part, Stage
from edge.runtime.shop_context import ShopContext


def parts(context: ShopContext) -> Iterator[Part]:
    """The background parts that communicate with tax authorities."""
    config, shop = context.config, context.shop
    if not fiscal.settings_of(config).regimes:
        return
    from edge.accounting.fiscal.service.germany import GermanyPart  # imported only if such a law applies
    from edge.accounting.fiscal.service.israel import IsraelPart
    from edge.accounting.fiscal.service.quebec import QuebecPart
    from edge.accounting.fiscal.service.year_archive import YearArchivePart

    if (israel := IsraelPart(config, shop)).is_on:
        yield Part("allocations", israel.run, stage=Stage.BACKGROUND)
    if (quebec := QuebecPart(config, shop)).is_on:
        yield Part("quebec", quebec.run, stage=Stage.BACKGROUND)
    if (germany := GermanyPart(config, shop)).is_on:
        yield Part("security_device", germany.run, stage=Stage.BACKGROUND)
    if (archives := YearArchivePart(config, shop)).is_on:
        yield Part("year_archive", archives.run, stage=Stage.BACKGROUND)

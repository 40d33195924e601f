"""Parts that announce a single box's shop on the network and, with two boxes, report sales set aside."""

from __future__ import annotations

from collections.abc import Iterator

from edge.backoffice.twin import aside_report
from edge.backoffice.twin.aside_report import AsideReport
from edge.backoffice.twin.desk import TWIN
from edge.backoffice.twin.shop_name import SHOP_NAME, ShopNamePart
from edge.core.process.parts import Part, Stage
from edge.runtime.shop_context import ShopContext


def parts(context: ShopContext) -> Iterator[Part]:
    """The part that reports sales set aside or, with a single box, the one that announces the shop.

    With two boxes, the part that knows which one leads announces the shop.
    """
    config, desk = context.config, context.services.of(TWIN)
    if desk.status:
        yield Part(aside_report.NAME, AsideReport(context.shop, desk.put_aside).run, stage=Stage.BACKGROUND)
    elif config.panel.beyond:
        shop = ShopNamePart(config.network_name, config.panel.port, config.panel.beyond)
        yield Part(SHOP_NAME, shop.run, stage=Stage.BACKGROUND)

"""A shop in Nova Scotia on the night on which the tax falls: each sale has the rate of its day of business."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest

from edge.core.command_bus import CommandBus
from edge.lib.regions import taxes
from edge.lib.regions.provinces import DatedRate, provinces
from edge.shop.till.commands import AddOpenAmount, RefundSale
from edge.shop.till.events import SaleRefunded
from tests.counter_shop import event_of, paid
from tests.shop_fixture import MANAGER, FakeClock, done, open_shop, run

CONFIG = """
[store]
id = "halifax"
header = ["Harbour Shop"]
currency = "CAD"
zone = "America/Halifax"
[tax]
province = "NS"
"""


def test_a_rate_changes_by_itself_and_a_refund_has_that_of_the_sale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rates = (DatedRate("HST", 15000, date(2010, 7, 1)), DatedRate("HST", 14000, date(2027, 1, 16)))
    changed = {**provinces(), "NS": msgspec.structs.replace(provinces()["NS"], taxes=rates)}
    monkeypatch.setattr(taxes, "provinces", lambda: changed)

    async def scenario() -> None:
        clock = FakeClock()  # 04:00 of 15 January there
        async with open_shop(tmp_path, clock, stocked=False, text=CONFIG) as shop:
            assert await sold(shop) == (15000, 11_500)
            clock.advance(24 * 3600)
            assert await sold(shop) == (14000, 11_400)
            refund = event_of(await done(shop, RefundSale(1), MANAGER), SaleRefunded)
            assert (refund.taxes[0].rate, refund.total_minor) == (15000, 11_500)

    run(scenario())


async def sold(shop: CommandBus) -> tuple[int, int]:
    """The rate on a sale of 100.00, and what it came to."""
    await done(shop, AddOpenAmount("Things", "standard", 10_000))
    sale = await paid(shop)
    return sale.taxes[0].rate, sale.total_minor

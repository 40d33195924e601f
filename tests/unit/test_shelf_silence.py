"""Stock that is likely on paper alone because nobody buys it any more."""

from __future__ import annotations

from pathlib import Path

from edge.core.journal.projections import caught_up
from edge.shop.catalog.commands import SetProducts
from edge.shop.catalog.product import Product
from edge.shop.reports.queries import BEHIND
from edge.shop.shelf import reconcile
from edge.shop.shelf.commands import SetPlanogram
from edge.shop.stock.commands import Moved, MoveStock
from edge.shop.till.commands import AddLine, Pay
from tests.shop_fixture import MILK, SYSTEM, FakeClock, done, open_shop, run
from tests.unit.test_shelf_stock import LAYOUT, PICTURE, SETTINGS, TEXT, looked, told, traded


def test_what_stops_selling_is_phantom_by_its_silence_alone(tmp_path: Path) -> None:
    """No camera looks at it; then one sees it there, and then it sells again."""

    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            await done(shop, SetProducts((Product("milk", {"en": "Milk"}, (MILK,), 120, "reduced"),)), SYSTEM)
            await done(shop, MoveStock("received", (Moved("milk", 40_000),)), SYSTEM)
            for _ in range(30):
                clock.advance(24 * 3600)
                await done(shop, AddLine(MILK))
                await done(shop, Pay("cash", 120))
            await traded(shop, clock, 2)
            await caught_up(shop, "demand")
            assert reconcile.silent_stock(shop.reader, clock.at_us, SETTINGS) == [], "two days without are nothing"
            await traded(shop, clock, 3)
            await caught_up(shop, "demand")
            [found] = reconcile.silent_stock(shop.reader, clock.at_us, SETTINGS)
            assert (found.sku, found.on_hand, found.finding, found.picture) == ("milk", 10_000, 0, "")
            assert found.percent >= 80 and told(shop, clock, "silent_stock") == ["milk"]
            await done(shop, SetPlanogram("bay", "", "eye", LAYOUT, PICTURE), SYSTEM)
            await looked(shop, clock, "present", 1)
            assert told(shop, clock, "silent_stock") == [], "goods are seen there"
            await looked(shop, clock, "blocked", 1)
            assert told(shop, clock, "silent_stock") == ["milk"], "nobody knows what is behind somebody"
            await done(shop, AddLine(MILK))
            await done(shop, Pay("cash", 120))
            await caught_up(shop, "demand", *BEHIND)
            assert told(shop, clock, "silent_stock") == []

    run(scenario())

"""Stock that is likely on paper alone because no one buys it any more."""

from __future__ import annotations

from pathlib import Path

from edge.analytics.shelf import reconcile
from edge.analytics.shelf.commands import SetPlanogram
from edge.analytics.shelf.watches import watches
from edge.core.command_bus import CommandBus
from edge.core.journal.projections import caught_up
from edge.core.registry import Condition
from edge.counter.reports.queries import BEHIND
from edge.counter.till.commands import AddLine, Pay
from edge.foundation.alerts.alert_texts import advice, title
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import Moved, MoveStock
from tests.shop_fixture import MILK, SYSTEM, FakeClock, done, open_shop, run
from tests.unit.analytics.test_shelf_stock import LAYOUT, PICTURE, SETTINGS, TEXT, looked, told, traded


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


def test_many_goods_that_have_stopped_selling_are_one_alert_that_names_them(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            codes = ["7290000000015", "7290000000022", "7290000000039", "7290000000046"]
            goods = [
                Product(f"g{n}", {"en": f"Goods {n}", "fr": f"Article {n}"}, (code,), 120, "reduced")
                for n, code in enumerate(codes)
            ]
            await done(shop, SetProducts(tuple(goods)), SYSTEM)
            for one in goods:
                await done(shop, MoveStock("received", (Moved(one.sku, 40_000),)), SYSTEM)
            for _ in range(30):
                clock.advance(24 * 3600)
                for code in codes:
                    await done(shop, AddLine(code))
                await done(shop, Pay("cash", 480))
            await traded(shop, clock, 5)
            await caught_up(shop, "demand")
            assert told(shop, clock, "silent_stock") == [] and told(shop, clock, "silent_list") == ["goods"]
            [one] = silent_list(shop, clock)
            assert title("en", "silent_list", one.values).startswith("4 products have stopped selling")
            assert "Goods 0, Goods 1" in advice("en", "silent_list", one.values)
            assert "Article 0, Article 1" in advice("fr", "silent_list", one.values)
            await done(shop, AddLine(codes[0]))
            await done(shop, Pay("cash", 120))
            await caught_up(shop, "demand", *BEHIND)
            assert told(shop, clock, "silent_stock") == ["g1", "g2", "g3"], "three are told of one by one"
            assert told(shop, clock, "silent_list") == []

    run(scenario())


def silent_list(shop: CommandBus, clock: FakeClock) -> list[Condition]:
    watch = next(one for one in watches(SETTINGS, reconcile.Losses(SETTINGS)) if one.kind == "silent_list")
    return list(watch.read(shop.reader, clock.at_us, "2027-01-15"))

"""Goods become what they are made of again: at their worth, and so that a recall goes on."""

from __future__ import annotations

from pathlib import Path

from edge.analytics.production.commands import PlanWork, RecallMade, ReportWork, TakeApart
from edge.analytics.production.lots import made_of_recalled, production_lot
from edge.core.command_bus import CommandBus
from edge.goods.stock.commands import RecallLot
from edge.goods.stock.queries import average_cost_micro, read_stock
from tests.flow.counter.test_bakery_day import is_sound, refused, stocked
from tests.shop_fixture import SYSTEM, done, open_shop, run


def test_goods_are_taken_apart_into_what_they_are_made_of(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop, flour=6_000, yeast=1_000)
            await done(shop, PlanWork("dough", 10_000), SYSTEM)
            await done(shop, ReportWork(1, 10_000), SYSTEM)  # 6 kg at 100, a yeast at 50, 5 a kg: 700
            assert (await refused(shop, TakeApart("flour", 1_000))).code == "no_bom"
            assert (await refused(shop, TakeApart("dough", 11_000))).code == "apart_short"
            await done(shop, TakeApart("dough", 5_000, lot="W1"), SYSTEM)  # half a yeast is none
            assert (read_stock(shop.reader, "dough"), read_stock(shop.reader, "flour")) == (5_000, 3_000)
            assert read_stock(shop.reader, "yeast") == 0
            # its share of the 350: 300 of 325; what half a yeast was worth is a correction
            assert average_cost_micro(shop.reader, "flour") == 107_666_667
            into = production_lot(shop.reader, "flour", "F1").went_into
            assert [(one.sku, one.lot, one.left, one.step, one.is_apart) for one in into] == [
                ("dough", "W1", 5_000, 1, False),
                ("flour", "A1", 3_000, 2, True),
            ]
            of = production_lot(shop.reader, "flour", "A1").made_of
            assert [(one.sku, one.lot, one.step) for one in of][:2] == [("dough", "W1", 1), ("flour", "F1", 2)]
            done_now = await done(shop, TakeApart("dough", 5_000), SYSTEM)
            assert [(one.sku, one.quantity) for one in done_now.result.parts] == [("flour", 3_000)]
            value = sum(costs_of(shop).values())
            (corrected,) = shop.reader.execute("SELECT sum(amount_milli) FROM stock_correction").fetchone()
            assert value + corrected == 700_000
            await done(shop, RecallLot("dough", "W1"), SYSTEM)
            assert {one.lot for _, _, one in made_of_recalled(shop.reader)} == {"A1", "A2"}
            assert (await done(shop, RecallMade("dough", "W1"), SYSTEM)).result == 2
            is_sound(shop)

    run(scenario())


def costs_of(shop: CommandBus) -> dict[str, int]:
    """What is there of each product, in thousandths of a minor unit."""
    rows = shop.reader.execute("SELECT sku, coalesce(average_micro, 0) * on_hand / 1000000.0 FROM stock")
    return {sku: round(value) for sku, value in rows}

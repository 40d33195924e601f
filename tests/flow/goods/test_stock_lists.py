"""Lists of the stock and of movements hold the same whichever way they are asked for, a page at a time."""

from __future__ import annotations

from itertools import product as every
from pathlib import Path

import pytest

from edge.counter.till.commands import AddLine, Pay
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock import commands as stock
from edge.goods.stock import rules
from edge.goods.stock.moving import movements
from edge.goods.stock.moving.movements import Movement, list_movements
from edge.goods.stock.queries import StockItem, list_stock
from tests.catch_up import catch_up
from tests.shop_fixture import SYSTEM, FakeClock, done, open_shop, run

GOODS = tuple(Product(f"p{number}", {"en": f"P {number}"}, (f"code-{number}",), 500) for number in range(7))
DAY_S = 86_400
DAYS = ("", "2027-01-15", "2027-01-16", "2027-01-17")
TYPES = ("", *rules.TYPES, "waste", "counted")


@pytest.mark.parametrize("dense", [2, 20_000])
def test_movements_are_the_same_whichever_way_they_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dense: int
) -> None:
    monkeypatch.setattr(movements, "DENSE", dense)

    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await done(shop, SetProducts(GOODS), SYSTEM)
            await done(shop, stock.SetLocation("rooftop", {"en": "Rooftop"}, "bar"), SYSTEM)
            for day in range(3):
                for number in range(4):
                    sku = GOODS[number].sku
                    await done(shop, stock.RecordMovement(sku, "in", units=9_000), SYSTEM)
                    await done(shop, stock.RecordMovement(sku, "waste", units=1_000, cause="spill"), SYSTEM)
                    carried = (stock.TransferLine(sku, 2_000),)
                    await done(shop, stock.TransferStock("main", "rooftop", carried), SYSTEM)
                    await done(shop, AddLine(f"code-{number}"))
                await done(shop, Pay("card"))
                await done(shop, stock.RecordMovement("p1", "adjust", units=day * 1_000, location="rooftop"), SYSTEM)
                clock.advance(-2 * DAY_S if day == 1 else 2 * DAY_S)  # a clock that is set back
            await catch_up(shop)
            all_of_them = list_movements(shop.reader, limit=500)
            assert len(all_of_them) > 50
            papers = {one.pos.transaction_id for one in all_of_them if one.pos and one.reason == "sale"}
            assert papers == {"1-000001", "1-000002", "1-000003"}, "each sale says which"
            assert all((one.pos is not None) == (one.reason == "sale") for one in all_of_them)
            assert [(one.seq, one.n) for one in all_of_them] == sorted(
                ((one.seq, one.n) for one in all_of_them), reverse=True
            )

            def wanted(one: Movement, sku: str, first: str, last: str, type: str, place: str) -> bool:
                reasons = rules.TYPES.get(type, (type,))
                return (
                    sku in ("", one.sku)
                    and first <= one.business_date <= (last or "9")
                    and (not type or one.reason in reasons)
                    and place in ("", one.location)
                )

            for sku, first, last, type, place in every(("", "p1"), DAYS, DAYS, TYPES, ("", "main", "rooftop")):
                expected = [one for one in all_of_them if wanted(one, sku, first, last, type, place)]
                found, after = list[Movement](), 0
                while page := list_movements(shop.reader, sku, first, last, type, after, 500, place):
                    found += page
                    after = page[-1].seq
                assert found == expected, (sku, first, last, type, place)
                assert list_movements(shop.reader, sku, first, last, type, 0, 3, place) == expected[:3]

    run(scenario())


def test_a_place_is_listed_a_page_at_a_time(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await done(shop, SetProducts(GOODS), SYSTEM)
            await done(shop, stock.SetLocation("rooftop", {"en": "Rooftop"}, "bar"), SYSTEM)
            for sku, lot in (("p1", ""), ("p1", "L1"), ("p4", "L1"), ("p2", ""), ("p6", "")):
                await done(shop, stock.RecordMovement(sku, "in", units=1_000, location="rooftop", lot=lot), SYSTEM)
            await done(shop, stock.RecordMovement("p6", "out", units=1_000, location="rooftop"), SYSTEM)
            await done(shop, stock.SetLevels("p3", "rooftop", 9_000, 3_000), SYSTEM)
            await done(shop, stock.SetLevels("p4", "rooftop", 9_000, 3_000), SYSTEM)

            def listed(status: str = "", location: str = "rooftop") -> list[str]:
                found, after = list[StockItem](), ""
                while True:
                    page = list_stock(shop.reader, location, status=status, after=after, limit=2)  # type: ignore[arg-type]
                    found, after = [*found, *page.items], page.after
                    if not after:
                        return [one.sku for one in found if one.sku in {good.sku for good in GOODS}]

            await done(shop, stock.RecordMovement("p1", "in", units=7_000, lot="L9", expiry="2031-01-01"), SYSTEM)
            await done(shop, stock.ReserveStock("o1", (stock.ReserveLine("p1", 1_000),), location="rooftop"), SYSTEM)
            here, shown = (list_stock(shop.reader, place, text="p1").items[0] for place in ("rooftop", "main"))
            assert (here.on_hand, here.reserved, here.available, here.next_expiry) == (2_000, 1_000, 1_000, "")
            assert {row.location for row in here.rows} == {"rooftop"}, "a place shows its own"
            assert (shown.on_hand, shown.reserved, shown.next_expiry) == (7_000, 0, "2031-01-01")

            assert listed() == ["p1", "p2", "p4"], "what is there, once, whatever its lots"
            assert listed("critical") == ["p4"]
            assert listed("critical", "") == ["p3", "p4"]
            assert listed("unwatched", "") == ["p0", "p5"], "never received, counted, nor with a level"

    run(scenario())

"""Whoever takes what is promised is told to whom, by the names that people use; and what such a place may not do."""

from __future__ import annotations

from pathlib import Path

from edge.core.messages import Refused
from edge.goods.stock.commands import (
    CancelCount,
    CountLine,
    RecordMovement,
    ReserveLine,
    ReserveStock,
    RetireLocation,
    SetLevels,
    StartCount,
    TransferLine,
    TransferStock,
)
from edge.goods.stock.queries import list_stock
from tests.flow.goods.test_stock import DAY, bar
from tests.ordering import do, milk_cart, milk_order, refused
from tests.shop_fixture import SYSTEM, agreed, open_shop, question_of, run


def test_an_order_that_would_fall_short_is_called_as_it_is_called_aloud(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, RecordMovement("milk", "in", units=5000), SYSTEM)
            order = await milk_order(shop, 2)
            out = RecordMovement("milk", "out", units=4000)
            told: dict[str, str | int] = {
                **{"sku": "milk", "name": "Milk", "name_fr": "Lait", "name_he": "חלב"},
                **{"reserved": "2", "left": "1", "holders": order.said},
            }
            assert question_of(await refused(shop, out, SYSTEM)) == Refused("stock_promised", told)
            await milk_cart(shop, 1)
            asked = await refused(shop, out, SYSTEM)
            assert asked.values["holders"] == f"cart, {order.said}", "the last one first: it will lack it"
            await agreed(shop, out, SYSTEM)
            (owed,) = shop.registry.watches["stock_owed"].read(shop.reader, shop.now_us(), DAY)
            assert (owed.subject, owed.values["holder"]) == ("milk@main", "cart")

    run(scenario())


def test_a_place_that_is_counted_stays_until_its_count_is_over(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            count = await one.do(StartCount("rooftop"))
            await one.do(CountLine(count, "lager", units=2000))
            gone = await one.shop.do(RetireLocation("rooftop"), SYSTEM)
            assert gone == Refused("location_counted", {"location": "rooftop", "count": count})
            await one.do(CancelCount(count))
            await one.do(RetireLocation("rooftop"))

    run(scenario())


def test_a_place_that_holds_what_is_promised_stays(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            await one.do(RecordMovement("lager", "in", units=2000, location="rooftop"))
            line = (ReserveLine("lager", 2000),)
            await one.do(ReserveStock("order:o7", line, "rooftop", said="K7"))
            carry = TransferStock("rooftop", "main", (TransferLine("lager", 2000),))
            await one.agreed(carry)
            gone = await one.shop.do(RetireLocation("rooftop"), SYSTEM)
            assert gone == Refused("location_promised", {"location": "rooftop", "holder": "K7"})

    run(scenario())


def test_what_is_promised_is_too_much_where_it_still_lies(tmp_path: Path) -> None:
    """More than one and a half times the target is on hand: by the target of a place, or by twice the minimum."""

    async def scenario() -> None:
        async with bar(tmp_path) as one:
            await one.do(RecordMovement("lager", "in", units=40_000))
            await one.do(ReserveStock("order:o7", (ReserveLine("lager", 15_000),), said="K7"))
            assert (one.item("lager").available, one.item("lager").status) == (25_000, "excess"), "by its minimum of 10"
            await one.do(SetLevels("lager", par=24_000, reorder=8_000))
            assert one.item("lager").status == "excess"
            assert [item.sku for item in list_stock(one.shop.reader, status="excess").items] == ["lager"]
            (told,) = one.shop.registry.watches["stock_excess"].read(one.shop.reader, one.shop.now_us(), DAY)
            assert told.values["total"] == "40"
            await one.do(RecordMovement("lager", "out", units=8_000))
            assert one.item("lager").status == "normal"

    run(scenario())

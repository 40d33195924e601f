"""What a delivery costs on its way is a part of what its goods cost; what will not come is said."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.core.messages import Refused
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.purchasing import commands as buying
from edge.goods.purchasing.queries import read_purchase, read_supplier
from edge.goods.purchasing.supply.lot_suppliers import read_lot_suppliers
from edge.goods.purchasing.watches import WATCHES
from edge.goods.stock import commands as stock
from edge.goods.stock.lists.listings import read_receipts
from edge.goods.stock.queries import read_item
from tests.shop_fixture import SYSTEM, FakeClock, done, open_shop, run

GOODS = (Product("rum", {"en": "Rum"}, (), 3_000), Product("straws", {"en": "Straws"}, (), 100))


async def ordered(shop: CommandBus) -> int:
    for command in (
        SetProducts(GOODS),
        buying.SetSupplier("dairy", {"en": "Dairy & Co"}, lead_time_days=3, province=" Ontario "),
        buying.SetSupplierPrice("dairy", "rum", 900),
        buying.SetSupplierPrice("dairy", "straws", 10),
    ):
        await done(shop, command, SYSTEM)
    lines = (buying.OrderLine("rum", 10_000), buying.OrderLine("straws", 100_000))
    number = int((await done(shop, buying.CreatePurchaseOrder("dairy", lines), SYSTEM)).result)
    await done(shop, buying.ApprovePurchaseOrder(number), SYSTEM)
    await done(shop, buying.SendPurchaseOrder(number), SYSTEM)
    return number


def average(shop: CommandBus, sku: str) -> float:
    item = read_item(shop.reader, sku)
    assert item is not None and item.average_micro is not None
    return item.average_micro / 1_000_000


def test_freight_named_with_a_delivery_is_a_part_of_what_its_goods_cost(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            number = await ordered(shop)
            lines = (buying.ReceiptLine("rum", 10_000, lot="R1"), buying.ReceiptLine("straws", 100_000))
            fees = (buying.ReceiptFee("duty", 1_000), buying.ReceiptFee("freight", 220, "quantity"))
            receive = buying.ReceivePurchaseOrder(number, "N-1", lines, fees=fees)
            await done(shop, receive, SYSTEM)
            # 9,000 of rum and 1,000 of straws: duty 900 and 100 by value; freight 20 and 200 by quantity
            assert (average(shop, "rum"), average(shop, "straws")) == (992.0, 13.0)
            (rum,) = read_receipts(shop.reader, "rum", limit=5)
            assert (rum.unit_cost_minor, rum.added_minor, rum.unit_micro) == (900, 920, 992_000_000)
            order = read_purchase(shop.reader, number)
            assert order is not None
            assert {one.sku: one.added_minor for one in order.receipts} == {"rum": 920, "straws": 300}
            assert read_lot_suppliers(shop.reader, "rum") == {"R1": {"en": "Dairy & Co"}}
            assert await shop.do(receive, SYSTEM) == Refused("delivery_note_twice", {"note": "N-1", "order": number})
            assert average(shop, "rum") == 992.0, "nor does its freight come twice"
            supplier = read_supplier(shop.reader, "dairy")
            assert supplier is not None and supplier.province == "Ontario"
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_freight_that_comes_later_may_be_spread_by_quantity(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            number = await ordered(shop)
            lines = (buying.ReceiptLine("rum", 10_000), buying.ReceiptLine("straws", 100_000))
            await done(shop, buying.ReceivePurchaseOrder(number, "N-1", lines), SYSTEM)
            late = buying.AddReceiptCost(1_100, supplier="dairy", delivery_note="N-1", by="quantity")
            await done(shop, late, SYSTEM)
            assert (average(shop, "rum"), average(shop, "straws")) == (910.0, 20.0)

    run(scenario())


def test_an_order_whose_rest_does_not_come_is_proposed_to_be_closed(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            number = await ordered(shop)
            (rest,) = [one for one in WATCHES if one.kind == "purchase_rest"]

            def proposed(day: str) -> list[str]:
                return [one.subject for one in rest.read(shop.reader, clock.at_us, day)]

            order = read_purchase(shop.reader, number)
            assert order is not None and order.expected_on == "2027-01-18"
            assert proposed("2027-02-18") == [], "nothing came yet: that is a late order"
            part = (buying.ReceiptLine("rum", 4_000),)
            await done(shop, buying.ReceivePurchaseOrder(number, "N-1", part), SYSTEM)
            assert (proposed("2027-01-21"), proposed("2027-01-22")) == ([], [str(number)])
            await done(shop, buying.ClosePurchaseOrder(number), SYSTEM)
            assert proposed("2027-01-22") == []

    run(scenario())


def test_a_lot_that_someone_received_by_hand_keeps_who_brought_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await ordered(shop)
            brought = stock.RecordMovement("rum", "in", units=2_000, lot="H1", unit_cost_minor=900, supplier="nobody")
            outcome = await shop.do(brought, SYSTEM)
            assert isinstance(outcome, Refused) and outcome.code == "no_supplier", outcome
            assert read_lot_suppliers(shop.reader, "rum") == {}
            await done(shop, msgspec.structs.replace(brought, supplier="dairy"), SYSTEM)
            await done(shop, stock.RecordMovement("rum", "in", units=1_000, lot="H2"), SYSTEM)
            assert read_lot_suppliers(shop.reader, "rum") == {"H1": {"en": "Dairy & Co"}}, "of H2 nobody said it"
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())

"""Deliveries booked wrong, freight that comes later, goods that go back: what the shop owns and what it paid."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.core.messages import Command, Refused
from edge.counter.till.commands import AddLine, Pay
from edge.foundation.printing.commands import PrintPlaceLabel
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Pack, Product
from edge.goods.purchasing import commands as buying
from edge.goods.purchasing.queries import KeptPurchase, read_purchase, read_returns
from edge.goods.purchasing.receipt_corrections import CostEffect
from edge.goods.stock.commands import RecordMovement, SetLocation
from edge.goods.stock.lists.listings import read_cost_corrections, read_receipts
from edge.goods.stock.queries import StockItem, read_item
from tests.shop_fixture import CASHIER, SYSTEM, done, open_shop, run

LAGER = Product("lager", {"en": "Lager"}, ("4006381333948",), 500, box=24)
WINE = Product("wine", {"en": "Wine"}, ("5449000000996",), 900)
STAFF = CASHIER.with_rights("stock")


class Store:
    """A shop with a supplier."""

    def __init__(self, shop: CommandBus) -> None:
        self.shop = shop

    async def begin(self) -> Store:
        for command in (
            SetProducts((LAGER, WINE)),
            buying.SetSupplier("brewery", {"en": "Brewery"}),
            buying.SetSupplierPrice("brewery", "lager", 100),
            buying.SetSupplierPrice("brewery", "wine", 400),
        ):
            await done(self.shop, command, SYSTEM)
        return self

    async def do(self, command: Command) -> Any:
        return (await done(self.shop, command, SYSTEM)).result

    async def refused(self, command: Command) -> str:
        outcome = await self.shop.do(command, SYSTEM)
        assert isinstance(outcome, Refused), outcome
        return outcome.code

    async def sell(self, units: int) -> None:
        await done(self.shop, AddLine("4006381333948", quantity=units * 1000))
        await done(self.shop, Pay("card"))

    async def order(self, lager: int = 10, wine: int = 0) -> int:
        lines = [buying.OrderLine(sku, n * 1000) for sku, n in (("lager", lager), ("wine", wine)) if n]
        number = await self.do(buying.CreatePurchaseOrder("brewery", tuple(lines)))
        await self.do(buying.ApprovePurchaseOrder(number))
        await self.do(buying.SendPurchaseOrder(number))
        return int(number)

    async def receive(self, number: int, note: str, *lines: buying.ReceiptLine) -> None:
        await done(self.shop, buying.ReceivePurchaseOrder(number, note, lines), STAFF)

    def item(self, sku: str = "lager") -> StockItem:
        found = read_item(self.shop.reader, sku)
        assert found is not None
        return found

    def kept(self, number: int) -> KeptPurchase:
        found = read_purchase(self.shop.reader, number)
        assert found is not None
        return found

    def last(self, sku: str = "lager") -> int:
        return read_receipts(self.shop.reader, sku)[0].receipt

    def figures(self) -> list[tuple[str, int]]:
        return [(one.why, one.amount_milli) for one in read_cost_corrections(self.shop.reader)]


def test_a_price_that_was_wrong_is_mended_and_what_was_sold_is_a_figure(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            store = await Store(shop).begin()
            number = await store.order()
            await store.receive(number, "DN 1", buying.ReceiptLine("lager", 10_000))
            await store.sell(4)
            correct = buying.CorrectReceipt(store.last(), "lager", unit_cost_minor=130, note="as on the invoice")
            assert await store.do(correct) == CostEffect(6 * 30_000, 4 * 30_000)
            assert store.item().average_micro == 130_000_000
            assert store.figures() == [("receipt", 4 * 30_000)]
            assert store.kept(number).receipts[0].unit_cost_minor == 130
            assert await store.do(correct) == CostEffect(0, 0), "it is so already"
            assert await store.refused(buying.CorrectReceipt(1, "lager", 0)) == "no_receipt"
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_less_came_than_was_booked_and_the_order_is_open_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            store = await Store(shop).begin()
            number = await store.order()
            await store.receive(number, "DN 1", buying.ReceiptLine("lager", 10_000))
            assert store.kept(number).state == "received"
            await store.do(buying.CorrectReceipt(store.last(), "lager", 7_000))
            order = store.kept(number)
            assert (order.state, order.lines[0].open, store.item().on_hand) == ("part_received", 3_000, 7_000)
            assert store.item().on_order == 3_000
            assert store.item().average_micro == 100_000_000
            await store.do(buying.CorrectReceipt(store.last(), "lager", 10_000))
            assert (store.kept(number).state, store.item().on_order) == ("received", 0)
            await store.sell(4)
            await store.do(buying.CorrectReceipt(store.last(), "lager", 0))
            assert store.item().on_hand == -4_000, "four were sold that never came: a count will tell"
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_freight_is_spread_by_value_over_a_delivery(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            store = await Store(shop).begin()
            number = await store.order(10, 5)
            lines = (buying.ReceiptLine("lager", 10_000), buying.ReceiptLine("wine", 5_000))
            await store.receive(number, "DN 1", *lines)
            await store.sell(5)
            freight = buying.AddReceiptCost(300, supplier="brewery", delivery_note="DN 1", document="F 7")
            assert await store.do(freight) == CostEffect(250_000, 50_000)
            assert (store.item().average_micro, store.item("wine").average_micro) == (110_000_000, 440_000_000)
            assert store.figures() == [("added", 50_000)]
            receipt = read_receipts(shop.reader, "wine")[0]
            assert (receipt.added_minor, receipt.unit_micro) == (200, 440_000_000)
            assert (
                await store.refused(buying.AddReceiptCost(5, supplier="brewery", delivery_note="DN 9")) == "no_receipts"
            )
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_what_was_sold_before_it_came_is_a_figure_of_its_own(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            store = await Store(shop).begin()
            await store.do(RecordMovement("lager", "in", units=2_000, unit_cost_minor=100))
            await store.sell(5)
            assert store.figures() == []
            await store.do(RecordMovement("lager", "in", units=10_000, unit_cost_minor=140, document="DN 2"))
            assert store.figures() == [("sold_short", 3 * 40_000)]
            assert (store.item().on_hand, store.item().average_micro) == (7_000, 140_000_000)

    run(scenario())


def test_bad_goods_stand_aside_and_go_back_to_their_supplier(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            store = await Store(shop).begin()
            number = await store.order()
            good, bad = buying.ReceiptLine("lager", 8_000), buying.ReceiptLine("lager", 2_000, cause="breakage")
            await store.receive(number, "DN 1", good, bad)
            assert (store.item().on_hand, store.item().available) == (10_000, 8_000)
            assert {row.location: row.total for row in store.item().rows} == {"main": 8_000, "quarantine": 2_000}
            back = buying.ReturnLine("lager", 2_000, location="quarantine", credit_minor=90)
            returned = buying.ReturnToSupplier("brewery", (back,), "R 1", number, replace=True)
            assert (
                await store.refused(buying.ReturnToSupplier("brewery", (back,), "R 1", replace=True))
                == "replaces_no_order"
            )
            assert await store.do(returned) == CostEffect(0, 2 * 10_000)
            order = store.kept(number)
            assert (order.state, order.lines[0].open, store.item().on_hand) == ("part_received", 2_000, 8_000)
            assert store.figures() == [("returned", 20_000)]
            assert await store.refused(returned) == "stock_short"
            credit = buying.ReturnToSupplier(
                "brewery", (buying.ReturnLine("lager", 1_000, credit_minor=100),), "R 2", number
            )
            await store.do(credit)
            assert store.kept(number).lines[0].open == 2_000, "what is credited does not come again"
            assert [(one.document, one.replaced) for one in read_returns(shop.reader)] == [
                ("R 2", False),
                ("R 1", True),
            ]
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_cases_go_back_and_are_corrected_by_their_code(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            store = await Store(shop).begin()
            case = Pack("5010000000011", 24)
            await store.do(SetProducts((msgspec.structs.replace(LAGER, packs=(case,)),)))
            number = await store.order(72)
            await store.receive(number, "DN 1", buying.ReceiptLine(case.code, 3_000, 2_400))
            assert (store.item().boxes, store.item().on_hand) == (3, 72_000), "three closed cases"
            back = buying.ReturnLine(case.code, 1_000, credit_minor=2_400)
            crooked = buying.ReturnToSupplier("brewery", (msgspec.structs.replace(back, credit_minor=2_401),))
            assert await store.refused(crooked) == "case_cost_uneven"
            too_much = msgspec.structs.replace(back, quantity=4_000)
            assert (
                await store.refused(buying.ReturnToSupplier("brewery", (too_much,), "R 1", number, replace=True))
                == "returned_too_much"
            )
            assert await store.do(
                buying.ReturnToSupplier("brewery", (back,), "R 1", number, replace=True)
            ) == CostEffect(0, 0)
            assert (store.item().boxes, store.item().on_hand) == (2, 48_000), "a closed case went back, none was opened"
            (returned,) = read_returns(shop.reader)
            assert (returned.sku, returned.quantity, returned.credit_minor) == ("lager", 24_000, 100)
            assert (store.kept(number).state, store.kept(number).lines[0].open) == ("part_received", 24_000)
            receipt = store.kept(number).receipts[0].movement
            await store.do(buying.CorrectReceipt(receipt, case.code, 2_000, 2_640))
            assert [(one.quantity, one.unit_cost_minor) for one in read_receipts(shop.reader, "lager")] == [
                (48_000, 110)
            ]
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_a_place_has_a_label(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            store = await Store(shop).begin()
            await store.do(SetLocation("rooftop", {"en": "Rooftop"}, "bar"))
            assert len(await store.do(PrintPlaceLabel("rooftop", 2))) == 2
            assert len(await store.do(PrintPlaceLabel("main"))) == 1
            assert await store.refused(PrintPlaceLabel("cellar")) == "no_location"

    run(scenario())

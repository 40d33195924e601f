"""What is poured goes everywhere that whole things go: broken, picked, counted, carried, brought back elsewhere."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from edge.core.messages import Command, Refused
from edge.counter.till.commands import AddLine, AddReturn, Pay, RefundedLine, RefundSale, VoidLastSale
from edge.goods.catalog.commands import SetProducts, WithdrawWord
from edge.goods.catalog.product import BundlePart, Product, Size, Source
from edge.goods.purchasing import commands as buying
from edge.goods.stock.checks import stock_check
from edge.goods.stock.commands import (
    RecordMovement,
    SetLocation,
    SetSellingPlace,
    TransferLine,
    TransferStock,
)
from edge.goods.stock.counting.bulk_counts import CountedStock, SyncLines
from edge.goods.transfers.commands import AnnounceTransfer, GotLine, ReceiveTransfer, SentGoods
from edge.ordering.orders.commands import AddToCart, OpenCart, PlaceOrder
from tests import ordering
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.flow.goods.test_pours import BAR, LIME, do, item, sell
from tests.shop_fixture import CASHIER, MANAGER, SYSTEM, FakeClock, open_shop, run

SOAP = Product("soap", {"en": "Soap"}, ("96385074",), 5_000)
BOTTLES = RecordMovement("gin", "in", units=2_000)


def test_a_cocktail_that_comes_back_damaged_costs_no_more_than_was_poured(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            await do(shop, SetProducts((*BAR, SOAP)))
            await do(shop, BOTTLES)
            await sell(shop, 2)
            before = item(shop, "gin").on_hand
            await do(shop, RefundSale(1, lines=(RefundedLine(1, 1000, True),)), MANAGER)
            assert item(shop, "gin").on_hand == before
            await do(shop, AddReturn(1, lines=(RefundedLine(1, 1000, True),)), MANAGER)
            await do(shop, AddLine("96385074"), CASHIER)
            await do(shop, Pay("cash"), CASHIER)
            assert item(shop, "gin").on_hand == before
            await do(shop, VoidLastSale(), MANAGER)
            assert item(shop, "gin").on_hand == before

    run(scenario())


def test_a_part_of_a_bundle_without_a_measure_leaves_as_it_is_said(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            crate = Product("set", {"en": "Set"}, ("40170725",), 100, parts=(BundlePart("soap", 1_000, "", 5),))
            await do(shop, SetProducts((SOAP, crate)))
            body = "SELECT body ->> '$.parts[0].content' FROM product WHERE sku = 'set'"
            assert shop.reader.execute(body).fetchone() == (None,)
            await do(shop, RecordMovement("soap", "in", units=2_000))
            await do(shop, AddLine("40170725"), CASHIER)
            await do(shop, Pay("cash"), CASHIER)
            assert item(shop, "soap").on_hand == 1_000

    run(scenario())


NO_SIZE = (
    SetProducts((Product("lime", {"en": "Lime"}, (LIME,), 900, unit="piece"),)),
    WithdrawWord("gin", source="", fields=("size",)),
    SetProducts((Product("gin", {"en": "Gin"}, size=Size(700_000, "g")),)),
)


@pytest.mark.parametrize("command", NO_SIZE)
def test_what_a_recipe_takes_by_measure_does_not_lose_its_size(tmp_path: Path, command: Command) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            await do(shop, SetProducts(BAR))
            refused = await shop.do(command, SYSTEM)
            assert isinstance(refused, Refused) and refused.code == "size_poured", refused
            await do(shop, SetProducts((Product("gin", size=Size(500_000, "ml")),)))

    run(scenario())


def test_a_size_that_another_source_still_says_may_be_taken_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            await do(shop, SetProducts(BAR))
            more = Product("gin", size=Size(700_000, "ml"))
            await do(shop, SetProducts((more,), Source("supplier")))
            await do(shop, WithdrawWord("gin", source="", fields=("size",)))
            refused = await shop.do(WithdrawWord("gin", source="supplier"), SYSTEM)
            assert isinstance(refused, Refused) and refused.code == "size_poured", refused

    run(scenario())


def test_a_count_of_many_knows_a_begun_bottle(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            await do(shop, SetProducts((*BAR, SOAP)))
            found = await do(shop, SyncLines((CountedStock("gin", units=1_943), CountedStock("soap", units=500))))
            assert [(issue.value, issue.reason) for issue in found] == [("soap", "stock_quantity_wrong")]
            assert item(shop, "gin").on_hand == 1_943

    run(scenario())


def test_an_order_of_cocktails_is_picked_by_the_bottle(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await do(served.shop, SetProducts(BAR))
            await do(served.shop, BOTTLES)
            await do(served.shop, RecordMovement("lime", "in", units=1_000))
            cart = await ordering.do(served.shop, OpenCart("kiosk"))
            cart = await ordering.do(served.shop, AddToCart(cart.id, sku="fizz", quantity=2_000))
            order = await ordering.do(served.shop, PlaceOrder(cart.id, cart.total_minor))
            answer = await caller.call("GET", f"/api/v1/stock/picks?order={order.id}", Grant=served.site.door.token)
            assert [(one["sku"], one["quantity"]) for one in answer.json["picks"]] == [("gin", 115), ("lime", 50)]
            assert answer.json["lacking"] == []

    run(scenario())


def test_a_recipe_whose_bottle_has_no_size_is_found(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            await do(shop, SetProducts(BAR))
            assert stock_check(shop.reader) == []
            lost = "UPDATE product SET body = json_remove(body, '$.size') WHERE sku = 'gin'"
            await shop.maintain(lambda db: db.execute(lost) and None)
            found = [(issue.check, issue.sku, issue.proposal) for issue in stock_check(shop.reader)]
            assert found == [("part_unmeasured", "gin", "say_size")]

    run(scenario())


def test_a_begun_bottle_arrives_where_no_one_pours(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            await do(shop, SetProducts((*BAR[:2], SOAP)))
            sent = (SentGoods("gin", 1_500, value_milli=1_500 * 777 + 1_200), SentGoods("soap", 2_000))
            await do(shop, AnnounceTransfer("t1", "north", sent))
            assert shop.reader.execute("SELECT quantity FROM stock_claim WHERE sku = 'gin'").fetchone() == (1_500,)
            half = await shop.do(ReceiveTransfer("t1", (GotLine(1, 1_500),)), SYSTEM)
            assert isinstance(half, Refused) and half.code == "pieces_moved_whole", "a soap is whole"
            await do(shop, ReceiveTransfer("t1"))
            assert (item(shop, "gin").on_hand, item(shop, "soap").on_hand) == (1_500, 2_000)
            assert item(shop, "gin").value_milli == 1_500 * 777 + 1_000, "what it was worth there"
            await do(shop, RecordMovement("gin", "waste", units=1_500))
            assert item(shop, "gin").on_hand == 0
            again = await shop.do(RecordMovement("gin", "in", units=500, reason="transfer"), SYSTEM)
            assert isinstance(again, Refused) and again.code == "pieces_moved_whole"

    run(scenario())


def test_a_drop_comes_back_to_the_place_that_it_was_poured_at(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            await do(shop, SetProducts(BAR))
            await do(shop, BOTTLES)
            await do(shop, SetLocation("bar", {"en": "Bar"}, "bar"))
            await do(shop, SetSellingPlace("1", "bar"))
            await do(shop, TransferStock("main", "bar", (TransferLine("gin", 1_000),)))
            await sell(shop, 1)
            await do(shop, SetSellingPlace("1", "main"))
            await do(shop, RefundSale(1, lines=(RefundedLine(1, 1000),)), MANAGER)
            rests = "SELECT location, rest FROM stock_pour WHERE sku = 'gin'"
            assert shop.reader.execute(rests).fetchall() == [("bar", 0)]
            assert {row.location: row.total for row in item(shop, "gin").rows} == {"bar": 1_000, "main": 1_000}

    run(scenario())


def test_a_stock_clerk_writes_no_fees(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            await do(shop, SetProducts(BAR))
            await do(shop, buying.SetSupplier("dairy", {"en": "Dairy"}))
            await do(shop, buying.SetSupplierPrice("dairy", "gin", 900))
            await do(shop, buying.CreatePurchaseOrder("dairy", (buying.OrderLine("gin", 2_000),)))
            await do(shop, buying.ApprovePurchaseOrder(1))
            await do(shop, buying.SendPurchaseOrder(1))
            clerk, lines = CASHIER.with_rights("stock"), (buying.ReceiptLine("gin", 2_000),)
            came = buying.ReceivePurchaseOrder(1, "N1", lines, fees=(buying.ReceiptFee("freight", 5_000_000),))
            refused = await shop.do(came, clerk)
            assert refused == Refused("right_denied", {"command": "ReceivePurchaseOrder", "right": "manage"})
            await do(shop, msgspec.structs.replace(came, fees=()), clerk)

    run(scenario())

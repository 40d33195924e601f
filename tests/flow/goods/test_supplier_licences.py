"""Licences of those who sell cannabis to the shop, by a register: said before it is ordered, asked when it comes."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.goods.catalog.categories import presets
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import MANAGER, Product, Source
from edge.goods.purchasing.commands import (
    ApprovePurchaseOrder,
    CreatePurchaseOrder,
    OrderLine,
    ReceiptLine,
    ReceivePurchaseOrder,
    SendPurchaseOrder,
    SetSupplier,
    SetSupplierPrice,
)
from edge.goods.stock.commands import RecordMovement
from edge.goods.supplier_invoices.commands import ApproveInvoice, PostInvoice
from tests.feeding import ingest, records
from tests.flow.analytics.test_insight import opened
from tests.flow.goods.test_supplier_invoices import bought
from tests.invoicing_in import ubl
from tests.ordering import do, refused
from tests.shop_fixture import MILK, SYSTEM, open_shop, run

REGISTER = "Licence number,Licence holder,Status,Expiry date\n"
GROWER = SetSupplier("grower", {"en": "Grower"}, licence="LIC-8Q12")
GOODS = (
    Product("flower", {"en": "Flower"}, (), 3000, category="cannabis-flower"),
    Product("tea", {"en": "Tea"}, (), 300),
)
REGISTERS = {
    "not in it": ("LIC-1,Other,Active,\n", "licence_unknown"),
    "over": ("lic 8q12,Grower,Active,2026-12-31\n", "licence_expired"),
    "said to be over": ("LIC-8Q12,Grower,Expired,\n", "licence_expired"),
    "suspended": ("LIC-8Q12,Grower,Suspended,2030-01-01\n", "licence_suspended"),
    "taken away": ("LIC-8Q12,Grower,Revoked,2030-01-01\n", "licence_revoked"),
    "valid": ("LIC-8Q12,Grower,Active,2030-01-01\n", ""),
}


async def with_goods(shop: CommandBus, supplier: SetSupplier = GROWER) -> None:
    """Cannabis and tea of one supplier."""
    await do(shop, SetCategories(presets.load("cannabis"), Source(MANAGER)), SYSTEM)
    await do(shop, SetProducts(GOODS, Source(MANAGER)), SYSTEM)
    await do(shop, supplier, SYSTEM)
    for product in GOODS:
        await do(shop, SetSupplierPrice("grower", product.sku, 100), SYSTEM)


async def ordered(shop: CommandBus, sku: str) -> int:
    """An order of one product that was sent."""
    number = int(await do(shop, CreatePurchaseOrder("grower", (OrderLine(sku, 9_000),)), SYSTEM))
    await do(shop, ApprovePurchaseOrder(number), SYSTEM)
    await do(shop, SendPurchaseOrder(number, "paper"), SYSTEM)
    return number


@pytest.mark.parametrize("case", REGISTERS)
def test_cannabis_of_someone_without_a_licence_is_asked_about(case: str, tmp_path: Path) -> None:
    rows, code = REGISTERS[case]

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await with_goods(shop)
            flower, tea = [await ordered(shop, sku) for sku in ("flower", "tea")]
            path = tmp_path / "register.csv"
            path.write_text(REGISTER + rows)
            assert (await ingest(shop, path, entity_type="Licence")).applied == 1
            assert await do(shop, ReceivePurchaseOrder(tea, "DN 1", (ReceiptLine("tea", 1_000),)), SYSTEM)
            receipt = ReceivePurchaseOrder(flower, "DN 2", (ReceiptLine("flower", 1_000),))
            if code:
                no = await refused(shop, receipt, SYSTEM)
                assert (no.code, no.values["supplier"]) == (code, "Grower")
                receipt = msgspec.structs.replace(receipt, answers=(no.answer,))
            assert await do(shop, receipt, SYSTEM)
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_cannabis_that_comes_without_an_order_is_asked_about_too(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await with_goods(shop)
            path = tmp_path / "register.csv"
            path.write_text(REGISTER + "LIC-8Q12,Grower,Suspended,\n")
            await ingest(shop, path, entity_type="Licence")
            came = RecordMovement("flower", "in", units=1_000, supplier="grower")
            no = await refused(shop, came, SYSTEM)
            assert (no.code, no.values["supplier"]) == ("licence_suspended", "Grower")
            assert await do(shop, msgspec.structs.replace(came, answers=(no.answer,)), SYSTEM)
            assert await do(shop, RecordMovement("tea", "in", units=1_000, supplier="grower"), SYSTEM)
            assert await do(shop, RecordMovement("flower", "out", units=1_000, supplier="grower"), SYSTEM)

    run(scenario())


def test_cannabis_that_an_invoice_receives_is_asked_about_too(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bought(tmp_path) as one:
            await one.do(SetCategories(presets.load("cannabis"), Source(MANAGER)))
            flower = Product("milk", {"en": "Milk"}, (MILK,), 120, "reduced", category="cannabis-flower")
            await one.do(SetProducts((flower,), Source(MANAGER)))
            path = tmp_path / "register.csv"
            path.write_text(REGISTER + "LIC-1,Other,Active,\n")
            await ingest(one.shop, path, entity_type="Licence")
            number = (await one.invoice(ubl((MILK, "10", "0.80"), order=1))).invoice.number
            await one.do(ApproveInvoice(number, "came this morning"))
            first = await refused(one.shop, PostInvoice(number), SYSTEM)
            then = await refused(one.shop, PostInvoice(number, answers=(first.answer,)), SYSTEM)
            assert (first.code, then.code) == ("invoice_receives", "licence_missing")
            await do(one.shop, PostInvoice(number, answers=(first.answer, then.answer)), SYSTEM)

    run(scenario())


def test_without_a_register_nothing_is_known_of_licences(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await with_goods(shop)
            number = await ordered(shop, "flower")
            assert await do(shop, ReceivePurchaseOrder(number, "DN 2", (ReceiptLine("flower", 1_000),)), SYSTEM)
            path = tmp_path / "register.csv"
            path.write_text(REGISTER + "LIC-1,Other,perhaps,\n,Nobody,Active,\n")
            job = await ingest(shop, path, entity_type="Licence")
            assert [one.code for row in records(shop, job) for one in row.reasons] == ["status_unknown", "missing_key"]

    run(scenario())


def test_an_order_says_what_is_wrong_before_it_is_sent(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with opened(tmp_path) as (served, caller):
            shop = served.shop
            await with_goods(shop, msgspec.structs.replace(GROWER, licence=""))
            number = await do(shop, CreatePurchaseOrder("grower", (OrderLine("flower", 9_000),)), SYSTEM)
            path = tmp_path / "register.csv"
            path.write_text(REGISTER + "LIC-8Q12,Grower,Active,2026-12-31\n")
            await ingest(shop, path, entity_type="Licence")
            page = await caller.page(f"/manager/purchase?lang=en&id={number}")
            assert "Grower has no licence number" in page
            await do(shop, GROWER, SYSTEM)
            for language, text in (("en", "LIC-8Q12 of Grower expired"), ("fr", "a expiré"), ("he", "LIC-8Q12")):
                assert text in await caller.page(f"/manager/purchase?lang={language}&id={number}")

    run(scenario(), 200)

"""What a supplier's invoice does to what goods cost: of its own part of a delivery, and to the cent."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import structs

from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Pack, Product
from edge.goods.purchasing.commands import (
    ApprovePurchaseOrder,
    CorrectReceipt,
    CreatePurchaseOrder,
    OrderLine,
    ReceiptLine,
    ReceivePurchaseOrder,
    SendPurchaseOrder,
)
from edge.goods.supplier_invoices.commands import ApproveInvoice, PostInvoice, UnpostInvoice
from tests.flow.goods.test_supplier_invoices import Bought, bought, received
from tests.invoicing_in import paper, ubl
from tests.shop_fixture import MILK, SYSTEM, done, run

CASE = "14006381333136"


async def posted(one: Bought, content: bytes, note: str = "", despatch: str = "") -> int:
    kept = received(content)
    if despatch:
        kept = structs.replace(kept, paper=structs.replace(paper(content), despatch=despatch))
    number = int((await done(one.shop, kept, SYSTEM)).result)
    await one.do(ApproveInvoice(number, note))
    await one.do(PostInvoice(number))
    return number


def worth(one: Bought, sku: str) -> float:
    """What is on hand of a product is worth, in minor units."""
    on_hand, average = one.shop.reader.execute(
        "SELECT on_hand, average_micro FROM stock WHERE sku = ?", (sku,)
    ).fetchone()
    return round(on_hand * average / 1000 / 1_000_000, 2)


@pytest.mark.parametrize("notes", [("D-1",), ("D-1", "D-2")], ids=["one receipt", "two receipts"])
def test_a_later_part_invoice_prices_its_own_part(notes: tuple[str, ...], tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bought(tmp_path) as one:
            for note in notes:
                await one.receive(10 // len(notes), 0, note)
            first = await posted(one, ubl((MILK, "5", "0.80"), number="F-1", order=1), despatch=notes[0])
            assert worth(one, "milk") == 800
            second = await posted(one, ubl((MILK, "5", "0.90"), number="F-2", order=1), "dearer", despatch=notes[-1])
            assert worth(one, "milk") == 850  # 4.00 and 4.50 were paid
            await one.do(UnpostInvoice(second, "again"))
            assert worth(one, "milk") == 800
            await one.do(ApproveInvoice(second, "dearer"))
            await one.do(PostInvoice(second))
            await one.do(UnpostInvoice(first, "the first one"))
            assert worth(one, "milk") == 850

    run(scenario())


def test_of_two_notes_the_one_that_an_invoice_names_is_priced(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bought(tmp_path) as one:
            await one.receive(4, 0, "D-1")
            await one.receive(6, 0, "D-2")
            await posted(one, ubl((MILK, "6", "0.81"), number="F-1", order=1), "early", despatch="D-2")
            assert worth(one, "milk") == 4 * 80 + 6 * 81
            await posted(one, ubl((MILK, "4", "0.80"), number="F-2", order=1), despatch="D-1")
            assert worth(one, "milk") == 4 * 80 + 6 * 81

    run(scenario())


@pytest.mark.parametrize(("quantity", "price", "paid_minor"), [(1000, "0.1249", 12_490), (5000, "0.004", 2_000)])
@pytest.mark.parametrize("first", [True, False], ids=["received before", "received by the invoice"])
def test_costs_below_a_cent_add_up_to_what_was_paid(
    quantity: int, price: str, paid_minor: int, first: bool, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with bought(tmp_path) as one:
            order = (await one.do(CreatePurchaseOrder("dairy", (OrderLine("milk", quantity * 1000, 12),)))).result
            await one.do(ApprovePurchaseOrder(order))
            await one.do(SendPurchaseOrder(order))
            if first:
                await one.do(ReceivePurchaseOrder(order, "D-9", (ReceiptLine("milk", quantity * 1000),)))
            number = await posted(one, ubl((MILK, str(quantity), price), order=order), "as agreed")
            assert worth(one, "milk") == paid_minor
            await one.do(UnpostInvoice(number, "again"))
            assert worth(one, "milk") == (quantity * 12 if first else 0)

    run(scenario())


def test_two_lines_of_a_product_price_their_receipt_together(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bought(tmp_path) as one:
            await one.receive(10, 0)
            number = await posted(one, ubl((MILK, "4", "0.80"), (MILK, "6", "0.81"), order=1))
            assert worth(one, "milk") == 4 * 80 + 6 * 81
            await one.do(UnpostInvoice(number, "again"))
            assert worth(one, "milk") == 800

    run(scenario())


def test_what_someone_says_of_a_receipt_later_holds(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bought(tmp_path) as one:
            await one.receive(10, 0)
            number = await posted(one, ubl((MILK, "10", "0.81"), order=1))
            (movement,) = one.shop.reader.execute("SELECT movement FROM supplier_invoice_effect").fetchone()
            await one.do(CorrectReceipt(movement, "milk", unit_cost_minor=79))
            await one.do(UnpostInvoice(number, "again"))
            assert one.costs()["milk"] == 79

    run(scenario())


@pytest.mark.parametrize("unit", ["C62", "CS", "XBX"])
def test_a_cases_own_code_is_a_case_on_an_invoice(unit: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bought(tmp_path) as one:
            milk = Product("milk", {"en": "Milk"}, (MILK,), 120, "reduced", packs=(Pack(code=CASE, units=12),))
            await one.do(SetProducts((milk,)))
            order = (await one.do(CreatePurchaseOrder("dairy", (OrderLine("milk", 24_000, 117),)))).result
            await one.do(ApprovePurchaseOrder(order))
            await one.do(SendPurchaseOrder(order))
            await one.do(ReceivePurchaseOrder(order, "D-9", (ReceiptLine("milk", 24_000),)))
            content = ubl((CASE[1:], "2", "13.99"), order=order, unit=unit)
            found = await one.invoice(content.replace(CASE[1:].encode(), CASE.encode()))
            (line,) = found.lines
            assert (found.is_matched, line.quantity, line.unit_cost_minor) == (True, 24_000, 117)
            await one.do(ApproveInvoice(found.invoice.number))
            await one.do(PostInvoice(found.invoice.number))
            assert worth(one, "milk") == 2798

    run(scenario())

"""What an invoice says that goods cost, on the supplier's list with confirmation; and freight, which is none of it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from msgspec import structs

from edge.core.journal.verify import verify
from edge.goods.purchasing.commands import AddReceiptCost, PriceBreak, SetSupplierPrice
from edge.goods.purchasing.queries import read_supplier_prices
from edge.goods.supplier_invoices.commands import (
    ApproveInvoice,
    PostInvoice,
    ReceiveInvoice,
    SetInvoiceCharge,
    UnpostInvoice,
)
from tests.flow.goods.test_supplier_invoices import Bought, bought, codes
from tests.invoicing_in import paper, ubl
from tests.shop_fixture import BEER, MILK, run


def test_the_suppliers_list_takes_the_prices_of_an_invoice_where_somebody_says_so(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bought(tmp_path) as one:
            await one.do(SetSupplierPrice("dairy", "milk", 80, "M-1", 6, 2))
            await one.do(SetSupplierPrice("dairy", "beer", 150, breaks=(PriceBreak(10, 140),)))
            await one.receive()
            for number, set_prices, milk in (("F-1", False, 80), ("F-2", True, 81)):
                content = ubl((MILK, "5", "0.81"), (BEER, "3", "1.51"), order=1, number=number)
                found = await one.invoice(content)
                await one.do(ApproveInvoice(found.invoice.number))
                await one.do(PostInvoice(found.invoice.number, set_prices=set_prices))
                prices = {sku: read_supplier_prices(one.shop.reader, "dairy", sku)[0] for sku in ("milk", "beer")}
                terms = prices["milk"]
                assert (terms.cost_minor, terms.code, terms.pack, terms.min_packs) == (milk, "M-1", 6, 2)
                assert prices["beer"].cost_minor == 150, "a price by so many packs is not one number"
            await one.do(UnpostInvoice(found.invoice.number, "mistyped"))
            kept = read_supplier_prices(one.shop.reader, "dairy", "milk")[0]
            assert kept.cost_minor == 81, "the list stays, as the page says where it is taken back"
            assert verify(one.shop.reader, one.shop.registry).faults == ()

    run(scenario())


def freight_of(one: Bought, charges: str = "1.70", number: str = "F-1") -> ReceiveInvoice:
    """10 milk at 0.80 and 6 beers at 1.50, and so much freight."""
    said = paper(ubl((MILK, "10", "0.80"), (BEER, "6", "1.50"), order=1, number=number))
    net = Decimal("17.00") + Decimal(charges)
    tax = (net / 5).quantize(Decimal("0.01"))
    sums = {"charges": charges, "net": f"{net}", "tax": f"{tax}", "total": f"{net + tax}"}
    return ReceiveInvoice(structs.replace(said, **sums, faults=()), number[-1] * 64, "freight.xml")


def test_freight_is_asked_about_and_is_what_the_goods_cost(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bought(tmp_path) as one:
            await one.receive()
            number = (await one.do(freight_of(one))).result
            found = one.matched(number)
            assert [(one.code, one.values) for one in found.findings] == [("charge_unplanned", {"charges": "1.70"})]
            assert codes(found) == [[], []], "freight makes no price another one"
            await one.do(ApproveInvoice(number, "freight, as agreed"))
            await one.do(PostInvoice(number, set_prices=True))
            assert (one.costs(), one.added()) == ({"milk": 80, "beer": 150}, {"milk": 80, "beer": 90}), "by value"
            assert read_supplier_prices(one.shop.reader, "dairy", "milk")[0].cost_minor == 80, "freight is no price"
            await one.do(UnpostInvoice(number, "mistyped"))
            assert one.added() == {"milk": 0, "beer": 0}
            assert verify(one.shop.reader, one.shop.registry).faults == ()

    run(scenario())


def test_freight_that_a_receipt_names_is_not_asked_about_and_counts_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bought(tmp_path) as one:
            await one.receive()
            await one.do(AddReceiptCost(170, supplier="dairy", delivery_note="D-1"))
            number = (await one.do(freight_of(one))).result
            assert one.matched(number).is_matched
            more = (await one.do(freight_of(one, "2.00", "F-2"))).result
            assert one.matched(more).open_codes == ("charge_unplanned",), "0.30 of it is news"
            await one.do(ApproveInvoice(number))
            await one.do(PostInvoice(number))
            assert one.added() == {"milk": 80, "beer": 90}, "it was said before"
            third = (await one.do(freight_of(one, "1.70", "F-3"))).result
            assert "charge_unplanned" in one.matched(third).open_codes, "what the receipts name was for the first one"
            assert verify(one.shop.reader, one.shop.registry).faults == ()

    run(scenario())


def test_a_line_that_is_freight_is_no_goods_and_what_a_fee_is_called_is_said_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bought(tmp_path) as one:
            await one.receive()
            found = await one.invoice(ubl((MILK, "10", "0.80"), ("Delivery charge", "1", "0.80"), order=1))
            assert (found.open_codes, [line.is_charge for line in found.lines]) == (
                ("charge_unplanned",),
                [False, True],
            )
            await one.do(ApproveInvoice(found.invoice.number, "as agreed"))
            await one.do(PostInvoice(found.invoice.number))
            assert (one.costs()["milk"], one.added()["milk"]) == (80, 80)
            fees = [ubl(("Cool chain levy", "1", "0.80"), order=1, number=f"L-{at}") for at in (1, 2)]
            first = await one.invoice(fees[0])
            assert first.open_codes == ("product_unknown",)
            assert await one.refused(ApproveInvoice(first.invoice.number, "so what")) == "invoice_unfinished"
            await one.do(SetInvoiceCharge(first.invoice.number, 0))
            assert one.matched(first.invoice.number).open_codes == ("charge_unplanned",)
            second = await one.invoice(fees[1])
            assert second.open_codes == ("charge_unplanned",), "it is known from then on"
            assert await one.refused(SetInvoiceCharge(second.invoice.number, 3)) == "invoice_line_unknown"
            assert verify(one.shop.reader, one.shop.registry).faults == ()

    run(scenario())

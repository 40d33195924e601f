"""What an invoice says that goods cost, on the supplier's list with a yes; and freight, which is none of it."""

from __future__ import annotations

from pathlib import Path

from msgspec import structs

from edge.core.journal.verify import verify
from edge.shop.purchasing.commands import PriceBreak, SetSupplierPrice
from edge.shop.purchasing.queries import read_supplier_prices
from edge.shop.supplier_invoices.commands import ApproveInvoice, PostInvoice, ReceiveInvoice, UnpostInvoice
from tests.flow.test_supplier_invoices import bought
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


def test_freight_is_asked_about_and_is_what_the_goods_cost(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bought(tmp_path) as one:
            await one.receive()
            content = ubl((MILK, "10", "0.80"), (BEER, "6", "1.50"), order=1)
            said = paper(content)
            freight = structs.replace(said, charges="1.70", net="18.70", tax="3.74", total="22.44", faults=())
            number = (await one.do(ReceiveInvoice(freight, "0" * 64, "freight.xml"))).result
            found = one.matched(number)
            assert [(one.code, one.values) for one in found.findings] == [("charge_unplanned", {"charges": "1.70"})]
            await one.do(ApproveInvoice(number, "freight, as agreed"))
            await one.do(PostInvoice(number, set_prices=True))
            assert one.costs() == {"milk": 88, "beer": 165}, "by value over the lines"
            assert read_supplier_prices(one.shop.reader, "dairy", "milk")[0].cost_minor == 80, "freight is no price"

    run(scenario())

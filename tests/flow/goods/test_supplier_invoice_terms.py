"""What the shop lets pass of a supplier's invoice, and who is known by a bank account."""

from __future__ import annotations

import hashlib
from pathlib import Path

from msgspec import structs

from edge.core.journal.verify import verify
from edge.foundation.settings.commands import SetSetting
from edge.goods.supplier_invoices.commands import ApproveInvoice, ReceiveInvoice, SetInvoiceSupplier
from edge.goods.supplier_invoices.queries import MatchedInvoice, read_known_sellers
from tests.flow.goods.test_supplier_invoices import TODAY, Bought, bought
from tests.invoicing_in import paper, ubl
from tests.shop_fixture import BEER, MILK, run

IBAN = "IL620108000000099999999"


def asked(one: Bought, number: int) -> list[str]:
    """What blocks or asks, as the shop itself is asked for it."""
    read = one.shop.registry.queries["invoice_in_matched"].read
    return list(read(one.shop.reader, number, "EUR", TODAY).open_codes)


def test_what_a_price_and_a_total_may_be_off_is_the_shops_to_say_and_holds_at_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bought(tmp_path) as one:
            await one.receive()
            whole = paper(ubl((MILK, "10", "0.90"), (BEER, "6", "1.50"), order=1))
            said = structs.replace(whole, total="21.70", payable="21.70", how="text")
            number = (await one.do(ReceiveInvoice(said, "1" * 64, "paper.pdf"))).result
            assert asked(one, number) == ["total_differs", "price_over"], "0.05 and 2 % are passed"
            for name, value in (("price_over_percent", 13), ("rounding_minor", 60)):
                await one.do(SetSetting(f"supplier_invoices.{name}", value))
            assert asked(one, number) == [], "1.00 of the line is within 5.00"
            await one.do(SetSetting("supplier_invoices.price_over_line_minor", 99))
            assert asked(one, number) == ["price_over"], "0.99 are passed by 0.01"
            assert await one.refused(ApproveInvoice(number)) == "invoice_why"
            assert await one.refused(SetSetting("supplier_invoices.price_over_percent", 101)) == "setting_wrong"

    run(scenario())


def test_who_has_no_vat_number_is_known_by_bank_account_and_name_and_another_account_is_asked(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bought(tmp_path) as one:
            await one.receive()
            whole = paper(ubl((MILK, "1", "0.80"), order=1))

            async def came(number: str, seller: str, account: str) -> MatchedInvoice:
                said = structs.replace(whole, number=number, seller=seller, seller_vat="", account=account, how="text")
                digest = hashlib.sha256(f"{number}{account}".encode()).hexdigest()
                return one.matched((await one.do(ReceiveInvoice(said, digest, "paper.pdf"))).result)

            first = await came("F-1", "Levy", IBAN)
            assert first.invoice.supplier == ""
            await one.do(SetInvoiceSupplier(first.invoice.number, "dairy"))
            assert (await came("F-2", "LEVY ", IBAN)).invoice.supplier == "dairy"
            assert (await came("F-3", "Levy", "12-655-123456")).open_codes[0] == "supplier_unknown", (
                "who is paid is asked"
            )
            (known,) = [seller for seller in read_known_sellers(one.shop.reader) if seller.account]
            assert (known.key, known.account, "Levy".casefold() in known.names) == ("levy", IBAN, True)
            said = structs.replace(whole, number="F-2", seller="The Dairy", seller_vat="", account="", how="text")
            twice = ReceiveInvoice(said, "e" * 64, "again.pdf")
            assert await one.refused(twice) == "duplicate_number", "of the same supplier, however they are known"
            assert verify(one.shop.reader, one.shop.registry).faults == ()

    run(scenario())

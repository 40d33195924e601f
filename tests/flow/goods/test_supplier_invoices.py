"""A supplier's invoice beside what was ordered and came: found, matched, approved, and what it does to costs."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec import structs

from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.core.messages import Command, Done, Refused
from edge.core.people import remarks
from edge.core.people.forgetting import ForgetPerson
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.purchasing.commands import (
    ApprovePurchaseOrder,
    CorrectReceipt,
    CreatePurchaseOrder,
    OrderLine,
    ReceiptLine,
    ReceivePurchaseOrder,
    SendPurchaseOrder,
    SetSupplier,
    SetSupplierPrice,
)
from edge.goods.purchasing.queries import read_purchase
from edge.goods.stock.queries import read_stock
from edge.goods.supplier_invoices.checks import INVOICED_OVER, invoice_in_stock_check
from edge.goods.supplier_invoices.commands import (
    ApproveInvoice,
    PostInvoice,
    ReceiveInvoice,
    RejectInvoice,
    SetInvoiceLine,
    SetInvoiceSupplier,
    UnpostInvoice,
)
from edge.goods.supplier_invoices.queries import MatchedInvoice, read_invoice_in, read_matched
from tests.invoicing_in import paper, ubl
from tests.shop_fixture import BEER, MILK, SYSTEM, agreed, done, open_shop, run

TODAY = "2027-01-15"


class Bought:
    """A shop that ordered 10 milk at 0.80 and 6 beers at 1.50 of The Dairy, order 1."""

    def __init__(self, shop: CommandBus) -> None:
        self.shop = shop

    async def do(self, command: Command) -> Done:
        return await agreed(self.shop, command, SYSTEM)

    async def refused(self, command: Command) -> str:
        outcome = await self.shop.do(command, SYSTEM)
        assert isinstance(outcome, Refused), outcome
        return outcome.code

    async def receive(self, milk: int = 10, beer: int = 6, note: str = "D-1") -> None:
        lines = (ReceiptLine("milk", milk * 1000), ReceiptLine("beer", beer * 1000))
        await self.do(ReceivePurchaseOrder(1, note, tuple(line for line in lines if line.quantity)))

    async def invoice(self, content: bytes) -> MatchedInvoice:
        """An invoice as it came."""
        number = (await done(self.shop, received(content), SYSTEM)).result
        return self.matched(number)

    def matched(self, number: int) -> MatchedInvoice:
        found = read_matched(self.shop.reader, number, "EUR", TODAY)
        assert found is not None
        return found

    def costs(self) -> dict[str, int]:
        order = read_purchase(self.shop.reader, 1)
        assert order is not None
        return {one.sku: one.unit_cost_minor for one in order.receipts}

    def added(self) -> dict[str, int]:
        """What of freight and fees each product's receipt bears."""
        order = read_purchase(self.shop.reader, 1)
        assert order is not None
        return {one.sku: one.added_minor for one in order.receipts}


def received(content: bytes) -> ReceiveInvoice:
    return ReceiveInvoice(paper(content), hashlib.sha256(content).hexdigest(), "invoice.xml")


def names(person: str, folder: Path) -> bool:
    """Whether a byte of the ledger has it."""
    written = b"".join(file.read_bytes() for file in folder.rglob("ledger.db*"))
    assert written
    return person.encode() in written


def codes(found: MatchedInvoice) -> list[list[str]]:
    """The findings of each line."""
    return [[one.code for one in line.findings] for line in found.lines]


@asynccontextmanager
async def bought(folder: Path) -> AsyncIterator[Bought]:
    async with open_shop(folder) as shop:
        await ordered(one := Bought(shop))
        yield one


async def ordered(one: Bought) -> None:
    """The supplier, their prices, and order 1."""
    await one.do(SetSupplier("dairy", {"en": "The Dairy"}))
    for sku, cost_minor in (("milk", 80), ("beer", 150)):
        await one.do(SetSupplierPrice("dairy", sku, cost_minor))
    lines = (OrderLine("milk", 10_000, 80), OrderLine("beer", 6_000, 150))
    assert (await one.do(CreatePurchaseOrder("dairy", lines))).result == 1
    await one.do(ApprovePurchaseOrder(1))
    await one.do(SendPurchaseOrder(1))


def test_an_invoice_that_matches_is_approved_and_posted_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bought(tmp_path) as one:
            await one.receive()
            found = await one.invoice(ubl((MILK, "10", "0.81"), (BEER, "6", "1.50"), order=1))
            assert (found.is_matched, codes(found), found.invoice.supplier) == (True, [[], []], "dairy")
            number = found.invoice.number
            assert await one.refused(PostInvoice(number)) == "invoice_in_state"
            await one.do(ApproveInvoice(number))
            await one.do(PostInvoice(number))
            assert one.costs() == {"milk": 81, "beer": 150}
            assert await one.refused(PostInvoice(number)) == "invoice_in_state"
            assert verify(one.shop.reader, one.shop.registry).faults == ()

    run(scenario())


def test_each_thing_that_does_not_match_has_its_code(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bought(tmp_path) as one:
            await one.receive(milk=8, beer=0)
            found = await one.invoice(
                ubl((MILK, "9", "0.90"), (BEER, "6", "1.20"), ("9999999999994", "1", "1"), order=1)
            )
            assert codes(found) == [["qty_over", "price_over"], ["not_received", "price_under"], ["product_unknown"]]
            found = await one.invoice(ubl((MILK, "7", "0.60"), ("milk", "2", "1"), number="F-2", order=1))
            assert codes(found)[0] == ["qty_under", "price_odd"]
            found = await one.invoice(ubl(("2000000000015", "3", "1"), number="F-3", order=1, unit="KGM"))
            assert codes(found) == [["not_ordered"]], "tomatoes are not in order 1"
            found = await one.invoice(ubl(("2000000000015", "3", "1"), number="F-4", unit="KGM"))
            assert codes(found) == [["no_order"]]
            found = await one.invoice(ubl((MILK, "1", "0.80"), number="F-5", unit="KGM", order=1))
            assert codes(found) == [["unit_unclear"]]
            late = ubl((MILK, "1", "0.80"), number="F-6", date="2027-02-01", currency="USD")
            assert [one.code for one in (await one.invoice(late)).findings] == ["currency", "date_ahead"]

    run(scenario())


def test_both_bounds_on_a_price_hold(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            one = Bought(shop)
            await one.do(SetSupplier("dairy", {"en": "The Dairy"}))
            await one.do(SetSupplierPrice("dairy", "milk", 100))
            await one.do(CreatePurchaseOrder("dairy", (OrderLine("milk", 1_000_000, 100),)))
            await one.do(ApprovePurchaseOrder(1))
            await one.do(SendPurchaseOrder(1))
            await one.do(ReceivePurchaseOrder(1, "D-1", (ReceiptLine("milk", 1_000_000),)))
            cheap = await one.invoice(ubl((MILK, "500", "1.01"), order=1))
            assert codes(cheap) == [["qty_under"]], "1 % and 5.00: neither is above its bound"
            dear = await one.invoice(ubl((MILK, "600", "1.01"), order=1, number="F-2"))
            assert codes(dear) == [["qty_under", "price_over"]], "1 %, but 6.00 of the line"
            steep = await one.invoice(ubl((MILK, "10", "1.03"), order=1, number="F-3"))
            assert codes(steep) == [["qty_under", "price_over"]], "0.30 of the line, but 3 %"

    run(scenario())


def test_a_total_that_its_parts_do_not_come_to_is_held_and_a_rounding_is_not(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bought(tmp_path) as one:
            await one.receive()
            whole = paper(ubl((MILK, "10", "0.80"), (BEER, "6", "1.50"), order=1))
            for number, total, seen in (("F-1", "20.45", "total_rounded"), ("F-2", "20.46", "total_differs")):
                said = structs.replace(whole, number=number, total=total, payable=total, how="text")
                command = ReceiveInvoice(said, hashlib.sha256(number.encode()).hexdigest(), "paper.pdf")
                found = one.matched((await one.do(command)).result)
                assert [finding.code for finding in found.findings] == [seen], total
                assert found.is_matched == (seen == "total_rounded"), "up to five cents are a rounding"
            assert await one.refused(ApproveInvoice(2)) == "invoice_why"
            await one.do(ApproveInvoice(2, "they corrected it by phone"))

    run(scenario())


def test_a_block_wants_a_reason_and_sums_that_do_not_hold_want_another_paper(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bought(tmp_path) as one:
            await one.receive()
            dear = (await one.invoice(ubl((MILK, "10", "0.95"), order=1))).invoice.number
            assert await one.refused(ApproveInvoice(dear)) == "invoice_why"
            await one.do(ApproveInvoice(dear, "agreed by phone"))
            kept = read_invoice_in(one.shop.reader, dear)
            assert kept is not None and kept.note == "agreed by phone"
            wrong = await one.invoice(ubl((MILK, "10", "0.80"), order=1, number="F-2", wrong="0.01"))
            assert [fault.code for fault in wrong.invoice.paper.faults] == ["due_sum"]
            assert await one.refused(ApproveInvoice(wrong.invoice.number, "whatever")) == "invoice_sums_wrong"
            await one.do(RejectInvoice(wrong.invoice.number, "its sum is wrong"))
            right = await one.invoice(ubl((MILK, "10", "0.80"), order=1, number="F-2"))
            assert right.invoice.state == "to_review", "the number of one that was rejected may come again"

    run(scenario())


def test_why_an_invoice_was_approved_or_not_is_in_no_byte_and_goes_with_its_day(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bought(tmp_path) as one:
            await one.receive()
            dear = (await one.invoice(ubl((MILK, "10", "0.95"), order=1))).invoice.number
            await one.do(ApproveInvoice(dear, "Zuleika agreed"))
            other = (await one.invoice(ubl((MILK, "9", "0.80"), order=1, number="F-2"))).invoice.number
            await one.do(RejectInvoice(other, "Zuleika did not"))
            assert not names("Zuleika", tmp_path)
            for (day,) in one.shop.reader.execute("SELECT person FROM person_key").fetchall():
                if day.startswith(remarks.DAY):
                    await one.do(ForgetPerson(day))
            assert [read_invoice_in(one.shop.reader, number).note for number in (dear, other)] == ["", ""]  # type: ignore[union-attr]

    run(scenario())


def test_an_invoice_comes_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bought(tmp_path) as one:
            content = ubl((MILK, "1", "0.80"), number="RE-0042/26")
            await one.invoice(content)
            assert await one.refused(received(content)) == "invoice_seen"
            assert await one.refused(received(ubl((MILK, "2", "0.80"), number="re-0042 /26"))) == "duplicate_number"
            alike = await one.invoice(ubl((MILK, "3", "0.80"), number="RE 42.26"))
            assert [found.code for found in alike.findings] == ["duplicate_maybe"]

    run(scenario())


def test_what_is_invoiced_again_is_beyond_what_came(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bought(tmp_path) as one:
            await one.receive()
            first = (await one.invoice(ubl((MILK, "10", "0.80"), order=1))).invoice.number
            await one.do(ApproveInvoice(first))
            await one.do(PostInvoice(first))
            again = await one.invoice(ubl((MILK, "1", "0.80"), order=1, number="F-2"))
            (line,) = again.lines
            (over,) = line.findings
            assert (over.code, over.values) == ("qty_over", {"invoiced": "11", "received": "10"})
            assert invoice_in_stock_check(one.shop.reader, 0) == []
            await one.do(ApproveInvoice(again.invoice.number, "seen"))
            await one.do(PostInvoice(again.invoice.number))
            (found,) = invoice_in_stock_check(one.shop.reader, 0)
            assert (found.check, found.sku, found.expected, found.found) == ("invoice_in_over", "milk", 10_000, 11_000)
            told = next(iter(INVOICED_OVER.read(one.shop.reader, 0, "")))
            assert (told.values["invoiced"], told.values["received"], told.values["number"]) == ("11", "10", 1)
            back = await one.invoice(ubl((MILK, "12", "0.80"), order=1, number="C-1", type="381"))
            assert codes(back) == [["credit_over"]]
            await one.do(ApproveInvoice(back.invoice.number, "seen"))
            assert await one.refused(PostInvoice(back.invoice.number)) == "invoice_credit"

    run(scenario())


def test_goods_that_were_not_received_are_received_by_their_invoice_when_someone_says_so(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bought(tmp_path) as one:
            found = await one.invoice(ubl((MILK, "10", "0.85"), order=1))
            assert codes(found) == [["not_received", "price_over"]]
            number = found.invoice.number
            await one.do(ApproveInvoice(number, "came this morning"))
            asked = await one.shop.do(PostInvoice(number), SYSTEM)
            assert isinstance(asked, Refused) and asked.code == "invoice_receives" and asked.answer
            await one.do(PostInvoice(number))
            order = read_purchase(one.shop.reader, 1)
            assert order is not None
            assert [(got.sku, got.quantity, got.unit_cost_minor, got.delivery_note) for got in order.receipts] == [
                ("milk", 10_000, 85, "F-1")
            ]

    run(scenario())


def test_what_was_said_of_a_seller_and_of_a_line_is_known_the_next_time(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bought(tmp_path) as one:
            await one.receive()
            first = await one.invoice(ubl(("M-7", "10", "0.80"), order=1, seller="Dairy Holding"))
            assert [found.code for found in first.findings] == ["supplier_unknown"]
            assert codes(first) == [["product_unknown"]]
            number = first.invoice.number
            assert await one.refused(ApproveInvoice(number, "x")) == "invoice_unfinished"
            await one.do(SetInvoiceSupplier(number, "dairy"))
            await one.do(SetInvoiceLine(number, 0, MILK))
            assert one.matched(number).is_matched
            next_one = await one.invoice(ubl(("M-7", "10", "0.80"), order=1, seller="Dairy Holding", number="F-2"))
            assert next_one.is_matched

    run(scenario())


def test_a_line_that_is_called_as_a_product_of_the_supplier_is_asked_about_and_remembered(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bought(tmp_path) as one:
            await one.receive()
            await one.do(SetProducts((Product("milk", {"en": "Whole milk of the farm 3 %"}),)))
            stranger = await one.invoice(ubl(("Whole milk of the farm 3 %", "10", "0.80"), number="G-1", seller="New"))
            assert codes(stranger) == [["product_like"]], "also of a supplier without a price list"
            other = await one.invoice(ubl(("WHOLE MILK OF THE FARM 1 %", "10", "0.80"), order=1, number="F-0"))
            assert codes(other) == [["product_unknown"]], "figures differ"
            name = "WHOLE  MILK OF THE FARMS 3 %"
            found = await one.invoice(ubl((name, "10", "0.80"), order=1))
            assert [(said.code, said.values) for said in found.lines[0].findings] == [("product_like", {"sku": "milk"})]
            number = found.invoice.number
            assert await one.refused(ApproveInvoice(number, "x")) == "invoice_unfinished", "a name alone is not enough"
            await one.do(SetInvoiceLine(number, 0, "milk"))
            assert one.matched(number).is_matched
            assert (await one.invoice(ubl((name, "1", "0.80"), order=1, number="F-2"))).lines[0].sku == "milk"

    run(scenario())


def test_what_is_no_fitting_word_of_an_invoice_is_refused(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bought(tmp_path) as one:
            number = (await one.invoice(ubl((MILK, "1", "0.80"), order=1))).invoice.number
            assert await one.refused(SetInvoiceSupplier(number, "nobody")) == "no_supplier"
            assert await one.refused(SetInvoiceLine(number, 5, "milk")) == "invoice_line_unknown"
            assert await one.refused(SetInvoiceLine(number, 0, "soap")) == "unknown_sku"
            assert await one.refused(RejectInvoice(number, " ")) == "invoice_why"
            assert await one.refused(ApproveInvoice(99)) == "invoice_in_unknown"

    run(scenario())


def test_a_posting_is_taken_back_with_what_it_received(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bought(tmp_path) as one:
            await one.receive(beer=0)
            number = (await one.invoice(ubl((MILK, "10", "0.85"), (BEER, "6", "1.50"), order=1))).invoice.number
            await one.do(ApproveInvoice(number, "agreed"))
            for _ in range(2):  # a delivery note counts once, also where it was taken back
                await one.do(PostInvoice(number))
                assert (one.costs(), read_stock(one.shop.reader, "beer")) == ({"milk": 85, "beer": 150}, 6_000)
                assert await one.refused(UnpostInvoice(number, " ")) == "invoice_why"
                assert await one.refused(UnpostInvoice(number, "mistyped")) == "invoice_unreceives"
                await one.do(UnpostInvoice(number, "mistyped"))
                found = one.matched(number)
                assert (one.costs()["milk"], read_stock(one.shop.reader, "beer")) == (80, 0)
                assert (found.invoice.state, found.invoice.note) == ("to_review", "mistyped")
                assert codes(found) == [["price_over"], ["not_received"]]
                await one.do(ApproveInvoice(number, "agreed"))
            assert await one.refused(UnpostInvoice(number, "x")) == "invoice_in_state"
            assert verify(one.shop.reader, one.shop.registry).faults == ()

    run(scenario())


def test_what_was_said_of_a_receipt_since_holds_when_a_posting_is_taken_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bought(tmp_path) as one:
            await one.receive(beer=0)
            number = (await one.invoice(ubl((MILK, "10", "0.85"), order=1))).invoice.number
            await one.do(ApproveInvoice(number, "agreed"))
            await one.do(PostInvoice(number))
            order = read_purchase(one.shop.reader, 1)
            assert order is not None
            await one.do(CorrectReceipt(order.receipts[0].movement, "milk", unit_cost_minor=83))
            await one.do(UnpostInvoice(number, "mistyped"))
            assert one.costs() == {"milk": 83}

    run(scenario())


def test_of_a_supplier_who_is_trusted_what_matches_is_approved_by_itself(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bought(tmp_path) as one:
            await one.receive()
            said = {"order": 1, "seller": "The Dairy"}
            asked = await one.invoice(ubl((MILK, "2", "0.80"), number="F-1", **said))  # type: ignore[arg-type]
            assert (asked.is_matched, asked.invoice.state) == (True, "to_review"), "nobody said so yet"
            await one.do(SetSupplier("dairy", {"en": "The Dairy"}, auto_approve_invoices=True))
            dear = await one.invoice(ubl((MILK, "2", "0.95"), number="F-2", **said))  # type: ignore[arg-type]
            assert (dear.open_codes, dear.invoice.state) == (("price_over",), "to_review")
            found = await one.invoice(ubl((MILK, "2", "0.80"), number="F-3", **said))  # type: ignore[arg-type]
            assert found.invoice.state == "approved"
            assert one.costs() == {"milk": 80, "beer": 150}, "and posted by a person alone"

    run(scenario())

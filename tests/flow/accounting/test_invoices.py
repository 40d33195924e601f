"""Invoices made out to a name: issued at the till, corrected, and followed by credit notes of what comes back."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from edge.accounting import books
from edge.accounting.invoices.commands import CorrectInvoice, IssueInvoice, PrintInvoice
from edge.accounting.invoices.document import Buyer
from edge.accounting.invoices.papers import text_of
from edge.accounting.invoices.queries import Invoice, customer_invoices, numbers_of_papers
from edge.core.command_bus import CommandBus
from edge.core.journal.rows import facts
from edge.core.messages import RecordedEvent
from edge.counter.till.commands import (
    AddLine,
    AddReturn,
    CorrectTender,
    Pay,
    RefundedLine,
    RefundSale,
    UseCustomer,
    VoidLastSale,
)
from edge.counter.till.queries import last_receipt, read_receipt
from edge.counter.till.sales import paper_event
from edge.foundation.access.rights import INVOICES, anonymous_actor
from edge.foundation.printing.commands import CopyPrint, SettlePrint, State
from edge.foundation.printing.queries import last_print_job
from edge.people.customers.commands import MergeCustomers
from tests.counter_shop import in_a_shop
from tests.customers import known
from tests.invoicing import BOOKKEEPER, BUYER, buyer, invoice, issued, numbers, printed, refusal, sold
from tests.shop_fixture import BEER, CASHIER, CONFIG, MANAGER, MILK, SYSTEM, FakeClock, done

ADDED = CONFIG.replace("inclusive = true", "inclusive = false")
SECOND = anonymous_actor("2")
ONE_MILK = (RefundedLine(1, 1000),)


def as_on_paper(shop: CommandBus, one: Invoice) -> None:
    """The sums of a document are those of its receipt, and its lines come to them."""

    def read(seq: int) -> RecordedEvent:
        (fact,) = [fact for fact in facts(shop.reader, shop.registry, seq) if fact.seq == seq]
        return msgspec.structs.replace(fact, event=paper_event(shop.reader, shop.registry, seq))

    text = text_of(shop.reader, read, one.register, one.paper)
    receipt = read_receipt(shop.reader, one.register, one.paper)
    assert receipt is not None
    paid = receipt.total_minor if receipt.kind != "void" else -receipt.total_minor
    assert abs(one.paid_minor) == abs(paid)
    sums = text.sums
    assert (sums.net_minor, sums.total_minor, sums.taxes) == (one.net_minor, one.total_minor, one.taxes)
    assert one.net_minor + sum(tax.tax_minor for tax in one.taxes) == one.total_minor
    lines = sum(line.amount_minor + line.deposit_minor for line in text.lines)
    assert lines == (one.total_minor if sums.taxes_included else one.net_minor)


def all_as_on_paper(shop: CommandBus) -> None:
    for _, number in numbers(shop):
        as_on_paper(shop, invoice(shop, number))


def test_a_sale_is_invoiced_and_its_paper_says_to_whom(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        one = await issued(shop, await sold(shop))
        assert (one.number, one.kind, one.total_minor, one.kept_until) == (
            "INV-2027-00001",
            "invoice",
            610,
            "2033-12-31",
        )
        assert buyer(shop, one.number) == Buyer(
            *("Boulangerie Côté & Fils inc.", ("290 Bremner Blvd", "Toronto ON M5V 3L9"), "123456782RT0001"),
            *("compta@cote.example", "ok"),
        )
        lines = printed(shop)
        assert {"INVOICE", "INV-2027-00001", "Boulangerie Côté & Fils inc.", "Toronto ON M5V 3L9"} <= set(lines)
        assert {"Tax number 123456782RT0001", "Tax number 123456789", "TOTAL 6.10 EUR", "Cash 10.00"} <= set(lines)
        assert any(line.startswith("Receipt 1-000001") for line in lines)
        all_as_on_paper(shop)

    in_a_shop(scenario, tmp_path)


def test_asked_for_again_it_is_the_same_one_as_a_copy_and_another_name_is_a_correction(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        receipt = await sold(shop)
        first = await issued(shop, receipt)
        assert (await issued(shop, receipt)).number == first.number
        assert "COPY 1" in printed(shop)
        again = await done(shop, IssueInvoice(receipt))
        assert (again.result.number, again.result.copy) == (first.number, 2)
        assert await refusal(shop, IssueInvoice(receipt, name="Somebody Else")) == "invoice_other_name"
        assert numbers(shop) == [("invoice", first.number)]

    in_a_shop(scenario, tmp_path)


def test_a_wrong_name_is_corrected_under_the_next_number_that_names_the_first(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        receipt = await sold(shop)
        wrong = await issued(shop, receipt, name="Boulangrie Coté")
        right = CorrectInvoice(wrong.number, **BUYER)
        assert await refusal(shop, right) == "right_denied"
        number = (await done(shop, right, BOOKKEEPER)).result.number
        assert "Replaces INV-2027-00001" in printed(shop)
        now = invoice(shop, number)
        assert (now.replaces, invoice(shop, wrong.number).replaced_by) == (wrong.number, number)
        assert buyer(shop, wrong.number) == Buyer("Boulangrie Coté")
        assert (await issued(shop, receipt)).number == number
        assert await refusal(shop, right, BOOKKEEPER) == "invoice_replaced"
        assert await refusal(shop, CorrectInvoice(number, **BUYER), BOOKKEEPER) == "invoice_same_name"
        assert await refusal(shop, CorrectInvoice("INV-1999-00001", name="X"), BOOKKEEPER) == "no_such_invoice"
        await done(shop, RefundSale(receipt, lines=ONE_MILK), MANAGER)
        assert invoice(shop, "INV-2027-00003").changes == (number,)
        all_as_on_paper(shop)

    in_a_shop(scenario, tmp_path)


@pytest.mark.parametrize("text", [CONFIG, ADDED], ids=["taxes in the prices", "taxes on top"])
def test_what_comes_back_of_an_invoiced_sale_has_its_credit_note_in_the_same_commit(tmp_path: Path, text: str) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        receipt = await sold(shop)
        one = await issued(shop, receipt)
        back = await done(shop, RefundSale(receipt, lines=ONE_MILK), MANAGER)
        assert [type(event).__name__ for event in back.events].count("InvoiceIssued") == 1
        credit = invoice(shop, "INV-2027-00002")
        assert (credit.kind, credit.changes) == ("credit", (one.number,))
        assert credit.paid_minor == -back.events[0].paid_minor  # type: ignore[attr-defined]
        assert buyer(shop, credit.number) == buyer(shop, one.number)
        assert {"CREDIT NOTE", f"Changes {one.number}", "Boulangerie Côté & Fils inc."} <= set(printed(shop))
        await done(shop, VoidLastSale(), MANAGER)  # of the refund
        debit = invoice(shop, "INV-2027-00003")
        assert (debit.kind, debit.changes, debit.paid_minor) == ("debit", (credit.number,), -credit.paid_minor)
        await done(shop, RefundSale(receipt), MANAGER)
        assert sum(invoice(shop, number).paid_minor for _, number in numbers(shop)) == 0
        all_as_on_paper(shop)

    in_a_shop(scenario, tmp_path, text)


def test_an_invoiced_sale_that_is_undone_has_a_credit_note_of_all_of_it(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        receipt = await sold(shop)
        one = await issued(shop, receipt)
        await done(shop, VoidLastSale(), MANAGER)
        assert numbers(shop) == [("invoice", one.number), ("credit", "INV-2027-00002")]
        assert invoice(shop, "INV-2027-00002").total_minor == -610
        assert await refusal(shop, IssueInvoice(receipt, **BUYER)) == "sale_is_void"
        all_as_on_paper(shop)

    in_a_shop(scenario, tmp_path)


@pytest.mark.parametrize("text", [CONFIG, ADDED], ids=["taxes in the prices", "taxes on top"])
def test_an_exchange_of_invoiced_goods_is_invoiced_to_the_same_name(tmp_path: Path, text: str) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        receipt = await sold(shop)
        one = await issued(shop, receipt)
        await done(shop, AddLine(MILK))
        await done(shop, AddReturn(receipt, lines=ONE_MILK), MANAGER)
        await done(shop, AddLine(MILK))
        await done(shop, Pay("cash"))
        exchange = invoice(shop, "INV-2027-00002")
        assert (exchange.kind, exchange.changes) == ("invoice", (one.number,))
        all_as_on_paper(shop)
        await done(shop, VoidLastSale(), MANAGER)
        assert numbers(shop)[2] == ("credit", "INV-2027-00003")
        assert sum(invoice(shop, number).paid_minor for _, number in numbers(shop)) == one.paid_minor
        all_as_on_paper(shop)

    in_a_shop(scenario, tmp_path, text)


def test_an_invoice_that_is_asked_for_late_brings_the_credit_notes_of_what_came_back(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        receipt = await sold(shop)
        await done(shop, RefundSale(receipt, lines=ONE_MILK), MANAGER)
        await done(shop, VoidLastSale(), MANAGER)
        await done(shop, RefundSale(receipt, lines=ONE_MILK), MANAGER)
        assert numbers(shop) == []
        await issued(shop, receipt)
        assert [kind for kind, _ in numbers(shop)] == ["invoice", "credit", "debit", "credit"]
        assert [number[-1] for _, number in numbers(shop)] == ["1", "2", "3", "4"]
        all_as_on_paper(shop)

    in_a_shop(scenario, tmp_path)


def test_numbers_have_no_gaps_over_registers_and_begin_anew_with_the_year(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        first = await sold(shop)
        await done(shop, AddLine(MILK), SECOND)
        await done(shop, Pay("cash"), SECOND)
        await issued(shop, first)
        await done(shop, IssueInvoice(1, name="Second"), SECOND)
        assert await refusal(shop, IssueInvoice(first, name="x" * 201)) != ""
        clock.advance(366 * 24 * 3600)
        third = await sold(shop)
        assert (await issued(shop, third)).number == "INV-2028-00001"
        assert [number for _, number in numbers(shop)] == ["INV-2027-00001", "INV-2027-00002", "INV-2028-00001"]

    in_a_shop(scenario, tmp_path)


def test_a_customer_is_invoiced_as_they_are_known_in_their_language(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        id = await known(shop, name="Claire Fontaine", email="claire@example.org", language="fr")
        other = await known(shop, name="Fontaine Claire", phone="06 11 22 33 44")
        await done(shop, UseCustomer(id))
        receipt = await sold(shop)
        one = invoice(shop, (await done(shop, IssueInvoice(receipt))).result.number)
        assert buyer(shop, one.number) == Buyer("Claire Fontaine", email="claire@example.org")
        assert (one.language, one.customer) == ("fr", id)
        assert "FACTURE" in printed(shop)
        second = await issued(shop, await sold(shop), BOOKKEEPER, customer=other)
        await done(shop, MergeCustomers(id, other), SYSTEM)
        assert [one.number for one in customer_invoices(shop.reader, id)] == [one.number, second.number]
        assert buyer(shop, second.number) == Buyer("Fontaine Claire")

    in_a_shop(scenario, tmp_path)


def test_whoever_sells_learns_nothing_of_customers_by_making_out_invoices(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        id = await known(shop, name="Claire Fontaine", email="claire@example.org")
        nobodys = await sold(shop)
        assert await refusal(shop, IssueInvoice(nobodys, customer=id)) == "right_denied"
        await done(shop, UseCustomer(id))
        theirs = await sold(shop)
        clock.advance(24 * 3600)
        assert await refusal(shop, IssueInvoice(theirs)) == "right_denied"
        assert numbers(shop) == []
        assert buyer(shop, (await issued(shop, theirs, BOOKKEEPER, customer=id)).number) == Buyer(
            "Claire Fontaine", email="claire@example.org"
        )

    in_a_shop(scenario, tmp_path)


def test_another_tender_is_another_invoice_in_its_place(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        receipt = await sold(shop)
        one = await issued(shop, receipt)
        await done(shop, CorrectTender(receipt, "card"), MANAGER)
        assert invoice(shop, "INV-2027-00002").replaces == one.number
        assert "Card 6.10" in printed(shop)
        all_as_on_paper(shop)

    in_a_shop(scenario, tmp_path)


def test_the_name_is_read_on_its_day_by_who_sells_and_later_by_the_books_alone(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        receipt = await sold(shop)
        one = await issued(shop, receipt)
        await done(shop, PrintInvoice(one.number))
        clock.advance(24 * 3600)
        assert await refusal(shop, PrintInvoice(one.number)) == "right_denied"
        assert await refusal(shop, IssueInvoice(receipt, **BUYER)) == "invoice_exists"
        assert (await done(shop, PrintInvoice(one.number), BOOKKEEPER)).result == 2
        assert "COPY 2" in printed(shop)

    in_a_shop(scenario, tmp_path)


def test_its_print_job_is_copied_by_who_may_read_it_and_that_copy_is_counted(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        one = await issued(shop, await sold(shop))
        job = last_print_job(shop.reader, "1", "invoice")
        assert job is not None
        states: tuple[State, ...] = ("sending", "printed")
        for state in states:
            await done(shop, SettlePrint(job.id, state, printer="printer"), SYSTEM)
        await done(shop, CopyPrint(job.id))
        assert "COPY 1" in printed(shop)
        clock.advance(24 * 3600)
        assert await refusal(shop, CopyPrint(job.id)) == "right_denied"
        await done(shop, CopyPrint(job.id), CASHIER.with_rights(INVOICES))
        assert (await done(shop, PrintInvoice(one.number), BOOKKEEPER)).result == 3

    in_a_shop(scenario, tmp_path)


def test_the_books_name_the_invoice_of_a_sale_and_the_credit_note_of_a_refund(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        receipt = await sold(shop)
        await issued(shop, receipt)
        await done(shop, RefundSale(receipt, lines=ONE_MILK), MANAGER)
        booked = books.entries(facts(shop.reader, shop.registry, 1), numbers_of_papers(shop.reader))
        assert [entry.text for entry in booked] == [
            "Sale 1/1, INV-2027-00001",
            "Refund 1/2 of 1/1, INV-2027-00002",
        ]

    in_a_shop(scenario, tmp_path)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({}, "invoice_name_missing"),
        ({"name": "   "}, "invoice_name_missing"),
        ({"name": "x" * 201}, "invoice_name_wrong"),
        ({"name": "Bakery\u202e"}, "invoice_name_wrong"),
        ({"name": "Bak\x07ery"}, "invoice_name_wrong"),
        ({"name": "Bakery", "address": "\n".join("1234567")}, "invoice_address_wrong"),
        ({"name": "Bakery", "address": "x" * 81}, "invoice_address_wrong"),
        ({"name": "Bakery", "email": "nobody"}, "invoice_email_wrong"),
        ({"name": "Bakery", "tax_number": "123456789RT0001", "country": "CA"}, "invoice_tax_number_wrong"),
        ({"name": "Bakery", "tax_number": "FR123"}, "invoice_tax_number_wrong"),
        ({"name": "Bakery", "customer": "c404"}, "no_such_customer"),
        ({"name": "4111 1111 1111 1111"}, "card_number"),
        ({"name": "Bakery", "address": "pays by 4111-1111-1111-1111"}, "card_number"),
    ],
    ids=str,
)
def test_what_cannot_stand_on_an_invoice_is_refused_and_nothing_is_issued(
    tmp_path: Path, said: dict[str, str], code: str
) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        receipt = await sold(shop)
        assert code in await refusal(shop, IssueInvoice(receipt, **said), BOOKKEEPER)  # type: ignore[arg-type]
        assert numbers(shop) == []

    in_a_shop(scenario, tmp_path)


def test_only_a_sale_that_stands_is_invoiced(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        receipt = await sold(shop)
        assert await refusal(shop, IssueInvoice(404, **BUYER)) == "no_such_receipt"
        assert await refusal(shop, IssueInvoice(receipt, register="9", **BUYER)) == "no_such_receipt"
        await done(shop, RefundSale(receipt, lines=ONE_MILK), MANAGER)
        back = last_receipt(shop.reader, "1")
        assert back is not None
        assert await refusal(shop, IssueInvoice(back.number, **BUYER)) == "invoice_not_a_sale"
        await done(shop, AddLine(BEER), CASHIER)

    in_a_shop(scenario, tmp_path)

"""Exchanges of goods that were invoiced to several names: each name gets back what it was invoiced."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.accounting.invoices.commands import CorrectInvoice, IssueInvoice
from edge.accounting.invoices.queries import Invoice, documents_of, numbers_of_papers
from edge.core.command_bus import CommandBus
from edge.core.messages import Actor
from edge.counter.till.commands import AddLine, AddReturn, Pay, RefundedLine, RefundSale, VoidLastSale
from edge.counter.till.queries import last_receipt
from tests.counter_shop import in_a_shop
from tests.invoicing import BOOKKEEPER, buyer, invoice, issued, numbers, printed, sold
from tests.shop_fixture import CASHIER, CONFIG, MANAGER, MILK, FakeClock, done

ADDED = CONFIG.replace("inclusive = true", "inclusive = false")
ONE_MILK = (RefundedLine(1, 1000),)


async def exchanged(shop: CommandBus, *receipts: int) -> int:
    """The receipt of an exchange: a milk of each of these comes back, and one is bought."""
    for receipt in receipts:
        await done(shop, AddReturn(receipt, lines=ONE_MILK), MANAGER)
    await done(shop, AddLine(MILK))
    await done(shop, Pay("cash"))
    last = last_receipt(shop.reader, "1")
    assert last is not None
    return last.number


def names(shop: CommandBus, found: list[Invoice]) -> list[tuple[str, str, int]]:
    """Kind, name and sum of documents."""
    return [(one.kind, to.name if (to := buyer(shop, one.number)) else "", one.paid_minor) for one in found]


def adds_up(shop: CommandBus) -> None:
    for _, number in numbers(shop):
        one = invoice(shop, number)
        assert one.net_minor + sum(row.tax_minor for row in one.taxes) == one.total_minor, one


async def named(shop: CommandBus, receipt: int, name: str, actor: Actor = CASHIER) -> Invoice:
    return await issued(shop, receipt, actor, name=name)


@pytest.mark.parametrize(("text", "milk"), [(CONFIG, 120), (ADDED, 127)])
def test_each_invoice_has_a_credit_note_of_its_own_goods_to_its_own_name(tmp_path: Path, text: str, milk: int) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        first, second = await sold(shop), await sold(shop)
        one, other = await named(shop, first, "Anna"), await named(shop, second, "Boris")
        paper = await exchanged(shop, first, second)
        found = documents_of(shop.reader, "1", paper)
        assert [(kind, name) for kind, name, _ in names(shop, found)] == [("credit", "Anna"), ("credit", "Boris")]
        assert [doc.changes for doc in found] == [(one.number,), (other.number,)]
        assert all(abs(doc.paid_minor + milk) <= 1 for doc in found), "a milk each, by the cent that rounding left"
        assert {"CREDIT NOTE", f"Changes {other.number}", "Boris"} <= set(printed(shop))
        adds_up(shop)
        bought = await named(shop, paper, "Clara")
        assert names(shop, [bought])[0][:2] == ("invoice", "Clara")
        last = last_receipt(shop.reader, "1")
        assert last is not None
        together = sum(doc.total_minor for doc in documents_of(shop.reader, "1", paper))
        assert abs(together - last.total_minor) <= 2, "cash is rounded on the receipt alone"
        assert numbers_of_papers(shop.reader)["1", paper] == " ".join(number for _, number in numbers(shop)[2:])
        await done(shop, RefundSale(paper, lines=ONE_MILK), MANAGER)
        assert names(shop, [invoice(shop, numbers(shop)[-1][1])])[0][:2] == ("credit", "Clara")
        assert len(numbers(shop)) == 6, "Anna and Boris have nothing to do with that"
        adds_up(shop)

    in_a_shop(scenario, tmp_path, text)


def test_what_was_exchanged_is_undone_for_each_name(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        first, second = await sold(shop), await sold(shop)
        await named(shop, first, "Anna")
        await named(shop, second, "Boris")
        paper = await exchanged(shop, first, second)
        await done(shop, VoidLastSale(), MANAGER)
        undone = documents_of(shop.reader, "1", paper + 1)
        assert names(shop, undone) == [("debit", "Anna", 120), ("debit", "Boris", 120)]
        assert sum(invoice(shop, number).paid_minor for _, number in numbers(shop)) == 2 * 610
        adds_up(shop)

    in_a_shop(scenario, tmp_path)


def test_goods_of_no_invoice_are_on_none_until_theirs_is_asked_for(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        first, second = await sold(shop), await sold(shop)
        await named(shop, first, "Anna")
        paper = await exchanged(shop, first, second)
        assert names(shop, documents_of(shop.reader, "1", paper)) == [("credit", "Anna", -120)]
        await named(shop, second, "Boris")
        kinds = names(shop, documents_of(shop.reader, "1", paper))
        assert kinds == [("credit", "Anna", -120), ("credit", "Boris", -120)]
        wrong = documents_of(shop.reader, "1", paper)[1]
        await done(shop, CorrectInvoice(wrong.number, name="Borys"), BOOKKEEPER)
        kinds = names(shop, documents_of(shop.reader, "1", paper))
        assert kinds == [("credit", "Anna", -120), ("credit", "Borys", -120)]

    in_a_shop(scenario, tmp_path)


def test_of_one_name_an_exchange_is_one_document(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        first, second = await sold(shop), await sold(shop)
        one, other = await named(shop, first, "Anna"), await named(shop, second, "Anna")
        paper = await exchanged(shop, first, second)
        (found,) = documents_of(shop.reader, "1", paper)
        assert (found.kind, found.changes) == ("invoice", (one.number, other.number))
        assert found.paid_minor == -120
        await done(shop, IssueInvoice(paper, register="1"), CASHIER)
        assert len(documents_of(shop.reader, "1", paper)) == 1

    in_a_shop(scenario, tmp_path)

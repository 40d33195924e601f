"""Our books in accounts systems, over their wires as they are documented: bills and journals, once each."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from edge.accounting import books
from edge.backoffice.books_out.commands import LeaveBooksDocument, SendBooksAgain, SetBooksTarget
from edge.backoffice.books_out.queries import read_books_documents
from edge.backoffice.books_out.service.part import BooksOutPart
from edge.backoffice.books_out.target import BooksTarget
from edge.backoffice.books_out.watches import WATCHES
from edge.backoffice.feeds.connector import secret_name
from edge.core.journal.rows import facts
from edge.core.journal.verify import verify
from edge.core.messages import Refused
from edge.counter.till.commands import AddLine, Pay, RefundSale
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import MANAGER, Product, Source
from edge.goods.purchasing.commands import SetSupplier
from edge.goods.supplier_invoices.commands import ApproveInvoice, PostInvoice, UnpostInvoice
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.http_client import OutgoingHttp
from edge.runtime.secrets import secrets_of
from sim.vendors.accounts import SimQuickBooks, SimXero
from tests.flow.goods.test_supplier_invoices import Bought
from tests.invoicing_in import ubl
from tests.outgoing import HERE
from tests.shop_fixture import CASHIER, MILK, SYSTEM, TOMATO, FakeClock, agreed, config, done, open_shop, run

DAY_S = 86_400.0
FIRST = "2027-01-15"
ACCOUNTS = "assets = 1000\nincome:sales = 4000\nliabilities = 2200\nexpenses = 6900\npurchases = 5000\n"
TAXES = "purchase taxes = 1400\n"


class Books:
    """A shop whose books go out when a test says so."""

    def __init__(self, one: Bought, part: BooksOutPart, clock: FakeClock, folder: Path) -> None:
        self.one, self.shop, self.part, self.clock = one, one.shop, part, clock
        self.secrets = secrets_of(folder)

    async def target(self, target: BooksTarget, secret: str) -> None:
        await done(self.shop, SetBooksTarget(target), SYSTEM)
        self.secrets.set(secret_name(target.connector), secret)

    async def sell(self) -> None:
        await done(self.shop, AddLine(MILK))
        await done(self.shop, Pay("cash"))

    async def look(self, days: int = 0) -> None:
        self.clock.advance(days * DAY_S)
        await self.part.look()

    def shown(self) -> list[tuple[str, str, str]]:
        found = read_books_documents(self.shop.reader)
        return sorted((one.kind, one.ref, one.why or one.state) for one in found)

    def alerts(self) -> list[str]:
        return [one.subject for watch in WATCHES for one in watch.read(self.shop.reader, self.clock.at_us, "")]

    def exported(self, day: str) -> dict[str, int]:
        """What the accountant's file says of a day, by account."""
        sums: Counter[str] = Counter()
        for entry in books.entries(facts(self.shop.reader, self.shop.registry)):
            for posting in entry.postings:
                sums[":".join(posting.account)] += posting.minor if entry.day == day else 0
        return {account: minor for account, minor in sums.items() if minor}


@asynccontextmanager
async def books_of(folder: Path) -> AsyncIterator[Books]:
    clock = FakeClock()
    async with open_shop(folder, clock) as shop, OutgoingHttp(Breakers(), (HERE,), timeout_s=5) as http:
        made = config(folder)

        async def pause(wait_s: float) -> None:
            pass

        part = BooksOutPart(made, shop, http, secrets_of(made.folder), pause, luck=lambda: 1.0)
        await done(shop, SetSupplier("dairy", {"en": "The Dairy"}), SYSTEM)
        yield Books(Bought(shop), part, clock, Path(made.folder))


async def posted(one: Books, number: str) -> int:
    """An invoice of The Dairy, posted; ours of it."""
    found = await one.one.invoice(ubl((MILK, "10", "0.81"), number=number))
    await agreed(one.shop, ApproveInvoice(found.invoice.number, "by the telephone"), SYSTEM)
    await agreed(one.shop, PostInvoice(found.invoice.number), SYSTEM)
    return found.invoice.number


def test_bills_and_journals_are_in_quickbooks_once_whatever_breaks(tmp_path: Path) -> None:
    async def scenario() -> None:
        quickbooks = SimQuickBooks()
        quickbooks.put("Vendor", "56", "2026-11-01T10:00:00-08:00", DisplayName="The Dairy")
        async with books_of(tmp_path) as one, quickbooks.serve() as url:
            target = BooksTarget("qb", "2027-01-01", "quickbooks", url, quickbooks.realm, accounts=ACCOUNTS)
            await one.target(target, quickbooks.secret)
            number = await posted(one, "F-1")
            await one.sell()
            await one.look(1)
            assert (one.shown(), quickbooks.writes) == ([], 0), "nothing goes out that no switch names"
            sends = msgspec.structs.replace(target, sends_bills=True, sends_journal=True)
            await one.target(sends, quickbooks.secret)
            quickbooks.swallow = 1
            await one.look()
            assert ("journal", f"{FIRST} EUR", "under_way") in one.shown() and one.alerts() == ["qb"]
            assert ("bill", f"{number}", "books_out.no_account") in one.shown(), "purchase taxes are not said"
            await one.look()
            assert ("journal", f"{FIRST} EUR", "found") in one.shown(), "it was made, and nobody had heard"
            (journal,) = quickbooks.kinds["JournalEntry"]
            said = {line["Description"]: _signed(line) for line in journal["Line"]}
            assert (journal["TxnDate"], said) == (FIRST, one.exported(FIRST))

            await one.target(msgspec.structs.replace(sends, accounts=ACCOUNTS + TAXES), quickbooks.secret)
            await done(one.shop, SendBooksAgain("qb", "bill", f"{number}"), SYSTEM)
            await one.look()
            (bill,) = quickbooks.kinds["Bill"]
            assert (bill["VendorRef"]["value"], bill["DocNumber"], bill["TotalAmt"]) == ("56", "F-1", 9.72)
            assert (one.alerts(), quickbooks.writes) == ([], 2)

            await one.sell()
            await one.look()
            assert quickbooks.writes == 2, "a day is sent when it is over"
            await one.look(1)
            await one.look(1)
            assert [row["TxnDate"] for row in quickbooks.kinds["JournalEntry"]] == [FIRST, "2027-01-16"]

            await agreed(one.shop, UnpostInvoice(number, "the wrong one"), SYSTEM)
            assert one.alerts() == ["qb"], "it is there still"
            refused = await one.shop.do(LeaveBooksDocument("qb", "bill", f"{number}"), SYSTEM)
            assert isinstance(refused, Refused) and refused.code == "books_not_refused"
            assert verify(one.shop.reader, one.shop.registry).faults == ()

    run(scenario())


def test_what_quickbooks_does_not_know_waits_for_someone_and_what_is_there_is_not_sent(tmp_path: Path) -> None:
    async def scenario() -> None:
        quickbooks = SimQuickBooks()
        async with books_of(tmp_path) as one, quickbooks.serve() as url:
            accounts = ACCOUNTS + TAXES
            said = {"accounts": accounts, "sends_bills": True}
            target = BooksTarget("qb", "2027-01-01", "quickbooks", url, quickbooks.realm, **said)  # type: ignore[arg-type]
            await one.target(target, quickbooks.secret)
            number = await posted(one, "F-1")
            await one.look()
            assert one.shown() == [("bill", f"{number}", "books_out.supplier_unknown")]
            await one.look()
            assert quickbooks.writes == 0, "it waits for somebody"
            quickbooks.put("Vendor", "56", "2026-11-01T10:00:00-08:00", DisplayName="Dairy by hand")
            quickbooks.put("Bill", "7", "2026-11-01T10:00:00-08:00", DocNumber="F-1", VendorRef={"value": "56"})
            await one.target(msgspec.structs.replace(target, suppliers="dairy = Dairy by hand"), quickbooks.secret)
            await done(one.shop, SendBooksAgain("qb", "bill", f"{number}"), SYSTEM)
            await one.look()
            assert one.shown() == [("bill", f"{number}", "found")] and quickbooks.writes == 0, "entered by hand"
            second = await posted(one, "F-2")
            quickbooks.refresh = "revoked"
            await one.look()
            assert one.alerts() == ["qb"] and ("bill", f"{second}", "under_way") in one.shown()

    run(scenario())


def test_a_document_at_which_the_system_fails_holds_up_no_other(tmp_path: Path) -> None:
    class Failing(SimQuickBooks):
        def answer_write(self, request: Any, asked: Any) -> tuple[int, Any]:
            return (500, {}) if "VendorRef" in asked else super().answer_write(request, asked)

    async def scenario() -> None:
        quickbooks = Failing()
        quickbooks.put("Vendor", "56", "2026-11-01T10:00:00-08:00", DisplayName="The Dairy")
        async with books_of(tmp_path) as one, quickbooks.serve() as url:
            target = BooksTarget("qb", "2027-01-01", "quickbooks", url, quickbooks.realm, accounts=ACCOUNTS + TAXES)
            await one.target(msgspec.structs.replace(target, sends_bills=True, sends_journal=True), quickbooks.secret)
            number = await posted(one, "F-1")
            await one.sell()
            for days in (1, 0):
                await one.look(days)
            states = {kind: state for kind, _, state in one.shown()}
            assert states == {"bill": "under_way", "journal": "sent"}, number
            assert one.alerts() == ["qb"]

    run(scenario())


def test_bills_and_journals_of_xero_are_drafts_and_what_is_refused_can_be_left(tmp_path: Path) -> None:
    async def scenario() -> None:
        xero = SimXero()
        async with books_of(tmp_path) as one, xero.serve() as url:
            target = BooksTarget("x", "2027-01-01", "xero", url, xero.tenant, True, True, accounts=ACCOUNTS + TAXES)
            await one.target(target, xero.secret)
            number = await posted(one, "F-1")
            await one.sell()
            xero.faults.next = []
            await one.look(1)
            (bill,), (journal,) = xero.kinds["Invoices"], xero.kinds["ManualJournals"]
            total = sum(Decimal(str(line["UnitAmount"])) for line in bill["LineItems"])
            assert (bill["Contact"], bill["Status"], total) == ({"Name": "The Dairy"}, "DRAFT", Decimal("9.72"))
            lines = {line["Description"]: round(line["LineAmount"] * 100) for line in journal["JournalLines"]}
            assert (journal["Narration"], lines) == (f"corner-{FIRST}", one.exported(FIRST))
            await one.look(1)
            assert xero.writes == 2

            await one.target(msgspec.structs.replace(target, accounts="assets = 1000"), xero.secret)
            other = await posted(one, "F-2")
            await one.look()
            assert ("bill", f"{other}", "books_out.no_account") in one.shown()
            await done(one.shop, LeaveBooksDocument("x", "bill", f"{other}"), SYSTEM)
            await one.look()
            assert one.shown()[:2] == [("bill", f"{number}", "sent"), ("bill", f"{other}", "left")]
            assert one.alerts() == []

    run(scenario())


def _signed(line: dict[str, object]) -> int:
    minor = round(float(str(line["Amount"])) * 100)
    return minor if line["JournalEntryLineDetail"]["PostingType"] == "Debit" else -minor  # type: ignore[index]


def test_what_is_sold_is_on_the_account_of_its_group_and_a_day_that_was_sent_stays(tmp_path: Path) -> None:
    async def scenario() -> None:
        quickbooks = SimQuickBooks()
        async with books_of(tmp_path) as one, quickbooks.serve() as url:
            groups = (Category("drinks", {"en": "Drinks"}), Category("dairy", {"en": "Dairy"}, parent="drinks"))
            await done(one.shop, SetCategories(groups), SYSTEM)
            await done(one.shop, SetProducts((Product("milk", category="dairy"),), Source(MANAGER)), SYSTEM)
            target = BooksTarget("qb", "2027-01-01", "quickbooks", url, quickbooks.realm, sends_journal=True)
            plain = msgspec.structs.replace(target, accounts=ACCOUNTS)
            await one.target(plain, quickbooks.secret)
            await one.sell()
            await one.look(1)
            await one.target(
                msgspec.structs.replace(target, accounts=ACCOUNTS + "income:sales:drinks = 4010\n"), quickbooks.secret
            )
            await one.look()
            assert len(quickbooks.kinds["JournalEntry"]) == 1, "a day that is there stays as it was sent"
            await done(one.shop, AddLine(TOMATO, quantity=1_500))
            await one.sell()
            await one.look(1)
            first, second = quickbooks.kinds["JournalEntry"]
            sold = [_sold(journal) for journal in (first, second)]
            whole = one.exported("2027-01-16")["income:sales"]
            milk = sold[0]["4000"]
            assert sold[1] == {"4010": milk, "4000": whole - milk}, "to the cent what the accountant's file says"
            assert sum(_signed(line) for line in second["Line"]) == 0

    run(scenario())


def test_what_came_back_is_on_the_account_of_its_group(tmp_path: Path) -> None:
    async def scenario() -> None:
        quickbooks = SimQuickBooks()
        async with books_of(tmp_path) as one, quickbooks.serve() as url:
            groups = (Category("drinks", {"en": "Drinks"}), Category("dairy", {"en": "Dairy"}, parent="drinks"))
            await done(one.shop, SetCategories(groups), SYSTEM)
            await done(one.shop, SetProducts((Product("milk", category="dairy"),), Source(MANAGER)), SYSTEM)
            said = ACCOUNTS + "income:refunds = 4090\nincome:refunds:drinks = 4091\n"
            target = BooksTarget(
                "qb", "2027-01-01", "quickbooks", url, quickbooks.realm, sends_journal=True, accounts=said
            )
            await one.target(target, quickbooks.secret)
            await done(one.shop, AddLine(TOMATO, quantity=1_500))
            await one.sell()
            await one.look(1)
            await done(one.shop, RefundSale(1), CASHIER.with_rights("override", "refund_cash"))
            await one.look(1)
            sales, back = quickbooks.kinds["JournalEntry"]
            booked = _by_their_account(back)
            assert booked["4091"] > 0 and booked["4090"] > 0, "the milk by its category, the tomatoes by none"
            exported = one.exported("2027-01-16")["income:refunds"]
            assert booked["4090"] + booked["4091"] == exported == -_by_their_account(sales)["4000"], "to the cent"

    run(scenario())


def _by_their_account(journal: dict[str, Any]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for line in journal["Line"]:
        sums[line["JournalEntryLineDetail"]["AccountRef"]["value"]] += _signed(line)
    return sums


def _sold(journal: dict[str, Any]) -> dict[str, int]:
    """What of a journal is on accounts of what was sold."""
    lines = [(line["JournalEntryLineDetail"]["AccountRef"]["value"], _signed(line)) for line in journal["Line"]]
    return {account: minor for account, minor in lines if account in ("4000", "4010")}


def test_what_is_bought_is_on_the_account_of_its_group(tmp_path: Path) -> None:
    async def scenario() -> None:
        quickbooks = SimQuickBooks()
        quickbooks.put("Vendor", "56", "2026-11-01T10:00:00-08:00", DisplayName="The Dairy")
        async with books_of(tmp_path) as one, quickbooks.serve() as url:
            groups = (Category("drinks", {"en": "Drinks"}), Category("dairy", {"en": "Dairy"}, parent="drinks"))
            await done(one.shop, SetCategories(groups), SYSTEM)
            await done(one.shop, SetProducts((Product("milk", category="dairy"),), Source(MANAGER)), SYSTEM)
            said = {"accounts": ACCOUNTS + TAXES + "purchases:drinks = 5010\n", "sends_bills": True}
            await one.target(
                BooksTarget("qb", "2027-01-01", "quickbooks", url, quickbooks.realm, **said),  # type: ignore[arg-type]
                quickbooks.secret,
            )
            await posted(one, "F-1")
            await one.look()
            (bill,) = quickbooks.kinds["Bill"]
            lines = [
                (line["AccountBasedExpenseLineDetail"]["AccountRef"]["value"], line["Amount"]) for line in bill["Line"]
            ]
            assert lines == [("5010", 8.1), ("1400", 1.62)], "by the category above, where its own has no account"
            (shown,) = read_books_documents(one.shop.reader)
            assert shown.lines[0].account == "purchases:drinks:dairy"

    run(scenario())

"""How long the law keeps whom an invoice was made out to: beyond forgetting, for the books alone, and no longer."""

from __future__ import annotations

from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from edge.accounting.invoices.commands import IssueInvoice, PrintInvoice
from edge.accounting.invoices.erasing_part import NameEraser
from edge.accounting.invoices.queries import read_invoice, read_invoices, retained_documents
from edge.accounting.invoices.rules import kept_until
from edge.core.command_bus import CommandBus
from edge.core.journal.epochs import begin_restored_epoch
from edge.core.journal.verify import verify
from edge.core.messages import Actor, Refusal
from edge.core.people import wrapping_keys
from edge.core.people.forgetting import ForgetPerson, PersonForgotten
from edge.core.people.personal_export import export
from edge.core.people.wrapping_keys import Wrappings
from edge.core.storage.database import open_writer
from edge.counter.till.commands import CorrectTender, RefundedLine, RefundSale
from edge.counter.till.service.training.registry import practice_registry
from edge.foundation.access.commands import SetUser
from edge.foundation.access.rights import ALL
from edge.operations.ledger import Ledger
from edge.people.customers.commands import ForgetCustomer, StillKept
from tests.customers import DANA, known
from tests.invoicing import BOOKKEEPER, BUYER, buyer, issued, printed, refusal, sold
from tests.shop_fixture import MANAGER, SYSTEM, FakeClock, config, done, open_shop, run

HASH = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaGVkUElOb2ZBdmlnYWls"
TRACES = [text.encode() for text in (BUYER["name"], "Bremner Blvd", "123456782RT0001", BUYER["email"], DANA["name"])]
DAY_S = 24 * 3600


def of_folder(folder: Path) -> bytes:
    """Every byte of all files in there."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def in_clear(folder: Path) -> list[bytes]:
    body = of_folder(folder)
    return [trace for trace in TRACES if trace in body]


def eraser(shop: CommandBus, folder: Path) -> NameEraser:
    return NameEraser(shop, config(folder).business_date)


def wait_for(clock: FakeClock, day: date) -> None:
    """Time goes on to that day."""
    clock.advance((day - date.fromisoformat(config(Path()).business_date(clock.at_us))).days * DAY_S)


def test_a_forgotten_customers_invoice_is_read_by_the_books_and_is_nowhere_else_in_clear(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            id = await known(shop)
            receipt = await sold(shop)
            one = await issued(shop, receipt, BOOKKEEPER, **BUYER, customer=id)
            forgotten = await done(shop, ForgetCustomer(id), SYSTEM)
            assert forgotten.result == (StillKept("invoice", one.number, "tax_law", "2033-12-31"),)
            assert await refusal(shop, PrintInvoice(one.number)) == "right_denied"
            assert await refusal(shop, IssueInvoice(receipt)) == "invoice_exists"
            await done(shop, PrintInvoice(one.number), BOOKKEEPER)
            assert BUYER["name"] in printed(shop)
            await done(shop, RefundSale(receipt, lines=(RefundedLine(1, 1000),)), MANAGER)
            credit = read_invoices(shop.reader)[0]
            assert (credit.kind, buyer(shop, credit.number)) == ("credit", buyer(shop, one.number))
            assert await refusal(shop, ForgetPerson(one.key), SYSTEM) == "invoice_kept"
            with pytest.raises(Exception, match="was forgotten"):
                export(shop.reader, shop.registry, id)
            assert verify(shop.reader, shop.registry).faults == ()
        assert in_clear(tmp_path) == []

    run(scenario())


def test_the_name_goes_by_itself_when_its_years_are_over_and_the_sums_stay(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            one = await issued(shop, await sold(shop))
            until = date.fromisoformat(one.kept_until)
            wait_for(clock, until)
            assert await eraser(shop, tmp_path).end_due() == 0
            assert buyer(shop, one.number) is not None
            wait_for(clock, until + timedelta(days=1))
            assert await eraser(shop, tmp_path).end_due() == 1
            assert await eraser(shop, tmp_path).end_due() == 0
            found = read_invoice(shop.reader, one.number)
            assert found is not None and found.buyer is None
            assert (found.invoice.ended, found.invoice.total_minor) == (True, 610)
            assert await refusal(shop, PrintInvoice(one.number), BOOKKEEPER) == "invoice_ended"
            told = shop.reader.execute("SELECT count(*) FROM journal WHERE type = ?", (PersonForgotten.__name__,))
            assert told.fetchone() == (1,)
            assert verify(shop.reader, shop.registry).faults == ()
        with closing(open_writer(config(tmp_path).ledger)) as db:
            assert db.execute("SELECT count(*) FROM person_key WHERE person = ?", (one.key,)).fetchone() == (0,)

    run(scenario())


def test_no_one_forgets_a_name_before_its_day_by_saying_that_it_was_done_before(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            receipt = await sold(shop)
            one = await issued(shop, receipt)
            boss = Actor("boss", "panel", "1", ALL)
            assert await refusal(shop, ForgetPerson(one.key, again=True), boss) == "invoice_kept"
            assert await refusal(shop, ForgetPerson("nobody-yet", again=True), boss) == "no_such_person"
            assert buyer(shop, one.number) is not None

    run(scenario())


def test_what_follows_while_people_are_held_has_the_name_when_they_are_shown_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            receipt = await sold(shop)
            one = await issued(shop, receipt)
            folder = shop.path.parent
            known = wrapping_keys.read(folder)
            wrapping_keys.put(folder, Wrappings(known.keys, held=True))
            await done(shop, CorrectTender(receipt, "card"), MANAGER)
            await done(shop, RefundSale(receipt, lines=(RefundedLine(1, 1000),)), MANAGER)
            assert [buyer(shop, found.number) for found in read_invoices(shop.reader)] == [None] * 3
            wrapping_keys.put(folder, known)
            assert buyer(shop, one.number) is not None
            credit, second, _ = read_invoices(shop.reader)
            assert (second.replaces, credit.kind) == (one.number, "credit")
            assert buyer(shop, credit.number) == buyer(shop, second.number) == buyer(shop, one.number)
            assert BUYER["name"] in printed(shop)

    run(scenario())


def test_no_other_person_can_have_the_id_that_an_invoice_will_need(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            receipt = await sold(shop)
            for id in ("invoice-2027-1-1", "invoice-inv-2027-00001", "invoice-inv-2027-00002"):
                await done(shop, SetUser(id, "Mallory", "cashier", pin_hash=HASH), SYSTEM)
                await done(shop, ForgetPerson(id), SYSTEM)
            await issued(shop, receipt)
            await done(shop, RefundSale(receipt, lines=(RefundedLine(1, 1000),)), MANAGER)
            assert [buyer(shop, one.number) is None for one in read_invoices(shop.reader)] == [False, False]

    run(scenario())


def test_a_ledger_that_was_set_back_gives_no_number_twice(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            first = await issued(shop, await sold(shop))
        ledger = Ledger(config(tmp_path), clock)
        begin_restored_epoch(ledger.writer, clock.at_us, 4711)
        ledger.close()
        async with open_shop(tmp_path, clock, stocked=False) as shop:
            again = [await issued(shop, await sold(shop)) for _ in range(2)]
            assert first.number == "INV-2027-00001"
            assert [one.number[-6:] for one in again] == ["-00001", "-00002"]
            assert len({one.number for one in (first, *again)}) == len({one.key for one in (first, *again)}) == 3
            assert again[0].number.startswith("INV-2027.")

    run(scenario())


def test_while_the_clock_leaps_no_name_goes(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            one = await issued(shop, await sold(shop))
            clock.at_us += 20 * 366 * DAY_S * 1_000_000
            assert await eraser(shop, tmp_path).end_due() == 0
            assert buyer(shop, one.number) is not None

    run(scenario())


def test_who_asks_what_is_kept_of_them_hears_of_their_invoices(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            id = await known(shop)
            one = await issued(shop, await sold(shop), BOOKKEEPER, customer=id)
            told = export(shop.reader, shop.registry, id)
            kept = StillKept("invoice", one.number, "tax_law", "2033-12-31")
            assert told["kept"]["invoices"] == [msgspec.to_builtins(kept)]
            assert retained_documents(shop.reader, id) == (kept,)

    run(scenario())


def test_what_is_practised_is_not_invoiced(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            spec = practice_registry(shop.registry).by_name["IssueInvoice"]
            with pytest.raises(Refusal, match="not_in_training"):
                spec.handler(None, IssueInvoice(1, name="Somebody"))  # type: ignore[arg-type]

    run(scenario())


@pytest.mark.parametrize(
    ("day", "years", "ends", "until"),
    [
        ("2026-11-20", 6, "12-31", "2032-12-31"),
        ("2026-12-31", 6, "12-31", "2032-12-31"),
        ("2026-04-01", 6, "03-31", "2033-03-31"),
        ("2026-03-31", 7, "03-31", "2033-03-31"),
        ("2026-02-28", 2, "02-29", "2028-02-29"),
    ],
)
def test_a_name_is_kept_for_years_behind_the_end_of_its_tax_year(day: str, years: int, ends: str, until: str) -> None:
    assert kept_until(date.fromisoformat(day), years, ends).isoformat() == until

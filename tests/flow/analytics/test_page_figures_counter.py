"""Every figure of hours, tips, bottles, invoices, shifts' reports, feeds and other tills opens and adds up."""

from __future__ import annotations

import re
from datetime import datetime
from html import unescape
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

import msgspec

from edge.accounting.invoices.queries import read_invoices
from edge.backoffice.feeds.commands import MendRecord, NoteCountsGiven, SetConnector, TakeRecord
from edge.backoffice.feeds.connector import Connector
from edge.backoffice.other_tills.commands import NotePosDay, SetOtherTill
from edge.backoffice.other_tills.other_till import OtherTill
from edge.backoffice.other_tills.sale import PosDifference
from edge.core.command_bus import CommandBus
from edge.counter.bottle_deposits.commands import ReturnedBottles, TakeBottles, UndoBottles
from edge.counter.shifts.commands import CloseShift, Counted, MoveCash, OpenDrawer, OpenShift, OtherCounted
from edge.counter.till.commands import AddLine, AddTip, Pay, RefundedLine, RefundSale, VoidLastSale
from edge.counter.time_clock.commands import CorrectWork, StampClock, TypedSpan
from edge.foundation.access.commands import SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.queries import at_till
from edge.foundation.access.rights import PINS
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from tests.accounts import OWNER
from tests.browser.calling import Caller, calling
from tests.browser.serving import serve
from tests.catch_up import catch_up
from tests.feeding import ingest
from tests.feeding import records as records_of
from tests.flow.analytics.test_figures_on_paper import CODE, PROOF, newest, sums_of
from tests.flow.analytics.test_page_figures import explain, open_all
from tests.invoicing import issued, sold
from tests.other_tills import sold as sold_by_bar
from tests.other_tills import take
from tests.shop_fixture import CASHIER, CONFIG, MANAGER, MILK, SYSTEM, FakeClock, done, run
from tests.shown_figures import closed_sentences, numbers_of, unexplained

PARIS = ZoneInfo("Europe/Paris")
MORNING_US = int(datetime(2027, 3, 2, 7, tzinfo=PARIS).timestamp()) * 1_000_000
BEFORE, DAY = "2027-03-01", "2027-03-02"
LIMO = Product("limo", {"en": "Lemonade"}, ("2000000000046",), 200, "standard", deposit_minor=25)
CRATE = Product("cola", {"en": "Cola"}, ("2000000000053",), 900, "standard", deposit_minor=15)
HOUR_S = 3_600
BRITISH = CONFIG.replace("[tax]", 'country = "GB"\n[tax]')
"""Whose law requires breaks."""


async def wrong_on(caller: Caller, address: str, named: set[str], **headers: str) -> list[object]:
    """Figures of a page that don't open to what it shows; its figures must be these."""
    names, wrong = await open_all(caller, address, **headers)
    page = (await caller.get(address, **headers)).text
    assert named <= names, (address, named - names)
    return [*wrong, *await unexplained(caller, page, **headers), *closed_sentences(page)]


async def hours_and_tips(shop: CommandBus, clock: FakeClock) -> None:
    """A day that a manager entered, and one that was stamped; tips before anyone's hours, and while two worked."""
    for id, name, pin in (("dana", "Dana", "7391"), ("noam", "Noam", "8264")):
        await done(shop, SetUser(id, name, "cashier", hash_pin(pin)), SYSTEM.with_rights(PINS))
    dana, noam = (at_till(shop.reader, id, "cashier", "1") for id in ("dana", "noam"))
    typed = (TypedSpan("08:00", "12:00", 5), TypedSpan("12:10", "15:05"))
    await done(shop, CorrectWork("dana", BEFORE, typed, "forgot"), SYSTEM)
    for who, step, hours in (
        *((dana, "in", 1.01), (noam, "in", 2.5), (dana, "break", 0.26), (noam, "break", 0.1), (noam, "out", 1)),
        *((dana, "back", 3.3), (dana, "out", 0.5), (dana, "in", 1.02), (dana, "break", 0.26), (dana, "out", 0)),
    ):
        await done(shop, StampClock(step), who)  # type: ignore[arg-type]
        clock.advance(hours * HOUR_S)
        for minor in (101, 205):
            await done(shop, AddLine(MILK), MANAGER)
            await done(shop, AddTip(minor), MANAGER)
            await done(shop, Pay("card"), MANAGER)


def test_hours_breaks_and_shares_of_tips_are_made_of_stamps_corrections_and_receipts(tmp_path: Path) -> None:
    async def check() -> None:
        clock = FakeClock(MORNING_US - 7 * 24 * HOUR_S * 1_000_000)
        async with serve(tmp_path, BRITISH, clock=clock) as served, calling(served) as caller:
            shop, names = served.shop, {f"time_clock.{one}" for one in ("worked", "break", "tips")}
            await done(shop, AddLine(MILK), MANAGER)
            await done(shop, AddTip(300), MANAGER)
            await done(shop, Pay("card"), MANAGER)
            clock.advance(7 * 24 * HOUR_S)
            await hours_and_tips(shop, clock)
            await catch_up(shop)
            await caller.set_pin()
            managers, lacking = await caller.enter_pin(), {"time_clock.break_missing"}
            week = f"/manager/work-hours?week={DAY}&lang=en"
            wrong = await wrong_on(caller, week, names | lacking, Grant=managers)
            assert not wrong, "\n".join(map(str, wrong))
            assert explain(shop, "time_clock.no_hours", "2027-02-22", "2027-02-28").shown == (300, 0)
            stamped = explain(shop, "time_clock.worked", "dana", DAY, DAY)
            assert {one.type for one in stamped.parts} == {"ClockStamped"} and len(stamped.parts) >= 3
            typed = explain(shop, "time_clock.worked", "dana", BEFORE, BEFORE)
            assert [(one.type, one.numerator) for one in typed.parts] == [("WorkCorrected", 235 + 175)]
            assert {one.type for one in explain(shop, "time_clock.tips", "noam", DAY, DAY).parts} == {"SaleCompleted"}
            for odd in (f"{DAY}%0A{BEFORE}", "2027-03-01%0Anever", f"{BEFORE}%0A2035-01-01"):
                asked = f"/manager/figure?name=time_clock.worked&key=dana%0A{odd}"
                assert (await caller.get(asked, Grant=managers)).status == 404, odd

    run(check(), 280)


def test_bottles_that_came_back_open_to_their_return(tmp_path: Path) -> None:
    async def check() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            shop = served.shop
            await done(shop, SetProducts((LIMO, CRATE)), SYSTEM)
            await done(shop, OpenShift(10_000), CASHIER)
            both = (ReturnedBottles("limo", 4), ReturnedBottles("cola", 3), ReturnedBottles(LIMO.codes[0], 2))  # type: ignore[index]
            await done(shop, TakeBottles(both), CASHIER)
            await done(shop, TakeBottles((ReturnedBottles("cola", 7),), "paper"), CASHIER)
            await done(shop, UndoBottles(2), OWNER)
            await catch_up(shop)
            named = {"bottle_deposits.given", "bottle_deposits.bottles"}
            wrong = await wrong_on(caller, "/manager/bottle-deposits?lang=en", named)
            assert not wrong, "\n".join(map(str, wrong))
            (paid,) = explain(shop, "bottle_deposits.given", "1").parts
            assert (paid.type, paid.numerator) == ("BottlesTaken", 6 * 25 + 3 * 15)
            for odd in ("9", "-1", "9" * 40):
                assert (await caller.get(f"/manager/figure?name=bottle_deposits.given&key={odd}")).status == 404

    run(check())


def test_an_invoice_opens_to_its_issue_and_its_lines_to_the_receipt(tmp_path: Path) -> None:
    async def check() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            shop = served.shop
            receipt = await sold(shop)
            first = await issued(shop, receipt)
            await done(shop, RefundSale(receipt, lines=(RefundedLine(1, 1_000),)), MANAGER)
            await catch_up(shop)
            wrong = await wrong_on(caller, "/manager/invoices?lang=en", {"receipt.total"})
            lines = {"invoices.quantity", "invoices.price", "invoices.amount"}
            for one in read_invoices(shop.reader):
                named = lines | {"receipt.net", "report.net", "report.tax_amount", "receipt.total"}
                named |= {"invoices.paid", "receipt.change"} if one.kind == "invoice" else {"invoices.back"}
                wrong += await wrong_on(caller, f"/manager/invoice?number={quote(one.number)}&lang=en", named)
            assert not wrong, "\n".join(map(str, wrong))
            assert len(read_invoices(shop.reader)) == 2, "and a credit note"
            assert [one.type for one in explain(shop, "receipt.total", first.number).parts] == ["InvoiceIssued"]
            (part,) = explain(shop, "invoices.amount", first.number, "0").parts
            assert (part.type, part.number) == ("SaleCompleted", receipt)
            for odd in ("2", "-1", "9" * 40):
                asked = f"/manager/figure?name=invoices.amount&key={quote(first.number)}%0A{odd}"
                assert (await caller.get(asked)).status == 404, odd

    run(check())


async def a_counted_shift(shop: CommandBus) -> None:
    """A shift with tips, a void, a refund, cash moved and a drawer opened, whose cash and cards were counted."""
    await done(shop, AddLine(MILK), MANAGER)
    await done(shop, Pay("cash"), MANAGER)
    await done(shop, OpenShift(10_000), MANAGER)
    receipt = await sold(shop)
    for kind, tip in (("card", 150), ("cash", 0), ("card", 0)):
        await done(shop, AddLine(MILK, quantity=2_000), MANAGER)
        if tip:
            await done(shop, AddTip(tip), MANAGER)
        await done(shop, Pay(kind), MANAGER)
    await done(shop, VoidLastSale(), MANAGER)
    await done(shop, RefundSale(receipt, lines=(RefundedLine(1, 1_000),)), MANAGER)
    for moved, minor in (("payout", 700), ("top_up", 2_000), ("payout", 300)):
        await done(shop, MoveCash(moved, minor, "window cleaner"), MANAGER)  # type: ignore[arg-type]
    await done(shop, OpenDrawer("change"), MANAGER)
    pieces, cards = (Counted(5_000, 2), Counted(50, 23)), (OtherCounted("card", 377),)
    await done(shop, CloseShift(pieces=pieces, others=cards, note="counted"), MANAGER)


def test_every_figure_of_a_shifts_report_opens_and_those_of_its_paper_are_there(tmp_path: Path) -> None:
    async def check() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            shop = served.shop
            await a_counted_shift(shop)
            await catch_up(shop)
            address, named = "/manager/shift?of=1&number=1&lang=en", {"shift.report_minor", "shift.report_count"}
            wrong = await wrong_on(caller, address, named)
            assert not wrong, "\n".join(map(str, wrong))
            page, paper = (await caller.get(address)).text, newest(shop, "shift")
            assert not sums_of(paper) - numbers_of(page), sums_of(paper) - numbers_of(page)
            assert "/manager/shift?register=1&amp;of=1&amp;number=1" in (await caller.get("/manager/shifts")).text
            paid_out = explain(shop, "shift.report_minor", "1", "1", "moved.payout.minor")
            assert [(one.type, one.numerator) for one in paid_out.parts] == [("CashMoved", -700), ("CashMoved", -300)]
            off = explain(shop, "shift.report_minor", "1", "1", "others.card.difference_minor")
            assert {"SaleCompleted", "ShiftClosed"} <= {one.type for one in off.parts}
            assert off.shown == (377 - explain(shop, "shift.report_minor", "1", "1", "tenders.card.minor").shown[0], 0)
            for odd in ("2%0Atotal_minor", "1%0Anever", "1%0Asales.count", "-1%0Atotal_minor"):
                asked = f"/manager/figure?name=shift.report_minor&key=1%0A{odd}"
                assert (await caller.get(asked)).status == 404, odd
            assert "/manager/shifts" in (await caller.get("/manager/shift?of=1&number=9")).headers.get("Location", "")

    run(check(), 280)


def test_a_shifts_paper_ends_with_where_its_figures_open_in_a_shop_with_proofs(tmp_path: Path) -> None:
    async def check() -> None:
        async with serve(tmp_path, PROOF, clock=FakeClock()) as served, calling(served) as caller:
            await a_counted_shift(served.shop)
            await catch_up(served.shop)
            (address,) = CODE.findall(newest(served.shop, "shift"))
            assert address == "/manager/shift?of=1&number=1"
            page = (await caller.get(f"{address}&lang=en")).text
            assert sums_of(newest(served.shop, "shift")) <= numbers_of(page)

    run(check())


def test_a_runs_records_open_to_its_end_and_lead_to_what_became_of_them(tmp_path: Path) -> None:
    async def check() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            shop, file = served.shop, tmp_path / "suppliers.csv"
            file.write_text("supplier_id,name,rating\nalp,Alp,5\nsea,Sea,6\n")
            job = await ingest(shop, file, entity_type="Supplier")
            await catch_up(shop)
            named = {"feeds.records", *(f"feeds.state_{one}" for one in ("applied", "same", "held", "invalid"))}
            records = f"/manager/feeds/records?job={job.id}&lang=en"
            for address in ("/manager/feeds?lang=en", records):
                names, wrong = await open_all(caller, address)
                wrong += await unexplained(caller, (await caller.get(address)).text)
                assert (names, wrong) == (named, []), address
            (end,) = explain(shop, "feeds.state_applied", str(job.id)).parts
            assert (end.type, end.numerator) == ("FeedTaken", 1)
            (facts,) = re.findall(r'href="(/manager/journal\?[^"]*about=[^"]*)"', (await caller.get(records)).text)
            assert "SupplierSet" in (await caller.get(unescape(facts))).text
            (invalid,) = [one for one in records_of(shop, job) if one.state == "invalid"]
            await done(shop, MendRecord(job.run, invalid.record, "rating", "5"), SYSTEM)
            await done(shop, TakeRecord(job.run, invalid.record), SYSTEM)
            assert await open_all(caller, records) == (set(), []), "someone decided since"

    run(check())


def test_counts_that_were_written_to_another_system_open_to_their_entry(tmp_path: Path) -> None:
    async def check() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            shop = served.shop
            where = "https://erp.example"
            erp = Connector("erp", "ERP", "odoo", "Inventory", where, every_min=60, push_counts=True)
            for one in (erp, msgspec.structs.replace(erp, id="older")):
                await done(shop, SetConnector(one), SYSTEM)
            for id, changed, left_out in (("older", 7, 0), ("erp", 5, 1), ("erp", 12, 3)):
                await done(shop, NoteCountsGiven(id, changed, left_out), SYSTEM)
            await catch_up(shop)
            named = {"feeds.counts_updated", "feeds.counts_skipped"}
            wrong = await open_all(caller, "/manager/feeds?lang=en")
            assert wrong == (named, []), wrong
            (entry,) = explain(shop, "feeds.counts_updated", "erp").parts
            assert (entry.type, entry.numerator, entry.seq) == ("CountsGiven", 12, shop.head.seq)
            assert explain(shop, "feeds.counts_skipped", "erp").shown == (3, 0)
            assert (await caller.get("/manager/figure?name=feeds.counts_updated&key=none")).status == 404

    run(check())


def test_a_day_compared_with_another_till_opens_to_its_last_comparison(tmp_path: Path) -> None:
    async def check() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            shop = served.shop
            await done(
                shop,
                SetOtherTill(OtherTill("bar", "square", "https://bar.example", places="L1 = main", every_min=15)),
                SYSTEM,
            )
            (day,) = shop.reader.execute("SELECT max(business_date) FROM journal").fetchone()
            off = (
                *(PosDifference("amount_differs", "S1", 1_250, 1_200), PosDifference("missing_here", "S2", 1, 0)),
                *(PosDifference("count_differs", "S3", 7_500, 0), PosDifference("version_differs", "S4", 3, 2)),
            )
            for sold_there in (
                sold_by_bar("S5"),
                sold_by_bar("S5", 2, total_minor=430),
                sold_by_bar("S6", kind="void"),
            ):
                await take(shop, sold_there)
            for sales, taken, differences in ((9, 3, off[:1]), (12, 4, off)):
                await done(shop, NotePosDay("bar", "L1", day, sales, taken, differences), SYSTEM)
            await catch_up(shop)
            names, wrong = await open_all(caller, "/manager/other-tills?lang=en")
            page = (await caller.get("/manager/other-tills?lang=en")).text
            wrong += await unexplained(caller, page)
            assert not wrong, wrong
            sides = {f"other_tills.code_{one.code}" for one in off} | {"other_tills.sale_sale", "other_tills.sale_void"}
            assert names == sides | {f"other_tills.day_{one}" for one in ("sales", "received", "differences")}
            assert explain(shop, "other_tills.code_count_differs", "bar", "L1", day, "2", "theirs").shown == (7_500, 0)
            (newest_version,) = explain(shop, "other_tills.sale_sale", "bar", "sale", "S5").parts
            assert (newest_version.type, newest_version.numerator) == ("PosSaleTaken", 430)
            for odd in ("2%0Anever", "1%0Atheirs", "-1%0Aours", "2x%0Aours"):
                asked = f"/manager/figure?name=other_tills.code_count_differs&key=bar%0AL1%0A{day}%0A{odd}"
                assert (await caller.get(asked)).status == 404, odd
            (part,) = explain(shop, "other_tills.day_sales", "bar", "L1", day).parts
            assert (part.type, part.numerator, part.seq) == ("PosDayReconciled", 12, shop.head.seq)
            for odd in ("bar%0AL1%0Anever", "bar%0AL2%0A" + day):
                assert (await caller.get(f"/manager/figure?name=other_tills.day_sales&key={odd}")).status == 404

    run(check())

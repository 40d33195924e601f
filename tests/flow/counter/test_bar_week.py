"""A bar's week, over the shop's API: its Square till sells, a delivery comes, its invoice is photographed, matched and
posted, the accountant's books agree with the export, and the province's new catalogue arrives at night."""

from __future__ import annotations

import csv
import os
import shutil
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from edge.accounting import books
from edge.backoffice.books_out.commands import SetBooksTarget
from edge.backoffice.books_out.queries import read_books_documents
from edge.backoffice.books_out.service.part import BooksOutPart
from edge.backoffice.books_out.target import BooksTarget
from edge.backoffice.feeds.commands import SetConnector
from edge.backoffice.feeds.connector import Connector
from edge.backoffice.feeds.connector import secret_name as feed_secret
from edge.backoffice.feeds.queries import FeedJob, read_feed_jobs
from edge.backoffice.feeds.service.fetching import Fetcher
from edge.backoffice.feeds.service.part import FeedsPart
from edge.backoffice.feeds.watches import WATCHES
from edge.backoffice.other_tills.commands import SetOtherTill, SetPosItem
from edge.backoffice.other_tills.other_till import OtherTill, PosItem, secret_name
from edge.backoffice.other_tills.queries import read_pos_days
from edge.backoffice.other_tills.service.hook_files import HookFiles
from edge.backoffice.other_tills.service.part import OtherTillsPart
from edge.core.journal.rows import facts
from edge.core.journal.verify import verify
from edge.core.messages import Command, Done
from edge.counter.till.commands import AddLine, Pay
from edge.goods.catalog.queries import read_products
from edge.goods.ingest.from_config import import_settings
from edge.goods.stock.commands import RecordMovement
from edge.goods.stock.queries import read_stock
from edge.goods.supplier_invoices.commands import (
    ApproveInvoice,
    PostInvoice,
    SetInvoiceLine,
    SetInvoiceSupplier,
)
from edge.runtime.outgoing.http_client import OutgoingHttp
from edge.runtime.secrets import secrets_of
from sim.invoice_papers import PaperGoods, PaperSlip, pdf_of, photograph_of
from sim.published_catalogue import rows_of, workbook_of
from sim.vendors.accounts import SimQuickBooks
from sim.vendors.square import SimSquare
from tests.browser.serving import Served, serve
from tests.feeding import finished
from tests.flow.backoffice.test_other_tills_wired import URL, clocked_http
from tests.flow.goods.test_supplier_invoices import Bought, ordered
from tests.flow.goods.test_supplier_invoices_on_paper import as_read
from tests.http_client import Api
from tests.shop_fixture import CONFIG, MILK, FakeClock, run

(TO_APPROVE,) = (one for one in WATCHES if one.kind == "feed_to_approve")
DAYS = [f"2027-01-{day}" for day in range(15, 22)]
HOUR_S = 3600.0
SLIP = PaperSlip(
    "The Dairy",
    "FR40303265045",
    "TD-2231",
    "16 January 2027",
    (PaperGoods("DY-1", "Milk 1 l", 10, Decimal("0.81")), PaperGoods("DY-2", "Beer 500 ml", 6, Decimal("1.50"))),
    Decimal(20),
)
ACCOUNTS = "assets = 1000\nincome = 4000\nliabilities = 2200\nexpenses = 6900\npurchases = 5000\npurchase taxes = 1400"


class Bar:
    """The shop, asked over HTTP, and what asks others for it; a look is what passes in between."""

    def __init__(self, served: Served, api: Api, http: OutgoingHttp, clock: FakeClock) -> None:
        made = served.config
        self.shop, self.api, self.clock, self.folder = served.shop, api, clock, Path(made.folder)
        secrets, imports = secrets_of(made.folder), import_settings(made)

        async def pause(wait_s: float) -> None:
            pass

        files = HookFiles(self.folder, secrets)
        shop, now = self.shop, lambda: clock.mono_us / 1e6
        self.tills = OtherTillsPart(made, shop, http, secrets, files, pause, lambda: 1.0, now)
        self.feeds = FeedsPart(
            shop, made.store.zone, http, lambda http: Fetcher(shop, imports, secrets, http, pause, lambda: 1.0)
        )
        self.books = BooksOutPart(made, shop, http, secrets, pause, luck=lambda: 1.0)

    async def do(self, command: Command) -> Any:
        """A command over HTTP, with confirmation to what it asks; its result."""
        said = msgspec.to_builtins(command)
        return await self.api.do(type(command).__name__, self.api.token, **said)

    async def bring(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """Bytes to an address of the shop's; the status and the body of its answer."""
        async with (
            aiohttp.ClientSession() as caller,
            caller.post(self.api.url(path), data=body, headers=headers) as got,
        ):
            return got.status, await got.read()

    async def approve(self, connector: str) -> FeedJob:
        """What a connector has is fetched by a person, who looked at what it would change; the run at its end."""
        headers = {"Grant": self.api.token, "Content-Type": "application/json"}
        status, answer = await self.bring("/api/v1/ingest", msgspec.json.encode({"connector_id": connector}), headers)
        assert status == 202, answer
        return await finished(self.shop, int(msgspec.json.decode(answer)["job"]))

    async def look(self, after_h: float) -> None:
        self.clock.advance(after_h * HOUR_S)
        known = {job.id for job in read_feed_jobs(self.shop.reader)}
        for part in (self.tills, self.feeds, self.books):
            await part.look()
        for job in read_feed_jobs(self.shop.reader):
            if job.id not in known:
                await finished(self.shop, job.id)


class BoughtOverHttp(Bought):
    """Who buys, by the shop's API."""

    def __init__(self, bar: Bar) -> None:
        super().__init__(bar.shop)
        self._bar = bar

    async def do(self, command: Command) -> Done:
        return Done(b"", result=await self._bar.do(command))


@asynccontextmanager
async def bar_of(folder: Path, square: SimSquare, quickbooks: SimQuickBooks) -> AsyncIterator[Bar]:
    (inbox := folder / "inbox").mkdir()
    text, clock = CONFIG + f'[ingest]\nfolders = ["{inbox}"]\n', FakeClock()
    async with (
        serve(folder, text, clock=clock) as served,
        aiohttp.ClientSession() as session,
        clocked_http(clock) as http,
        square.serve() as square_url,
        quickbooks.serve() as books_url,
    ):
        api = Api(session, f"127.0.0.1:{served.port}", Path(served.config.folder))
        bar, secrets = Bar(served, api, http, clock), secrets_of(served.config.folder)
        till = OtherTill("bar", "square", square_url, places="L1 = main", hook_url=URL)
        target = BooksTarget("qb", DAYS[0], "quickbooks", books_url, quickbooks.realm, True, True, accounts=ACCOUNTS)
        catalogue = Connector("province", "Catalogue", "folder", "SKU", address=str(inbox), at="03:00")
        await bar.do(SetOtherTill(till))
        await bar.do(SetPosItem(PosItem("bar", "beer-v", "beer")))
        secrets.set(secret_name(till, "hook"), square.signs_with)
        secrets.set(secret_name(till, "access"), square.token)
        await bar.do(SetBooksTarget(target))
        secrets.set(feed_secret(target.connector), quickbooks.secret)
        await bar.do(SetConnector(catalogue))
        for sku in ("milk", "beer"):
            await bar.do(RecordMovement(sku, "in", units=100_000))
        yield bar


async def sell(bar: Bar, square: SimSquare, day: int) -> None:
    """An evening: three rounds at the Square till, one of which no webhook tells of, and a milk at our own."""
    for one in range(3):
        id = f"{day}-{one}"
        square.sell(id, bar.clock.at_us, {"beer-v": str(one + 1)})
        headers, body = square.hook(id, URL)
        if one:
            assert await bar.bring("/v1/webhooks/bar/corner", body, headers) == (200, b"")
        bar.clock.advance(60)
    await bar.do(AddLine(MILK))
    await bar.do(Pay("cash"))


async def deliver(bar: Bar) -> int:
    """What was ordered comes, and its invoice is photographed, looked at and posted; our number of it."""
    one = BoughtOverHttp(bar)
    await ordered(one)
    await one.receive()
    is_read = shutil.which("tesseract") is not None
    content = photograph_of(SLIP) if is_read else pdf_of(SLIP)
    status, answer = await bar.bring("/api/v1/invoices-in?name=photo.jpg", content, {"Grant": bar.api.token})
    assert status == 201, answer
    number = int(msgspec.json.decode(answer)["number"])
    assert one.matched(number).invoice.paper.how == ("ocr" if is_read else "text")
    assert (await bar.bring("/api/v1/invoices-in", content, {"Grant": bar.api.token}))[0] == 409, "it came before"
    await one.do(as_read(one, number, seller="The Dairy", number="TD-2231", date="2027-01-16", total="20.52"))
    await one.do(SetInvoiceSupplier(number, "dairy"))
    for line, sku in enumerate(("milk", "beer")):
        await one.do(SetInvoiceLine(number, line, sku))
    await one.do(ApproveInvoice(number, "looked at beside the paper"))
    await one.do(PostInvoice(number))
    assert one.costs() == {"milk": 81, "beer": 150}
    return number


def published(folder: Path, name: str, rows: int) -> None:
    """The province's workbook, where the bar's connector looks for it."""
    new = folder / "inbox" / name
    new.write_bytes(workbook_of(rows_of(rows)))
    os.utime(new, (1_700_000_000, 1_700_000_000))


async def look_at_the_first(bar: Bar) -> None:
    """The first catalogue was only looked at: someone is told, and has it taken. From then on it comes by itself."""
    (job,) = [one for one in read_feed_jobs(bar.shop.reader) if one.source_connector == "province"]
    assert (job.dry_run, job.status, job.record_count) == (True, "completed", 3)
    told = [one.subject for one in TO_APPROVE.read(bar.shop.reader, bar.clock.at_us, "")]
    assert told == ["province"]
    job = await bar.approve("province")
    assert (job.status, job.applied) == ("completed", 3)
    assert not list(TO_APPROVE.read(bar.shop.reader, bar.clock.at_us, ""))


def exported(bar: Bar) -> dict[str, Counter[str]]:
    """The accountant's file: by day and account."""
    lines = books.FORMATS["csv"](books.entries(facts(bar.shop.reader, bar.shop.registry)))
    days: dict[str, Counter[str]] = {}
    for row in csv.DictReader(lines):
        days.setdefault(row["date"], Counter())[row["account"]] += round(Decimal(row["amount"]) * 100)
    return days


def journals(quickbooks: SimQuickBooks) -> dict[str, Counter[str]]:
    """What is in the accountant's system, as the export has it."""
    days: dict[str, Counter[str]] = {}
    for journal in quickbooks.kinds.get("JournalEntry", []):
        for line in journal["Line"]:
            side = 1 if line["JournalEntryLineDetail"]["PostingType"] == "Debit" else -1
            day = days.setdefault(journal["TxnDate"], Counter())
            day[line["Description"]] += side * round(Decimal(str(line["Amount"])) * 100)
    return days


def test_a_bars_week(tmp_path: Path) -> None:
    async def scenario() -> None:
        square, quickbooks = SimSquare(), SimQuickBooks()
        quickbooks.put("Vendor", "56", "2026-11-01T10:00:00-08:00", DisplayName="The Dairy")
        async with bar_of(tmp_path, square, quickbooks) as bar:
            await bar.look(0)  # from here on the till is asked
            for day in range(7):
                await sell(bar, square, day)
                if day == 1:
                    number = await deliver(bar)
                if day == 4:
                    quickbooks.faults.down = square.faults.down = True
                if day == 2:
                    published(tmp_path, "OCS Catalogue January.xlsx", 3)
                if day == 4:
                    await look_at_the_first(bar)
                if day == 5:
                    quickbooks.faults.down = square.faults.down = False
                    published(tmp_path, "OCS Catalogue.xlsx", 6)
                await bar.look(12)
                await bar.look(12 - 180 / 3600)
            await bar.look(1)
            assert read_stock(bar.shop.reader, "beer") == (100 + 6 - 7 * 6) * 1000, "theirs, and what was delivered"
            assert read_stock(bar.shop.reader, "milk") == (100 + 10 - 7) * 1000
            days = read_pos_days(bar.shop.reader, "bar", 30)
            assert [one.day for one in days if one.differences] == [] and len(days) >= 6
            (bill,) = quickbooks.kinds["Bill"]
            assert (bill["DocNumber"], bill["VendorRef"]["value"], bill["TotalAmt"]) == ("TD-2231", "56", 20.52)
            export = exported(bar)
            assert sorted(export) == DAYS and journals(quickbooks) == export, "the books agree, each day once"
            kinds = {one.kind: one.state for one in read_books_documents(bar.shop.reader)}
            assert set(kinds) == {"bill", "journal"} and number
            jobs = [one for one in read_feed_jobs(bar.shop.reader) if one.source_connector == "province"]
            assert [(one.dry_run, one.record_count) for one in jobs] == [(False, 6), (False, 3), (True, 3)]
            assert {one.status for one in jobs} == {"completed"}, "the new one came at night, by itself"
            sku = rows_of(1)[0]["OCS Variant Number"]
            ((_, arrived, _),) = read_products(bar.shop.reader, (sku,)).values()
            assert arrived.cost_minor == 1550
            assert verify(bar.shop.reader, bar.shop.registry).faults == ()

    run(scenario())

"""Each sum on a receipt, an X, a Z, a report or an invoice is on the page it leads to, where it opens and adds up."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

from edge.analytics.insight.report_paper import ReportWording, as_sheet
from edge.analytics.insight.reports import read_report
from edge.analytics.insight.rules import DaySpan
from edge.core.command_bus import CommandBus
from edge.counter.till.commands import AddLine, AddLoad, Pay, PrintReport, ReprintReport
from edge.foundation.printing.layout import plain_text
from edge.foundation.printing.queries import last_print_job, read_print_job
from tests.browser.calling import Caller, calling
from tests.browser.serving import serve
from tests.browser.strangers import OPEN
from tests.catch_up import catch_up
from tests.flow.analytics.test_figure_explained import a_day
from tests.flow.analytics.test_page_figures import open_all
from tests.invoicing import issued, printed, sold
from tests.shop_fixture import MANAGER, MILK, FakeClock, done, run
from tests.shown_figures import numbers_of, unexplained

PROOF = OPEN + "[till]\nreceipt_proof = true\n"
SUM = re.compile(r"(?<![\d.])\d[\d,]*\.\d\d(?![\d.])")
CODE = re.compile(r"\[QR https?://[^/]+(/[^\]]+)\]")


def sums_of(text: str) -> set[str]:
    """The sums of money on a paper, without signs; nothing is nowhere explained."""
    return set(SUM.findall(text)) - {"0.00"}


def newest(shop: CommandBus, kind: str = "receipt") -> str:
    job = last_print_job(shop.reader, "1", kind)
    assert job is not None
    return plain_text(job.document)


async def shows(caller: Caller, address: str, sums: set[str]) -> list[object]:
    """The page: sums that it lacks, figures of it that don't open or don't come to what is shown."""
    page = await caller.get(f"{address}&lang=en")
    assert page.status == 200, (address, page.text[-400:])
    main = page.text[page.text.index("<main") : page.text.index("</main>")]
    lacking = sums - numbers_of(main)
    return [*([(address, lacking)] if lacking else []), *await unexplained(caller, page.text)]


def test_each_sum_on_receipts_an_x_and_a_z_is_on_the_page_that_opens_it(tmp_path: Path) -> None:
    async def check() -> None:
        async with serve(tmp_path, PROOF, clock=FakeClock()) as served, calling(served) as caller:
            shop = served.shop
            await done(shop, AddLoad("OTHER-CARD-1", 1_000), MANAGER)  # money that is no revenue
            await done(shop, Pay("cash"), MANAGER)
            await a_day(shop)  # a void, a refund, an overridden price, and the first Z
            jobs = shop.reader.execute("SELECT receipt, id FROM print_job WHERE kind = 'receipt'").fetchall()
            assert [number for number, _ in jobs] == [1, 2, 3, 4, 5, 6], "a load, sales, a void, a refund"
            wrong: list[object] = []
            for number, id in jobs:
                job = read_print_job(shop.reader, id)
                assert job is not None
                text = plain_text(job.document)
                address = f"/manager/sale?register=1&number={number}"
                page = (await caller.get(address)).text
                assert 'id="proof" class="hint"' in page and 'id="facts"' in page, address
                voided = re.findall(r"/manager/sale\?register=1&amp;number=(\d+)", page) if "VOID" in text else []
                for of in voided:  # a void's paper has what it voids, whose page is one step away
                    page += (await caller.get(f"/manager/sale?register=1&number={of}")).text
                wrong += await shows(caller, address, sums_of(text) - (numbers_of(page) if voided else set()))
            await done(shop, AddLine(MILK), MANAGER)
            await done(shop, Pay("cash"), MANAGER)
            reports = list[str]()
            for printed_as in (PrintReport("x"), PrintReport("z"), ReprintReport(1)):
                await done(shop, printed_as, MANAGER)
                reports.append(newest(shop, "report"))
            await catch_up(shop)
            for report, kind in zip(reports, "xzz", strict=True):
                (address,) = CODE.findall(report)
                assert sums_of(report), report
                wrong += await shows(caller, address, sums_of(report))
                names, closed = await open_all(caller, address)
                assert f"reports.{kind}_minor" in names and not closed, closed
            listed = (await caller.get("/manager/explained?lang=en")).text
            assert CODE.findall(reports[0])[0].partition("?")[2] in listed, "an X of today"
            for odd in ("1%0Atotal_minor", "-1%0Atotal_minor", f"{'9' * 30}%0Asales.count"):
                assert (await caller.get(f"/manager/figure?name=reports.x_minor&key={odd}")).status == 404, odd
            assert "x=" not in (await caller.get("/manager/explained?x=1")).headers.get("Location", "x=")
            assert not wrong, "\n".join(map(str, wrong))

    run(check(), 280)


def test_each_sum_on_an_invoice_and_a_report_as_pdf_is_on_its_page(tmp_path: Path) -> None:
    async def check() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            shop = served.shop
            of_sale = await issued(shop, await sold(shop))
            sums = sums_of("\n".join(printed(shop)))
            wrong = await shows(caller, f"/manager/invoice?number={quote(of_sale.number)}", sums)
            day = await a_day(shop)
            written = ReportWording("en", lambda minor: f"{minor / 100:.2f}", str, lambda names: names["en"])
            sheet = as_sheet(read_report(shop.reader, "daily", DaySpan(day, day)), written, ())
            cells = "\n".join(cell for table in sheet.tables for row in table.rows for cell in row)
            assert len(sums_of(cells)) > 5, cells
            wrong += await shows(caller, f"/manager/report?kind=daily&date={day}", sums_of(cells))
            assert not wrong, "\n".join(map(str, wrong))

    run(check(), 280)

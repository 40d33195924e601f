"""Paper of which no one can tell whether it came out: it is said to be so, someone is asked, nothing prints twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from edge.core.messages import Refused
from edge.counter.till.commands import PrintReport, ReprintReceipt
from edge.counter.till.events import ReceiptReprinted
from edge.foundation.printing import handlers
from edge.foundation.printing.commands import ConfirmPrint, CopyPrint, QueuePrint, SettlePrint
from edge.foundation.printing.document import Document, TemplateBlock, Text
from edge.foundation.printing.events import PrintConfirmed, PrintCopied
from edge.foundation.printing.handlers import JOBS_LIMIT
from edge.foundation.printing.queries import DOUBTS_SHOWN, last_print_job, read_print_job, unconfirmed_prints
from edge.runtime.config.device_uses import PaperOptions, Printing
from sim.printer.server import SimPrinter
from tests.printing import BACK_S, IN_HASTE, WIDE, Desk, desk, receipts_on
from tests.shop_fixture import CASHIER, MANAGER, SYSTEM, done, run

BREAKS: dict[str, Callable[[SimPrinter], None]] = {
    "the cable is pulled": lambda printer: printer.cut_after(150),
    "the power goes": lambda printer: printer.power_cycle(after=150),
}


@pytest.mark.parametrize("how", BREAKS)
def test_what_breaks_off_in_the_middle_is_asked_about_and_the_rest_goes_on(tmp_path: Path, how: str) -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer, desk(tmp_path) as till:
            till.plug(printer.port)
            await till.becomes(await till.sell(), "printed")
            BREAKS[how](printer)
            broken = await till.sell()
            job = await till.becomes(broken, "unknown")
            assert (job.problem, job.printer) == ("broke_off", "printer")
            assert [doubt.id for doubt in unconfirmed_prints(till.shop.reader, "1")] == [broken]
            await printer.recover()
            await till.becomes(await till.sell(), "printed")
            assert till.job(broken).state == "unknown"
            texts = [receipt.text for receipt in printer.receipts]
            assert sum("1-000002" in text for text in texts) <= 1
            await copied(till, printer, broken)

    run(scenario())


async def copied(till: Desk, printer: SimPrinter, job: int) -> None:
    """The cashier wants a copy of a receipt: it says so, and the question is answered."""
    number = till.job(job).receipt
    assert number is not None
    done = await till.do(ReprintReceipt(number))
    assert done.events == (ReceiptReprinted(number, 1),)
    assert (till.job(job).state, till.job(job).problem) == ("failed", "copied")
    assert unconfirmed_prints(till.shop.reader, "1") == []
    await till.when(lambda: "COPY 1" in printer.receipts[-1].text, lambda: printer.receipts[-1].text, BACK_S)


def test_the_cashier_looked_and_the_paper_is_good(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer, desk(tmp_path) as till:
            till.plug(printer.port)
            await till.says("", "ok")
            printer.cut_after(150)
            job = await till.sell()
            await till.becomes(job, "unknown")
            done = await till.do(ConfirmPrint(job))
            assert done.events == (PrintConfirmed(job, "receipt", 1),)
            assert till.job(job).state == "printed"
            assert await till.shop.do(ConfirmPrint(job), CASHIER) == Refused("print_job_over", {"job": job})

    run(scenario())


def test_a_printer_that_takes_all_and_prints_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer, desk(tmp_path) as till:
            till.plug(printer.port, timeouts=IN_HASTE)
            await till.says("", "ok")
            printer.lie()
            swallowed = await till.sell()
            assert (await till.becomes(swallowed, "unknown")).problem == "unconfirmed"
            others = [await till.sell() for _ in range(2)]
            await till.says("unconfirmed")
            assert [till.job(job).state for job in others] == ["queued", "queued"]
            await printer.recover()
            for job in others:
                await till.becomes(job, "printed", BACK_S)
            receipts_on(printer, 2, 3)
            assert [doubt.id for doubt in unconfirmed_prints(till.shop.reader, "1")] == [swallowed]

    run(scenario())


@pytest.mark.parametrize("paper", [WIDE, PaperOptions(profile="TM-T88V")], ids=["asked", "configured"])
def test_one_that_comes_back_and_does_not_get_round_to_anything_is_still_the_one_that_confirms(
    tmp_path: Path, paper: PaperOptions
) -> None:
    """It answers how it is, as that goes past what it is busy with: nothing of a job may be sent and be called done."""

    async def scenario() -> None:
        async with SimPrinter() as printer, desk(tmp_path) as till:
            till.plug(printer.port, paper=paper)
            await till.becomes(await till.sell(), "printed")
            printer.refuse()
            waiting = [await till.sell() for _ in range(2)]
            await till.says("refused")
            printer.lie()
            await printer.start()
            await till.says("unconfirmed")
            assert [till.job(job).state for job in waiting] == ["queued", "queued"]
            await printer.recover()
            for job in waiting:
                await till.becomes(job, "printed", BACK_S)
            receipts_on(printer, 1, 2, 3)

    run(scenario())


def test_the_process_ended_while_it_printed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer, desk(tmp_path) as till:
            sending, waiting = await till.sell(), await till.sell()
            await till.shop.do(SettlePrint(sending, "sending", printer="printer"), SYSTEM)
            till.plug(printer.port)
            await till.becomes(waiting, "printed")
            assert (till.job(sending).state, till.job(sending).problem) == ("unknown", "interrupted")
            receipts_on(printer, 2)

    run(scenario())


def test_someone_is_asked_about_a_paper_however_many_come_behind_it(tmp_path: Path) -> None:
    """Jobs that are over are forgotten some day; a receipt that may never have come out is not."""

    async def scenario() -> None:
        async with desk(tmp_path) as till:
            doubted, opened = await till.sell(), await till.sell("cash")
            (pulse,) = [job for job in range(doubted + 1, opened + 1) if till.job(job).kind == "drawer"]
            for job in (doubted, pulse):
                await till.shop.do(SettlePrint(job, "sending", printer="printer"), SYSTEM)
                await till.shop.do(SettlePrint(job, "unknown", "interrupted"), SYSTEM)
            page = QueuePrint("test", Document("en", (Text("a page"),)))
            for _ in range(JOBS_LIMIT + 100):
                await done(till.shop, page, SYSTEM)
            assert [doubt.receipt for doubt in unconfirmed_prints(till.shop.reader, "1")] == [1]
            assert read_print_job(till.shop.reader, pulse) is None, "a drawer is no question to anybody"

    run(scenario())


def test_a_till_without_a_printer_keeps_no_paper_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handlers, "OPEN_KEPT", 200)

    async def scenario() -> None:
        async with desk(tmp_path) as till:
            first = await till.sell()
            page = QueuePrint("test", Document("en", (Text("a page"),)))
            for _ in range(JOBS_LIMIT + 100):
                await done(till.shop, page, SYSTEM)
            assert read_print_job(till.shop.reader, first) is None, "nobody waits for it any more"
            assert till.job(first + JOBS_LIMIT).state == "queued"

    run(scenario())


def test_a_report_says_how_many_papers_are_in_doubt_beyond_those_that_a_page_shows(tmp_path: Path) -> None:
    doubted = DOUBTS_SHOWN + 3

    async def scenario() -> None:
        async with desk(tmp_path) as till:
            for _ in range(doubted):
                job = await till.sell()
                await till.shop.do(SettlePrint(job, "sending", printer="printer"), SYSTEM)
                await till.shop.do(SettlePrint(job, "unknown", "interrupted"), SYSTEM)
            assert len(unconfirmed_prints(till.shop.reader, "1")) == DOUBTS_SHOWN
            await done(till.shop, PrintReport("x"), MANAGER)
            report = last_print_job(till.shop.reader, "1", "report")
            assert report is not None
            (unsettled,) = [
                row.data
                for row in report.document.rows
                if isinstance(row, TemplateBlock) and row.template == "till/unsettled"
            ]
            assert unsettled["papers"] == doubted

    run(scenario())


@pytest.mark.parametrize("printing", [Printing(confirms="none"), Printing()])
def test_for_a_printer_that_never_says_anything_sent_is_final(tmp_path: Path, printing: Printing) -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer, desk(tmp_path) as till:
            printer.never_answer()
            till.plug(printer.port, printing=printing)
            await till.becomes(await till.sell(), "sent")
            await till.says("", "ok")
            await printer.next_receipt()
            receipts_on(printer, 1)

    run(scenario())


def test_one_that_has_answered_and_does_so_no_more_gets_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer, desk(tmp_path) as till:
            till.plug(printer.port)
            await till.becomes(await till.sell(), "printed")
            await till.unplug()
            printer.never_answer()
            till.plug(printer.port)
            job = await till.sell()
            await till.says("silent_shared")
            assert till.job(job).state == "queued"
            await printer.recover()
            await till.becomes(job, "printed", BACK_S)
            receipts_on(printer, 1, 2)

    run(scenario())


@pytest.mark.parametrize("confirms", ["status", "process_id"])
def test_both_ways_to_confirm(tmp_path: Path, confirms: str) -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer, desk(tmp_path) as till:
            till.plug(printer.port, printing=Printing(confirms=confirms))  # type: ignore[arg-type]
            await till.becomes(await till.sell("cash"), "printed")
            assert printer.kicks == 1
            assert printer.unknown == []

    run(scenario())


def test_other_paper_is_copied_by_its_job_and_says_so(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer, desk(tmp_path) as till:
            till.plug(printer.port)
            slip = Document("en", (Text("Picking slip"),))
            job = int((await till.shop.do(QueuePrint("slip", slip), CASHIER.with_rights("manage"))).result)  # type: ignore[union-attr]
            await till.becomes(job, "printed")
            first = await till.do(CopyPrint(job))
            assert first.events == (PrintCopied(job, "slip", 1),)
            await till.becomes(first.result, "printed")
            second = await till.do(CopyPrint(first.result))
            await till.becomes(second.result, "printed")
            assert [receipt.text.split() for receipt in printer.receipts] == [
                ["Picking", "slip"],
                ["COPY", "1", "Picking", "slip"],
                ["COPY", "2", "Picking", "slip"],
            ]
            sale = await till.sell()
            await till.becomes(sale, "printed")
            assert await till.shop.do(CopyPrint(sale), CASHIER) == Refused("copy_by_receipt", {"number": 1})

    run(scenario())


@pytest.mark.parametrize("comes_back", [True, False])
def test_a_box_that_stood_still_behind_the_mark_sends_nothing_while_another_may_lead(
    tmp_path: Path, comes_back: bool
) -> None:
    """Of two: the other one takes that paper for doubtful by then, and someone may have had it printed there."""

    async def scenario() -> None:
        async with SimPrinter() as printer, desk(tmp_path) as till:
            till.plug(printer.port)
            await till.becomes(await till.sell(), "printed")
            looks, still = 0, True

            def leads() -> bool:
                nonlocal looks
                is_marked = till.shop.reader.execute("SELECT 1 FROM print_job WHERE state = 'sending'").fetchone()
                looks += is_marked is not None
                return not (still and is_marked)

            till.shop.leads = leads
            job = await till.sell()
            await till.becomes(job, "sending")
            await till.when(lambda: looks > 2, lambda: f"it looked {looks} times whether it leads", BACK_S)
            assert till.job(job).state == "sending"
            receipts_on(printer, 1)
            still = False
            if comes_back:
                await till.becomes(job, "printed")
                receipts_on(printer, 1, 2)
                return
            await till.unplug()
            till.plug(printer.port)
            await till.becomes(job, "unknown")
            receipts_on(printer, 1)

    run(scenario())

"""What is not one trouble alone: trouble that is seen early, printers that stand in for others, the drawer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import pytest

from drivers.roles import PrinterConnection, ReceiptPrinter
from edge.foundation.printing.printers.actions import PrinterTimeouts
from edge.foundation.printing.printers.part import PrinterAssignment
from edge.runtime.config.device_uses import PaperOptions, Printing
from sim.printer.server import SimPrinter
from tests.printing import BACK_S, desk, receipts_on
from tests.shop_fixture import run

SOON = PrinterTimeouts(idle_look_s=0.2, drawer_left_s=0.3)


def test_a_printer_that_is_in_trouble_before_anyone_sells_is_seen(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer, desk(tmp_path) as till:
            till.plug(printer.port, timeouts=SOON)
            await till.says("", "ok")
            printer.paper_near_end()
            near = await till.says("paper_near_end", "ok")
            assert near.advice == "Have a new roll ready."
            printer.open_cover()
            await till.says("cover_open")
            await printer.recover()
            await till.says("", "ok", within_s=BACK_S)

    run(scenario())


def test_paper_that_is_nearly_used_up_holds_up_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer, desk(tmp_path) as till:
            till.plug(printer.port)
            printer.paper_near_end()
            await till.becomes(await till.sell(), "printed")
            await till.says("paper_near_end", "ok")

    run(scenario())


def test_a_name_that_no_one_knows(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk(tmp_path) as till:
            till.plug(9100, host="printer.invalid")
            job = await till.sell()
            await till.says("unreachable")
            assert till.job(job).state == "queued"

    run(scenario())


def test_another_printer_stands_in_and_steps_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer, SimPrinter() as spare, desk(tmp_path) as till:
            till.plug(printer.port)
            till.plug(spare.port, PrinterAssignment("spare", None, "1", till.lost("printer")))
            await till.becomes(await till.sell(), "printed")
            printer.refuse()
            while_lost = [await till.sell() for _ in range(2)]
            for job in while_lost:
                assert (await till.becomes(job, "printed")).printer == "spare"
            await printer.recover()
            await till.says("", "ok", within_s=BACK_S)
            assert (await till.becomes(await till.sell(), "printed")).printer == "printer"
            receipts_on(printer, 1, 4)
            receipts_on(spare, 2, 3)

    run(scenario())


def test_a_stand_in_leaves_the_drawer_alone_and_a_late_drawer_stays_shut(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer, SimPrinter() as spare, desk(tmp_path) as till:
            printer.refuse()
            till.plug(printer.port)
            till.plug(spare.port, PrinterAssignment("spare", None, "1", till.lost("printer")))
            await till.says("refused")
            receipt = await till.sell("cash")
            await till.becomes(receipt, "printed")
            kick = receipt - 1
            assert till.job(kick).state == "queued"
            till.clock.advance(3)
            await printer.recover()
            assert (await till.becomes(kick, "failed")).problem == "too_late"
            assert (printer.kicks, spare.kicks) == (0, 0)
            await till.becomes(await till.sell("cash"), "printed")
            assert printer.kicks == 1

    run(scenario())


@pytest.mark.parametrize("model", ["", "TM-T88V"])  # one is asked how it is, the other tells by itself
def test_the_drawer_opens_without_paper_and_the_receipts_follow_when_there_is_some(tmp_path: Path, model: str) -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer, desk(tmp_path) as till:
            till.plug(printer.port, paper=PaperOptions(columns=48, profile=model), timeouts=SOON)
            await till.says("", "ok")
            printer.paper_out()
            await till.says("paper_out")
            for kicks in (1, 2):  # the second one past a receipt that waits
                receipt = await till.sell("cash")
                await till.becomes(receipt - 1, "sent")
                await till.when(lambda: printer.kicks == kicks, lambda: "the drawer opens", BACK_S)  # noqa: B023
                assert till.job(receipt).state == "queued"
            await printer.recover()
            await till.becomes(receipt, "printed")
            receipts_on(printer, 1, 2)
            assert printer.kicks == 2

    run(scenario())


def test_the_drawer_opens_past_a_receipt_that_ran_out_of_paper_half_way(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer, desk(tmp_path) as till:
            till.plug(printer.port)
            printer.paper_out(after_lines=3)
            first = await till.sell()
            await till.says("paper_out")
            second = await till.sell("cash")
            await till.becomes(second - 1, "sent")
            await till.when(lambda: printer.kicks, lambda: "the drawer opens", BACK_S)
            assert till.job(first).state == "sending"
            await printer.recover()
            await till.becomes(second, "printed")
            receipts_on(printer, 1, 2)
            assert printer.kicks == 1

    run(scenario())


def test_a_drawer_that_was_left_open_is_said_where_its_line_is_known(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer, desk(tmp_path) as till:
            till.plug(printer.port, printing=Printing(drawer_open="high"), timeouts=SOON)
            await till.says("", "ok")
            printer.set_drawer(open=True)
            await till.says("drawer_open", "ok")
            printer.set_drawer(open=False)
            await till.says("", "ok")

    run(scenario())


def test_printing_slowly_is_no_trouble(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer, desk(tmp_path) as till:
            till.plug(printer.port)
            printer.print_slowly(0.1)
            job = await till.sell()
            await till.becomes(job, "sending")
            await till.becomes(job, "printed", 10.0)
            receipts_on(printer, 1)

    run(scenario())


@pytest.mark.parametrize("confirms", ["auto", "none"])
def test_the_drawer_and_the_receipt_behind_it_go_in_one_turn(tmp_path: Path, confirms: Literal["auto", "none"]) -> None:
    turns: list[bytearray] = []

    def listened_to(made: ReceiptPrinter) -> ReceiptPrinter:
        turn = made.turn

        @asynccontextmanager
        async def listened() -> AsyncIterator[PrinterConnection]:
            async with turn() as line:
                written, write = bytearray(), line.write
                turns.append(written)

                async def noted(data: bytes) -> None:
                    written.extend(data)
                    await write(data)

                line.write = noted  # type: ignore[method-assign]
                yield line

        made.turn = listened  # type: ignore[method-assign]
        return made

    async def scenario() -> None:
        async with SimPrinter() as printer, desk(tmp_path) as till:
            till.plug(printer.port, printing=Printing(confirms=confirms), wrap=listened_to)
            await till.says("", "ok")
            receipt = await till.sell("cash")
            await till.becomes(receipt, "sent" if confirms == "none" else "printed")
            (job,) = (turn for turn in turns if b"Milk" in turn)
            assert job.count(b"\x1bp\x00") == 1
            await printer.next_receipt()  # of one that confirms nothing only the bytes are known to be out
            assert printer.kicks == 1
            receipts_on(printer, 1)

    run(scenario())

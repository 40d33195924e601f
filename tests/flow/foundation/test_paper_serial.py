"""The same care on a serial line, where nothing tells that the printer has lost its power: only its silence does."""

from __future__ import annotations

import asyncio
import os
import tty
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from drivers import registry
from edge.foundation.printing.printers.actions import PrinterTimeouts
from sim.printer.server import SimPrinter
from tests.printing import BACK_S, IN_HASTE, PATIENT, Desk, desk, receipts_on
from tests.shop_fixture import run


@asynccontextmanager
async def serial_line(printer: SimPrinter) -> AsyncIterator[str]:
    """A pty with the simulated printer at its other end, which stays there whatever befalls it."""
    master, slave = os.openpty()
    tty.setraw(slave)
    os.set_blocking(master, False)
    wire = Wire(master, printer)
    async with asyncio.TaskGroup() as tasks:
        work = tasks.create_task(wire.carry())
        try:
            yield os.ttyname(slave)
        finally:
            work.cancel()
            wire.close()
            os.close(slave)
            os.close(master)


class Wire:
    """Carries bytes between the pty and the printer's TCP port."""

    def __init__(self, master: int, printer: SimPrinter) -> None:
        self._master = master
        self._printer = printer
        self._loop = asyncio.get_running_loop()
        self._writer: asyncio.StreamWriter | None = None
        self._loop.add_reader(master, self._down)

    async def carry(self) -> None:
        while True:
            reader, self._writer = await asyncio.open_connection(self._printer.host, self._printer.port)
            try:
                while data := await reader.read(4096):
                    os.write(self._master, data)
            except ConnectionError:
                continue

    def close(self) -> None:
        self._loop.remove_reader(self._master)
        if self._writer:
            self._writer.close()

    def _down(self) -> None:
        data = os.read(self._master, 4096)
        if self._writer and not self._writer.is_closing():
            self._writer.write(data)


def plug(till: Desk, path: str, timeouts: PrinterTimeouts = PATIENT) -> None:
    till.plug(9100, wrap=lambda _: registry.create("receipt_printer", "serial", {"path": path}), timeouts=timeouts)


def test_it_prints_and_says_so_and_trouble_is_waited_for(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer, serial_line(printer) as path, desk(tmp_path) as till:
            plug(till, path)
            await till.becomes(await till.sell("cash"), "printed")
            assert printer.kicks == 1
            printer.paper_out(after_lines=3)
            job = await till.sell()
            await till.says("paper_out")
            await printer.recover()
            await till.becomes(job, "printed", BACK_S)
            receipts_on(printer, 1, 2)

    run(scenario())


def test_after_a_power_cut_in_the_middle_it_is_asked_about_and_the_rest_goes_on(
    tmp_path: Path,
) -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer, serial_line(printer) as path, desk(tmp_path) as till:
            plug(till, path, IN_HASTE)
            await till.becomes(await till.sell(), "printed")
            printer.power_cycle(after=150)
            broken = await till.sell()
            assert (await till.becomes(broken, "unknown")).problem == "unconfirmed"
            await till.becomes(await till.sell(), "printed", BACK_S)
            assert till.job(broken).state == "unknown"

    run(scenario())


def test_one_that_tells_by_itself_is_listened_to_and_not_asked(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer, serial_line(printer) as path, desk(tmp_path) as till:
            plug(till, path, PrinterTimeouts(listen_s=600.0, idle_look_s=600.0))
            await till.says("", "ok")
            printer.open_cover()
            await till.says("cover_open")
            waiting = await till.sell()
            assert till.job(waiting).state == "queued"
            await printer.recover()
            await till.becomes(waiting, "printed", BACK_S)
            printer.paper_near_end()
            await till.says("paper_near_end", "ok")
            receipts_on(printer, 1)

    run(scenario())


def test_one_that_was_off_tells_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer, serial_line(printer) as path, desk(tmp_path) as till:
            plug(till, path, PrinterTimeouts(listen_s=0.2))
            await till.says("", "ok")
            printer.never_answer()
            await till.says("silent")
            printer.power_cycle()
            await printer.recover()
            await till.says("", "ok", within_s=BACK_S)
            printer.open_cover()
            await till.says("cover_open")

    run(scenario())

"""The simulated printer in trouble: its status, the output it holds back, and what it prints afterwards."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from sim.printer import receipts
from sim.printer.ops import Op
from sim.printer.paper import Drawing, draw
from sim.printer.server import SimPrinter
from tests.shop_fixture import run

CUT = b"\x1dV\x41\x00"
WELL = b"\x12\x12\x12\x12"
ASK = b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04"
SAYS: dict[str, tuple[Callable[[SimPrinter], None], bytes]] = {
    "paper out": (SimPrinter.paper_out, b"\x1a\x32\x12\x7e"),
    "near its end": (SimPrinter.paper_near_end, b"\x12\x12\x12\x1e"),
    "lid open": (SimPrinter.open_cover, b"\x1a\x16\x12\x12"),
    "too hot": (SimPrinter.overheat, b"\x1a\x52\x52\x12"),
    "drawer open": (lambda printer: printer.set_drawer(open=True), b"\x16\x12\x12\x12"),
}


class Host:
    """A host connected to the printer."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def at(cls, printer: SimPrinter) -> Host:
        return cls(*await asyncio.open_connection(printer.host, printer.port))

    def send(self, data: bytes) -> None:
        self._writer.write(data)

    async def hears(self, count: int) -> bytes:
        return await asyncio.wait_for(self._reader.readexactly(count), 5)

    async def hears_nothing(self) -> bool:
        try:
            return not await asyncio.wait_for(self._reader.read(1), 0.05)
        except TimeoutError:
            return True

    def leave(self) -> None:
        self._writer.close()


@pytest.mark.parametrize("what", SAYS)
def test_it_says_how_it_is(what: str) -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer:
            host = await Host.at(printer)
            host.send(ASK)
            assert await host.hears(4) == WELL
            trouble, answer = SAYS[what]
            trouble(printer)
            host.send(ASK)
            assert await host.hears(4) == answer
            host.leave()

    run(scenario())


def test_it_says_by_itself_when_it_changes() -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer:
            host = await Host.at(printer)
            host.send(b"\x1da\xff")
            assert await host.hears(4) == b"\x10\x00\x00\x00"
            printer.open_cover()
            assert await host.hears(4) == b"\x38\x00\x00\x00"
            await printer.recover()
            assert await host.hears(4) == b"\x10\x00\x00\x00"
            host.leave()

    run(scenario())


def test_what_is_asked_in_its_turn_waits_for_paper_and_what_is_asked_at_once_does_not() -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer:
            printer.paper_out(after_lines=2)
            host = await Host.at(printer)
            host.send(b"one\ntwo\nthree\n" + CUT + b"\x1dr\x01" + b"\x10\x04\x02")
            assert await host.hears(1) == b"\x12"
            assert await host.hears_nothing()
            host.send(b"\x10\x04\x02")
            assert await host.hears(1) == b"\x32"
            await printer.recover()
            assert await host.hears(1) == b"\x00"
            assert (await printer.next_receipt()).text == "one\ntwo\nthree\n"
            host.leave()

    run(scenario())


def test_a_jammed_cutter_cuts_once_it_is_free() -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer:
            printer.jam_cutter()
            host = await Host.at(printer)
            host.send(b"text\n" + CUT + b"\x1dr\x01")
            assert await host.hears_nothing()
            assert not printer.receipts
            await printer.recover()
            assert await host.hears(1) == b"\x00"
            assert len(printer.receipts) == 1
            host.leave()

    run(scenario())


def test_the_power_takes_what_was_not_printed() -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer:
            printer.paper_out(after_lines=1)
            host = await Host.at(printer)
            host.send(b"one\ntwo\n" + CUT)
            assert await host.hears_nothing()
            printer.power_cycle()
            with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
                await host.hears(1)
            await printer.recover()
            host = await Host.at(printer)
            host.send(b"next\n" + CUT)
            assert (await printer.next_receipt()).text == "one\nnext\n"
            host.leave()

    run(scenario())


def test_the_power_goes_in_the_middle_of_a_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Paper that was already cut off is a receipt, and later receipts keep their order."""

    async def scenario() -> None:
        cutting, going_on = threading.Event(), threading.Event()

        def slowly(ops: Iterable[Op]) -> Drawing:
            if threading.current_thread() is not threading.main_thread():
                cutting.set()
                assert going_on.wait(10)
            return draw(ops)

        monkeypatch.setattr(receipts, "draw", slowly)
        async with SimPrinter() as printer:
            host = await Host.at(printer)
            host.send(b"one\n" + CUT)
            assert await asyncio.to_thread(cutting.wait, 10)
            printer.power_cycle()
            host.leave()
            host = await Host.at(printer)
            host.send(b"two\n" + CUT)
            going_on.set()
            papers = [(await printer.next_receipt()) for _ in range(2)]
            assert [(paper.number, paper.text) for paper in papers] == [(1, "one\n"), (2, "two\n")]
            host.leave()

    run(scenario())


def test_what_was_sent_by_one_who_has_gone_is_printed_anyway() -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer:
            printer.paper_out()
            host = await Host.at(printer)
            host.send(b"text\n" + CUT)
            assert await host.hears_nothing()
            host.leave()
            await printer.recover()
            assert (await printer.next_receipt()).text == "text\n"

    run(scenario())


def test_a_liar_prints_nothing_and_one_that_is_held_says_nothing() -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer:
            printer.lie()
            host = await Host.at(printer)
            host.send(b"text\n" + CUT + b"\x1dr\x01" + ASK)
            assert await host.hears(4) == WELL
            assert await host.hears_nothing()
            host.leave()
            await printer.recover()
            printer.hold()
            host = await Host.at(printer)
            host.send(ASK)
            assert await host.hears_nothing()
            await printer.recover()
            assert await host.hears(4) == WELL
            assert not printer.receipts
            host.leave()

    run(scenario())


def test_one_that_never_answers_prints(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer:
            printer.never_answer()
            host = await Host.at(printer)
            host.send(ASK + b"text\n" + CUT + b"\x1dr\x01")
            assert (await printer.next_receipt()).text == "text\n"
            assert await host.hears_nothing()
            host.leave()

    run(scenario())

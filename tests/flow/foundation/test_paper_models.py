"""What a printer is, it says itself, where the configuration does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.foundation.printing.printers import part
from edge.foundation.printing.printers.actions import PrinterTimeouts
from edge.foundation.printing.printers.part import PrinterAssignment
from edge.runtime.config.device_uses import PaperOptions, Printing
from sim.printer import server, status
from sim.printer.receipts import Receipt
from sim.printer.server import SimPrinter
from tests.printing import IN_HASTE, desk
from tests.shop_fixture import run


def columns(receipt: Receipt) -> int:
    """How wide its lines across are."""
    return max(len(line) for line in receipt.text.splitlines() if set(line) == {"-"})


def without_answers_to(monkeypatch: pytest.MonkeyPatch, letter: bytes) -> None:
    """The printer says nothing to `GS letter` from now on."""
    answers = status.answer
    monkeypatch.setattr(server, "answer", lambda command, how: b"" if command[1:2] == letter else answers(command, how))


def test_its_model_is_asked_shown_and_printed_for(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer, desk(tmp_path) as till:
            till.plug(printer.port, paper=PaperOptions())
            assert (await till.says("", "ok")).what == "SIM-80"
            await till.becomes(await till.sell(), "printed")
            (receipt,) = printer.receipts
            assert columns(receipt) == 48

    run(scenario())


def test_the_configuration_wins(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer, desk(tmp_path) as till:
            till.plug(printer.port, paper=PaperOptions(profile="mC-Print2"))
            assert (await till.says("", "ok")).what == "mC-Print2"
            await till.becomes(await till.sell(), "printed")
            assert columns(printer.receipts[0]) == 32

    run(scenario())


def test_one_that_no_one_knows_prints_plainly_and_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "NAMES", {67: b"NEW-1"})

    async def scenario() -> None:
        async with SimPrinter() as printer, desk(tmp_path) as till:
            till.plug(printer.port, paper=PaperOptions())
            assert (await till.says("", "ok")).what == "NEW-1"
            await till.becomes(await till.sell(), "printed")
            assert columns(printer.receipts[0]) == 42

    run(scenario())


def test_another_printer_in_its_place_is_another_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer, desk(tmp_path) as till:
            till.plug(printer.port, paper=PaperOptions())
            await till.becomes(await till.sell(), "printed")
            printer.refuse()
            await till.sell()
            await till.says("refused")
            monkeypatch.setattr(status, "NAMES", {67: b"mC-Print2"})
            await printer.recover()
            await till.says("", "ok")
            await till.when(lambda: len(printer.receipts) == 2, lambda: "two receipts", 5)
            assert [columns(receipt) for receipt in printer.receipts] == [48, 32]

    run(scenario())


def test_one_that_must_not_be_asked_is_not(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer, desk(tmp_path) as till:
            till.plug(printer.port, paper=PaperOptions(), printing=Printing(confirms="none"))
            await till.becomes(await till.sell("cash"), "sent")
            receipt = await printer.next_receipt()
            assert (printer.kicks, len(printer.receipts)) == (1, 1)
            assert b"\x1dI" not in receipt.raw
            assert (await till.says("", "ok")).what == ""

    run(scenario())


def test_one_that_does_not_know_jobs_by_their_ids_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its profile says that it does: one receipt is asked about, and from then on it confirms in the other way."""
    without_answers_to(monkeypatch, b"(")

    async def scenario() -> None:
        async with SimPrinter() as printer, desk(tmp_path) as till:
            till.plug(printer.port, paper=PaperOptions(profile="TM-T88V"), timeouts=IN_HASTE)
            await till.becomes(await till.sell(), "unknown")
            for _ in range(2):
                await till.becomes(await till.sell(), "printed", 5)
            assert len(printer.receipts) == 3

    run(scenario())


def test_the_first_paper_is_prepared_in_a_quiet_moment_and_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = PrinterTimeouts(warm_up_s=0.05, idle_look_s=0.2)
    warmed: list[tuple[str, str]] = []
    monkeypatch.setattr(
        part, "warm_up", lambda options, language: warmed.append((options.known_profile.name, language))
    )

    async def scenario() -> None:
        async with SimPrinter() as printer, desk(tmp_path) as till:
            till.plug(printer.port, PrinterAssignment(language="he"), paper=PaperOptions(), timeouts=soon)
            await till.when(lambda: warmed, lambda: "warm", 5)
            await till.becomes(await till.sell(), "printed")
            await till.becomes(await till.sell(), "printed")
            assert warmed == [("SIM-80", "he")]

    run(scenario())


def test_one_that_says_how_it_is_and_never_that_it_has_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is known of it: what it confirms turns out before the first receipt, of which none is in doubt."""
    monkeypatch.setattr(server, "answer", lambda command, how: b"")

    async def scenario() -> None:
        async with SimPrinter() as printer, desk(tmp_path) as till:
            till.plug(printer.port, paper=PaperOptions())
            await till.becomes(await till.sell(), "sent", 8)
            printer.open_cover()
            waiting = await till.sell()
            await till.says("cover_open")
            assert till.job(waiting).state == "queued"
            await printer.recover()
            await till.becomes(waiting, "sent")
            assert len(printer.receipts) == 2

    run(scenario())


def test_another_one_in_its_place_that_never_confirms_is_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says its name behind which it would say that it has printed: it is not busy, it can't."""

    async def scenario() -> None:
        async with SimPrinter() as printer, desk(tmp_path) as till:
            till.plug(printer.port, paper=PaperOptions())
            await till.becomes(await till.sell(), "printed")
            await till.unplug()
            monkeypatch.setattr(status, "NAMES", {67: b"NEW-1"})
            without_answers_to(monkeypatch, b"r")
            till.plug(printer.port, paper=PaperOptions())
            await till.becomes(await till.sell(), "sent", 8)

    run(scenario())


def test_one_that_was_too_busy_to_confirm_anything_is_asked_again_when_it_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status, "NAMES", {67: b"NEW-1"})
    without_answers_to(monkeypatch, b"r")

    async def scenario() -> None:
        async with SimPrinter() as printer, desk(tmp_path) as till:
            till.plug(printer.port, paper=PaperOptions())
            await till.becomes(await till.sell(), "sent", 8)
            printer.refuse()
            waiting = await till.sell()
            await till.says("refused")
            monkeypatch.setattr(server, "answer", status.answer)
            await printer.recover()
            await till.becomes(waiting, "printed")

    run(scenario())

"""The simulated printer: data sent to it appears on its paper."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Coroutine
from pathlib import Path

import pytest
from escpos.printer import Network
from PIL import Image

from sim.printer.receipts import MAX_RECEIPTS, Receipt
from sim.printer.server import SimPrinter

DEADLINE_S = 20.0
CUT = b"\x1dV\x41\x00"


def run(test: Coroutine[None, None, None]) -> None:
    async def in_time() -> None:
        async with asyncio.timeout(DEADLINE_S):
            await test

    asyncio.run(in_time())


async def send(printer: SimPrinter, *jobs: bytes) -> None:
    """Send each job over a separate connection; returns when the printer has closed its side."""
    for job in jobs:
        reader, writer = await asyncio.open_connection(printer.host, printer.port)
        writer.write(job)
        writer.write_eof()
        await reader.read()
        writer.close()
        await writer.wait_closed()


async def with_escpos(printer: SimPrinter, use: Callable[[Network], object]) -> None:
    """Let python-escpos print over its own connection."""

    def client() -> None:
        escpos = Network(printer.host, printer.port, timeout=5, profile="TM-T88V")
        use(escpos)
        escpos.close()

    await asyncio.to_thread(client)


def ink(receipt: Receipt) -> int:
    """Return the number of black dots."""
    image = Image.open(io.BytesIO(receipt.png))
    return sum(image.convert("L").point(lambda grey: grey < 128).tobytes())


def test_a_receipt_by_python_escpos() -> None:
    def sale(escpos: Network) -> None:
        escpos.hw("INIT")
        escpos.set(align="center", bold=True, double_height=True, double_width=True)
        escpos.text("CORNER SHOP\n")
        escpos.set(align="left", bold=False, normal_textsize=True)
        escpos.text("Milk 3.5%                 2,38 €\nCafé Zürich\n")
        escpos.barcode("4006381333931", "EAN13")
        escpos.qr("https://example.com/r/1", native=True, size=6)
        escpos.cashdraw(2)
        escpos.cut()

    async def go() -> None:
        async with SimPrinter() as printer:
            await with_escpos(printer, sale)
            receipt = await printer.next_receipt()
            lines = [line.strip() for line in receipt.text.splitlines()]
            assert lines[:3] == ["CORNER SHOP", "Milk 3.5%                 2,38 €", "Café Zürich"]
            assert "[EAN13 400638133393" in receipt.text
            assert "[QR https://example.com/r/1]" in receipt.text
            assert receipt.kicked
            assert receipt.raw.startswith(b"\x1b@")
            assert receipt.raw.endswith(b"\x1dV\x00")
            image = Image.open(io.BytesIO(receipt.png))
            assert image.width == 640
            assert ink(receipt) > 5000
            assert printer.unknown == []

    run(go())


def test_whatever_python_escpos_can_send_is_understood() -> None:
    picture = Image.new("1", (100, 60), 0)

    def everything(escpos: Network) -> None:
        for look in (
            {"font": "b"},
            {"underline": 2},
            {"invert": True},
            {"flip": True},
            {"smooth": True},
            {"density": 5},
            {"custom_size": True, "width": 3, "height": 4},
            {"double_height": True},
            {"align": "right"},
        ):
            escpos.set_with_default(**look)
            escpos.text("Some text\n")
        escpos.set_with_default()
        for divisor in (60, 180, 360):
            escpos.line_spacing(40, divisor)
        escpos.line_spacing()
        for control in ("LF", "FF", "CR", "HT", "VT"):
            escpos.control(control)
        for kind in ("bitImageRaster", "graphics", "bitImageColumn"):
            for vertical in (True, False):
                for horizontal in (True, False):
                    escpos.image(picture, vertical, horizontal, impl=kind)
        escpos.qr("not native")
        escpos.barcode("{B012ABCDabcd", "CODE128", function_type="B")
        escpos.barcode("ABC-123", "CODE39", function_type="A")
        escpos.panel_buttons(False)
        escpos.buzzer()
        escpos.hw("SELECT")
        escpos.hw("RESET")
        escpos.print_and_feed(3)
        escpos.ln(2)
        escpos.cashdraw(5)
        escpos.cut(mode="PART")
        escpos.cut(feed=False)

    async def go() -> None:
        async with SimPrinter() as printer:
            await with_escpos(printer, everything)
            receipt = await printer.next_receipt()
            assert printer.unknown == []
            assert receipt.text.count("[picture 104x60]") == receipt.text.count("[picture 100x60]") == 4
            assert "not printed" not in receipt.text

    run(go())


def test_python_escpos_is_told_that_all_is_well() -> None:
    answers = []

    def ask(escpos: Network) -> None:
        answers.append((escpos.is_online(), escpos.paper_status()))

    async def go() -> None:
        async with SimPrinter() as printer:
            await with_escpos(printer, ask)

    run(go())
    assert answers == [(True, 2)]  # online, with plenty of paper


def test_it_says_when_all_before_is_printed() -> None:
    """GS ( H returns the process ID that was set. DLE EOT is answered as soon as it arrives."""

    async def go() -> None:
        async with SimPrinter() as printer:
            reader, writer = await asyncio.open_connection(printer.host, printer.port)
            writer.write(b"Hello\n\x1d(H\x06\x0000JOB1" + b"\x10\x04\x01")
            assert await reader.readexactly(8) == b"\x12\x37\x22JOB1\x00"
            writer.close()

    run(go())


@pytest.mark.parametrize(
    ("page", "codec", "words"),
    [
        (0, "cp437", "Café ½ ░▒▓"),
        (2, "cp850", "Ærø ©"),
        (19, "cp858", "Preis 5 €"),
        (16, "cp1252", "Œuvre — 5 €"),
        (36, "cp862", "םולש"),
        (49, "cp1255", "םולש ₪"),
        (17, "cp866", "Молоко"),
    ],
)
def test_code_pages(page: int, codec: str, words: str) -> None:
    async def go() -> None:
        async with SimPrinter() as printer:
            await send(printer, b"\x1bt%c" % page + words.encode(codec) + b"\n" + CUT)
            receipt = await printer.next_receipt()
            assert receipt.text == words + "\n"
            assert ink(receipt) > 100

    run(go())


def test_hebrew_letters_look_different_from_each_other() -> None:
    """Only if the machine has a font with Hebrew; otherwise all letters are the same empty box."""

    async def go() -> None:
        async with SimPrinter() as printer:
            await send(printer, b"\x1bt\x24\x80\n" + CUT, b"\x1bt\x24\x99\n" + CUT)
            pictures = {(await printer.next_receipt()).png for _ in range(2)}
            if len(pictures) == 1:
                pytest.skip("no typeface with Hebrew here (Debian: fonts-dejavu-core)")

    run(go())


def test_receipts_come_in_order_and_only_the_last_are_kept(tmp_path: Path) -> None:
    async def go() -> None:
        async with SimPrinter(folder=tmp_path) as printer:
            await send(printer, b"".join(b"No %d\n" % n + CUT for n in range(1, MAX_RECEIPTS + 4)))
            assert len(printer.receipts) == MAX_RECEIPTS
            assert [receipt.number for receipt in printer.receipts] == list(range(4, MAX_RECEIPTS + 4))
            first = await printer.next_receipt()
            second = await printer.next_receipt()
            assert (first.text, second.text) == ("No 4\n", "No 5\n")
            assert second.raw == b"No 5\n" + CUT

    run(go())
    assert len(list(tmp_path.glob("*.png"))) == MAX_RECEIPTS
    assert (tmp_path / "receipt-000004.txt").read_text() == "No 4\n"
    assert not (tmp_path / "receipt-000003.txt").exists()


def test_the_drawer_opens_without_a_receipt() -> None:
    async def go() -> None:
        async with SimPrinter() as printer:
            await send(printer, b"\x1bp\x00\x19\xfa")
            assert printer.kicks == 1
            assert len(printer.receipts) == 0
            await send(printer, b"A sale\n" + CUT)
            assert not (await printer.next_receipt()).kicked

    run(go())


def test_paper_that_was_not_cut_is_torn_off() -> None:
    async def go() -> None:
        async with SimPrinter() as printer:
            await send(printer, b"No knife\n")
            assert (await printer.tear()).text == "No knife\n"
            assert (await printer.next_receipt()).text == "No knife\n"

    run(go())


def test_a_cut_through_the_last_line_is_reported() -> None:
    async def go() -> None:
        async with SimPrinter() as printer:
            await send(printer, b"Last line\n\x1dV\x00")
            assert "under the knife" in printer.unknown[0]

    run(go())


def test_unknown_commands_are_named_once_and_print_no_rubbish() -> None:
    async def go() -> None:
        async with SimPrinter() as printer:
            await send(printer, (b"\x1bL\x1bW\x00\x00\x00\x00\x09\x02\x09\x02\x1cp\x01\x00" * 3) + b"Text\n" + CUT)
            assert (await printer.next_receipt()).text == "Text\n"
            assert printer.unknown == ["ESC L", "ESC W", "FS p"]

    run(go())


def test_a_code_that_cannot_be_printed_is_said_in_the_text() -> None:
    wide = b"\x1dw\x06\x1dkE\x0fABCDEFGHIJKLMNO"

    async def go() -> None:
        async with SimPrinter() as printer:
            await send(printer, b"\x1dkC\x03ABC" + wide + b"\n" + CUT)
            receipt = await printer.next_receipt()
            assert "[EAN13 ABC: not printed, EAN13 can't hold 'ABC']" in receipt.text
            assert "[CODE39 ABCDEFGHIJKLMNO: not printed, too wide for the paper]" in receipt.text
            assert ink(receipt) == 0

    run(go())


def test_refusing_stalling_breaking_off_and_recovering() -> None:
    async def go() -> None:
        async with SimPrinter() as printer:
            printer.refuse()
            with pytest.raises(ConnectionRefusedError):
                await send(printer, b"x")
            await printer.recover()

            printer.cut_after(5)
            with pytest.raises(ConnectionResetError):
                await send(printer, b"First and more")
            assert (await printer.tear()).text == "First\n"

            printer.stall()
            waiting = asyncio.create_task(send(printer, b"Second\n" + CUT))
            done, _ = await asyncio.wait({waiting}, timeout=0.05)
            assert not done
            await printer.recover()
            await waiting
            assert [(await printer.next_receipt()).text for _ in range(2)] == ["First\n", "Second\n"]

    run(go())


def test_switching_off_with_a_connection_open() -> None:
    async def go() -> None:
        printer = SimPrinter()
        await printer.start()
        reader, writer = await asyncio.open_connection(printer.host, printer.port)
        writer.write(b"Hello\x10\x04\x01")
        assert await reader.read(1) == b"\x12"
        await printer.stop()
        assert await reader.read() == b""
        writer.close()
        with pytest.raises(ConnectionRefusedError):
            await send(printer, b"x")

    run(go())

"""The ESC/POS interpreter and its drawing: any bytes in any pieces, and streams for real printers."""

from __future__ import annotations

import io
import itertools
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from sim.printer.escpos import MAX_COMMAND_BYTES, Interpreter
from sim.printer.glyphs import cell
from sim.printer.ops import Cut, Kick, Op, Style, Text
from sim.printer.paper import MAX_DOTS, draw

STREAMS = Path(__file__).parents[4] / "shared/data/escpos/escpos-php"

commands = st.builds(
    lambda prefix, char, rest: prefix + char + rest,
    st.sampled_from([b"\x1b", b"\x1c", b"\x1d", b"\x10"]),
    st.sampled_from([bytes((char,)) for char in b"@!*(DEGJKLVWZacdgkpqtvw8$&2\x04\x14"]),
    st.binary(max_size=24),
)
streams = st.lists(commands | st.binary(max_size=16) | st.sampled_from([b"Text\n", b"\x1dkI\x05{B1A2"])).map(b"".join)


def ops_of(stream: bytes, cuts: list[int]) -> tuple[list[Op], list[str]]:
    """Return a stream's operations, with adjacent texts joined, and the unknown commands."""
    interpreter = Interpreter()
    marks = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    joined: list[Op] = []
    for start, end in itertools.pairwise(marks):
        for op in interpreter.feed(stream[start:end]):
            last = joined[-1] if joined else None
            if isinstance(op, Text) and isinstance(last, Text) and (last.style, last.layout) == (op.style, op.layout):
                joined[-1] = Text(last.text + op.text, op.style, op.layout)
            else:
                joined.append(op)
    return joined, interpreter.unknown


@settings(max_examples=200, deadline=None)
@given(stream=streams, cuts=st.lists(st.integers(0, 400), max_size=8))
@example(stream=b"\x1dV\x00\x1b@", cuts=[3])
def test_what_a_stream_means_does_not_depend_on_how_it_was_cut(stream: bytes, cuts: list[int]) -> None:
    assert ops_of(stream, cuts) == ops_of(stream, [])
    assert ops_of(stream, list(range(len(stream)))) == ops_of(stream, [])


@settings(max_examples=200, deadline=None)
@given(stream=streams)
@example(b"\x1d(L\x0b\x000p0\xff\xff1\xff\xff\xff\xff\xff\x1d(L\x02\x0002")  # a picture of 65535 x 65535 with one byte
@example(b"\x1dv0\x00\x00\x00\x00\x00")  # an empty picture
@example(b"\x1b*\x21\x00\x00\n")
@example(b"\x1dW\x00\x00wrapped")
@example(b"\x1dL\xff\xffmargin")
@example(b"\x1d(k\x03\x001Q0")
def test_any_bytes_are_drawn_without_an_exception(stream: bytes) -> None:
    drawing = draw(ops_of(stream, [])[0])
    image = Image.open(io.BytesIO(drawing.png))
    assert image.width == 640
    assert image.height <= MAX_DOTS


def test_a_command_without_end_takes_no_memory() -> None:
    interpreter = Interpreter()
    huge = b"\x1d8L" + (MAX_COMMAND_BYTES + 10).to_bytes(4, "little")
    interpreter.feed(huge)
    for _ in range(MAX_COMMAND_BYTES // 65_536):
        assert interpreter.feed(bytes(65_536)) == []
        assert len(interpreter._held) == 0
    (text,) = interpreter.feed(bytes(10) + b"after")
    assert isinstance(text, Text)
    assert text.text == "after"
    assert interpreter.unknown == [f"GS 8 of {MAX_COMMAND_BYTES + 17} bytes"]


def test_a_receipt_without_end_ends_at_three_metres() -> None:
    drawing = draw(Interpreter().feed(b"line\n" * 5000))
    assert drawing.text.count("line") < 1000
    assert Image.open(io.BytesIO(drawing.png)).height == MAX_DOTS


def streams_of_real_printers() -> list[Path]:
    return sorted(STREAMS.glob("*.bin"))


@pytest.mark.parametrize("path", streams_of_real_printers(), ids=lambda path: path.stem)
def test_streams_of_real_printers(path: Path) -> None:
    """Streams of escpos-php (MIT), in the test data next to the project."""
    ops, unknown = ops_of(path.read_bytes(), [])
    print(f"{path.name}: unknown commands: {unknown or 'none'}")
    assert unknown == []
    receipt: list[Op] = []
    for op in ops:
        receipt.append(op)
        if isinstance(op, Cut):
            assert draw(receipt).text.strip()
            receipt.clear()
    assert all(isinstance(op, Kick) for op in receipt)


def test_streams_of_real_printers_are_there() -> None:
    if not streams_of_real_printers():
        pytest.skip("no ESC/POS streams in ../shared/data/escpos beside the project")


CODES = {
    "EAN-13": (b"\x1dkC\x0c400638133393", "4006381333931"),
    "EAN-8": (b"\x1dkD\x079638507", "96385074"),
    "UPC-A": (b"\x1dkA\x0b01234567890", "0012345678905"),
    "UPC-E": (b"\x1dkB\x06123456", "0012345000065"),
    "Code 39": (b"\x1dkE\x07ABC-123", "ABC-123"),
    "ITF": (b"\x1dkF\x0a0123456789", "0123456789"),
    "Codabar": (b"\x1dkG\x08A012345A", "A012345A"),
    "Code 93": (b"\x1dkH\x07012abcd", "012abcd"),
    "Code 128": (b"\x1dkI\x0d{B01{{Cab{C\x15\x20", "01{Cab2132"),
    "GS1-128": (b"\x1dkJ\x0c{C{1\x01\x04\x00\x3f\x51\x21\x27\x1f", "(01)04006381333931"),
    "PDF417": (b"\x1d(k\x08\x000P0Hello\x1d(k\x03\x000Q0", "Hello"),
    "Data Matrix": (b"\x1d(k\x08\x006P0Hello\x1d(k\x03\x006Q0", "Hello"),
    "Aztec": (b"\x1d(k\x08\x005P0Hello\x1d(k\x03\x005Q0", "Hello"),
    "QR": (b"\x1d(k\x08\x001P0Hello\x1d(k\x03\x001Q0", "Hello"),
}


@pytest.mark.parametrize("kind", CODES)
def test_printed_codes_can_be_scanned(kind: str) -> None:
    zxingcpp = pytest.importorskip("zxingcpp", reason="zxing-cpp is not installed")
    stream, text = CODES[kind]
    drawing = draw(Interpreter().feed(b"\x1ba\x01\x1d(k\x03\x001C\x06" + stream + b"\n"))
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(drawing.png)).convert("L"))
    assert code.text == text


@pytest.mark.parametrize("digits", ["1234567", "11234565", "12345", "012345678", "112345000065"])
def test_a_upc_e_that_a_printer_refuses_is_not_printed(digits: str) -> None:
    """Epson's GS k accepts 6 to 8, 11 or 12 digits; from 7 digits on, the number system must be 0."""
    data = b"\x1dkB" + bytes([len(digits)]) + digits.encode()
    assert draw(Interpreter().feed(data + b"\n")).text.startswith(f"[UPC-E {digits}: not printed")


def test_a_code_that_is_not_drawn_leaves_a_sign_on_the_paper() -> None:
    drawing = draw(Interpreter().feed(b"\x1d(k\x08\x002P0Hello\x1d(k\x03\x002Q0\n"))
    assert drawing.text == "[MaxiCode Hello: not printed, MaxiCode is not drawn]\n"


@pytest.mark.parametrize("font", ["a", "b"])
def test_every_character_of_ascii_leaves_ink(font: Literal["a", "b"]) -> None:
    without = [char for char in map(chr, range(33, 127)) if cell(char, Style(font=font)).getbbox() is None]
    assert without == []

"""Simulated supplier invoices on paper: as a PDF with text, and as a phone's photograph."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFilter, ImageFont

MILLIMETRES = (210, 297)
_PIXELS_PER_MM = 6
_TABLE = (118, 96, 76)
_PAPER = (246, 243, 236)
_INK = (32, 32, 40)
_LEFT, _RIGHT = 18.0, 192.0
_COLUMNS = (18.0, 40.0, 128.0, 158.0, 192.0)


class PaperGoods(NamedTuple):
    """An invoice line: the supplier's number, a name, the quantity, and the unit price without tax."""

    code: str
    name: str
    quantity: int
    price: Decimal


class PaperSlip(NamedTuple):
    """The content of an invoice; `day` as printed on it."""

    seller: str
    vat: str
    number: str
    day: str
    goods: Sequence[PaperGoods]
    rate: Decimal
    currency: str = "EUR"
    order: str = ""
    note: str = ""


class _Text(NamedTuple):
    """A text, the position of its baseline in millimetres, and its size in points.

    `end`: the text ends at `x` instead of starting there.
    """

    text: str
    x: float
    y: float
    points: float = 10
    end: bool = False


def pdf_of(*slips: PaperSlip) -> bytes:
    """Invoices as a PDF with text, one page each."""
    from fpdf import FPDF

    file = FPDF(format="A4")
    file.set_auto_page_break(auto=False)
    for slip in slips:
        file.add_page()
        for text in _texts(slip):
            file.set_font("Helvetica", size=text.points)
            left = text.x - file.get_string_width(text.text) if text.end else text.x
            file.text(left, text.y, text.text)
    return bytes(file.output())


def scan_of(slip: PaperSlip) -> Image.Image:
    """An invoice as a flat grey picture."""
    width, height = MILLIMETRES
    picture = Image.new("RGB", (width * _PIXELS_PER_MM, height * _PIXELS_PER_MM), _PAPER)
    draw = ImageDraw.Draw(picture)
    for text in _texts(slip):
        font = ImageFont.load_default(text.points * 0.353 * _PIXELS_PER_MM)
        at = (text.x * _PIXELS_PER_MM, text.y * _PIXELS_PER_MM)
        draw.text(at, text.text, font=font, fill=_INK, anchor="rs" if text.end else "ls")
    return picture


def hebrew_scan(rows: Sequence[Sequence[tuple[str, float]]], font: str) -> Image.Image:
    """Draw rows of Hebrew as a flat grey picture.

    Each text ends at its distance in millimetres from the left, as on right-to-left papers. `font`: a font file with
    Hebrew letters.
    """
    width, height = MILLIMETRES
    picture = Image.new("L", (width * _PIXELS_PER_MM, height * _PIXELS_PER_MM), 244)
    draw = ImageDraw.Draw(picture)
    made = ImageFont.truetype(font, round(11 * 0.353 * _PIXELS_PER_MM), layout_engine=ImageFont.Layout.BASIC)
    for at, row in enumerate(rows):
        for text, x in row:
            place = (x * _PIXELS_PER_MM, (30 + 9 * at) * _PIXELS_PER_MM)
            draw.text(place, visual(text), font=made, fill=36, anchor="rs")
    return picture.filter(ImageFilter.GaussianBlur(1))


def visual(text: str) -> str:
    """Hebrew in visual order, from left to right.

    >>> visual("סכום 12.50")
    '12.50 םוכס'
    """
    return " ".join(word[::-1] if re.search(r"[א-ת]", word) else word for word in reversed(text.split()))


def photograph_of(slip: PaperSlip, tilt: float = 1.2) -> bytes:
    """A photo of an invoice on a table, tilted by `tilt` degrees and slightly out of focus (JPEG)."""
    paper = scan_of(slip)
    margin = paper.width // 10
    table = Image.new("RGB", (paper.width + 2 * margin, paper.height + 2 * margin), _TABLE)
    table.paste(paper, (margin, margin))
    table = table.rotate(tilt, resample=Image.Resampling.BICUBIC, fillcolor=_TABLE).filter(ImageFilter.GaussianBlur(1))
    out = io.BytesIO()
    table.save(out, "JPEG", quality=75)
    return out.getvalue()


def _texts(slip: PaperSlip) -> Iterator[_Text]:
    yield _Text(slip.seller, _LEFT, 28, 18)
    yield _Text(f"VAT number: {slip.vat}", _LEFT, 36, 9)
    yield _Text("INVOICE", _RIGHT, 28, 16, end=True)
    said = [("Invoice number", slip.number), ("Invoice date", slip.day)]
    said += [("Your order", slip.order)] if slip.order else []
    said += [("Delivery note", slip.note)] if slip.note else []
    for at, (label, value) in enumerate(said):
        yield _Text(f"{label}:", 120, 44 + 7 * at)
        yield _Text(value, _RIGHT, 44 + 7 * at, end=True)
    heads = ("Code", "Description", "Qty", "Unit price", "Amount")
    yield from _row(heads, 92)
    for at, one in enumerate(slip.goods):
        total = one.quantity * one.price
        yield from _row((one.code, one.name, f"{one.quantity} pcs", f"{one.price:.2f}", f"{total:.2f}"), 102 + 8 * at)
    net = sum((one.quantity * one.price for one in slip.goods), Decimal(0))
    tax = (net * slip.rate / 100).quantize(Decimal("0.01"))
    below = 114.0 + 8 * len(slip.goods)
    sums = (("Subtotal", net), (f"VAT {slip.rate:f} %", tax), (f"Total {slip.currency}", net + tax))
    for at, (label, amount) in enumerate(sums):
        yield _Text(label, 128, below + 8 * at, 11)
        yield _Text(f"{amount:.2f}", _RIGHT, below + 8 * at, 11, end=True)
    yield _Text("Payable within 30 days. Thank you.", _LEFT, 270, 9)


def _row(cells: Sequence[str], y: float) -> Iterator[_Text]:
    for at, (cell, x) in enumerate(zip(cells, _COLUMNS, strict=True)):
        yield _Text(cell, x, y, end=at > 1)

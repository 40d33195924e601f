"""The process that reads an invoice's file: `python -m edge.shop.supplier_invoices.paper_reader`.

Takes a `ReadPaper` as JSON from standard input and answers with one `PaperRead` (reader_client.py). XML alone, or
inside a PDF (Factur-X, ZUGFeRD, XRechnung).
"""

from __future__ import annotations

import hashlib
import io
import sys
from pathlib import Path
from typing import Any

import msgspec

from edge.core.process import child
from edge.lib.einvoice import NotAnInvoice, check, read_xml
from edge.shop.supplier_invoices.paper import LINES_MOST, paper_of
from edge.shop.supplier_invoices.reader_client import CPU_S, FILE_BYTES, PaperRead, ReadPaper

MEMORY_BYTES = 2 * 1024**3
PAGES_MOST = 50
PAGES_SHOWN = 3
DOTS_PER_POINT = 1.5
ATTACHED = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml")
"""What an invoice inside a PDF is called, in small letters; order-x.xml is an order."""


class _Unread(Exception):
    """A file that is no invoice, and why."""


def main() -> int:
    """Answer one request."""
    return child.answer(_answer, MEMORY_BYTES, CPU_S, lambda asked: (msgspec.json.decode(asked, type=ReadPaper).path,))


def _answer(asked: bytes) -> bytes:
    try:
        found = read(Path(msgspec.json.decode(asked, type=ReadPaper).path).read_bytes())
    except _Unread as error:
        found = PaperRead(why=str(error))
    except NotAnInvoice as error:
        found = PaperRead(why=error.why, detail=error.field[:80])
    except MemoryError:
        found = PaperRead(why="large")
    return msgspec.json.encode(found)


def read(content: bytes) -> PaperRead:
    """What a file holds. `NotAnInvoice`, `_Unread`: why it is no invoice."""
    if not content.strip():
        raise _Unread("empty")
    if len(content) > FILE_BYTES:
        raise _Unread("large")
    pictures: tuple[bytes, ...] = ()
    xml = content
    if content.lstrip()[:5] == b"%PDF-":
        xml, pictures = _opened(content)
    document = read_xml(xml)
    if len(document.lines) > LINES_MOST:
        raise _Unread("large")
    return PaperRead(paper_of(document, check(document)), hashlib.sha256(content).hexdigest(), pictures)


def _opened(content: bytes) -> tuple[bytes, tuple[bytes, ...]]:
    """The XML in a PDF, and its first pages as pictures (PNG)."""
    try:
        import pypdfium2 as pdfium
    except ImportError as error:  # it comes with the models, which a box may be without
        raise _Unread("no_pdf") from error
    try:
        file = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        raise _Unread("encrypted" if error.err_code == pdfium.raw.FPDF_ERR_PASSWORD else "damaged") from error
    if len(file) > PAGES_MOST:
        raise _Unread("too_many_pages")
    attached = (file.get_attachment(at) for at in range(file.count_attachments()))
    found = [one for one in attached if one.get_name().lower() in ATTACHED]
    if len(found) > 1:
        raise _Unread("two_invoices")
    if not found:
        raise _Unread("no_xml_inside")
    return bytes(found[0].get_data()), tuple(_picture(file[at]) for at in range(min(len(file), PAGES_SHOWN)))


def _picture(page: Any) -> bytes:
    out = io.BytesIO()
    page.render(scale=DOTS_PER_POINT).to_pil().convert("L").save(out, "PNG", optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main())

"""Process that reads an invoice's file: `python -m edge.goods.supplier_invoices.paper_reader`.

It reads a `ReadPaper` as JSON from standard input and answers with one `PaperRead` (reader_client.py). It uses XML,
alone or inside a PDF (Factur-X, ZUGFeRD, XRechnung); else the text of a PDF; else OCR of a picture, scan or photograph.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from edge.core.process import child
from edge.goods.supplier_invoices.ocr import NoOcr, words_of_picture
from edge.goods.supplier_invoices.paper import LINES_MOST, ReadHow, paper_of
from edge.goods.supplier_invoices.pdf_words import words_of_pdf
from edge.goods.supplier_invoices.pictures import SIDE_LEAST, DamagedPicture, open_picture, picture_as_png
from edge.goods.supplier_invoices.printed import paper_of_printed
from edge.goods.supplier_invoices.reader_client import CPU_S, FILE_BYTES, PaperRead, ReadPaper
from edge.lib.einvoice import NotAnInvoice, check, read_xml
from edge.lib.printed_invoice import PlacedWord, read_printed

MEMORY_BYTES = 2 * 1024**3
PAGES_MOST = 50
PAGES_SHOWN = 3
SCANNED_MOST = 8
"""Maximum pages without text to read by OCR, which takes several seconds each."""
WORDS_LEAST = 8
"""Number of words below which a page is a scan: the few words that a scanner adds aren't a text layer."""
DOTS_PER_POINT = 1.5
SCAN_DOTS_PER_POINT = 200 / 72
SIDE_PIXELS = 4_000
PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"RIFF")
ATTACHED = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml")
"""File names of invoices embedded in PDFs, in lower case, newest first."""
ORDER = "order-x.xml"
"""File name of an embedded order."""


ANYBODY = ReadPaper("")
"""A request without known sellers."""


class _Unread(Exception):
    """The file isn't a readable invoice, with the reason."""


def main() -> int:
    """Answer one request."""

    def reads(asked: bytes) -> tuple[str]:
        return (msgspec.json.decode(asked, type=ReadPaper).path,)

    return child.answer(_answer, MEMORY_BYTES, CPU_S, reads, programs=True)  # starts Tesseract


def _answer(asked: bytes) -> bytes:
    request = msgspec.json.decode(asked, type=ReadPaper)
    return msgspec.json.encode(answer_of(Path(request.path).read_bytes(), request))


def answer_of(content: bytes, request: ReadPaper = ANYBODY) -> PaperRead:
    """The contents of a file, or why it can't be read."""
    try:
        return read(content, request)
    except _Unread as error:
        return PaperRead(why=str(error))
    except NotAnInvoice as error:
        return PaperRead(why=error.why, detail=error.field[:80])
    except DamagedPicture as error:
        return PaperRead(why=error.why)
    except NoOcr:
        return PaperRead(why="no_ocr")
    except MemoryError:
        return PaperRead(why="large")


def read(content: bytes, request: ReadPaper = ANYBODY) -> PaperRead:
    """The contents of a file. Raises `NotAnInvoice`, `_Unread`, `DamagedPicture` or `NoOcr` if it can't be read as an
    invoice."""
    if not content.strip():
        raise _Unread("empty")
    if len(content) > FILE_BYTES:
        raise _Unread("large")
    digest = hashlib.sha256(content).hexdigest()
    if content.lstrip()[:5] == b"%PDF-":
        return _read_pdf(content, digest, request)
    if content.startswith(PICTURES):
        words, picture = words_of_picture(open_picture(content), 1)
        return _read_words(words, "ocr", (picture_as_png(picture),), digest, request)
    return _electronic(content, (), digest)


def _document_of(attached: Sequence[bytes]) -> bytes | None:
    """The first readable XML attached to a PDF; if None, the PDF's text is read instead.

    Raises `_Unread` if the attachments belong to two invoices.
    """
    found: dict[tuple[str, str, Decimal | None], bytes] = {}
    for xml in attached:
        try:
            document = read_xml(xml)
        except NotAnInvoice:
            continue
        found.setdefault((document.number, document.seller, document.total), xml)
    if len(found) > 1:
        raise _Unread("two_invoices")
    return next(iter(found.values()), None)


def _electronic(xml: bytes, pictures: tuple[bytes, ...], digest: str) -> PaperRead:
    document = read_xml(xml)
    if len(document.lines) > LINES_MOST:
        raise _Unread("large")
    return PaperRead(paper_of(document, check(document)), digest, pictures)


def _read_words(
    words: Sequence[PlacedWord], how: ReadHow, pictures: tuple[bytes, ...], digest: str, request: ReadPaper
) -> PaperRead:
    found = read_printed(words, request.known, request.currency)
    if len(found.numbers) > 1:
        raise _Unread("two_invoices")
    if not found.value_of("total") and not found.value_of("number"):
        raise _Unread("no_invoice" if words else "no_words")
    return PaperRead(paper_of_printed(found, how), digest, pictures, tuple(words))


def _read_pdf(content: bytes, digest: str, request: ReadPaper) -> PaperRead:
    """Read the XML in a PDF, else its text, else its pages as pictures."""
    try:
        import pypdfium2 as pdfium
    except ImportError as error:  # installed with the models, which a box may not have
        raise _Unread("no_pdf") from error
    try:
        file = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        raise _Unread("encrypted" if error.err_code == pdfium.raw.FPDF_ERR_PASSWORD else "damaged") from error
    if len(file) > PAGES_MOST:
        raise _Unread("too_many_pages")
    if not len(file):
        raise _Unread("empty")
    attached = (file.get_attachment(at) for at in range(file.count_attachments()))
    named = {one.get_name().lower(): bytes(one.get_data()) for one in attached}
    if ORDER in named and not any(name in named for name in ATTACHED):
        raise _Unread("no_invoice")
    if document := _document_of([named[name] for name in ATTACHED if name in named]):
        return _electronic(document, _pictures(file), digest)
    words = words_of_pdf(file)
    if len(words) >= WORDS_LEAST:
        return _read_words(words, "text", _pictures(file), digest, request)
    if len(file) > SCANNED_MOST:
        raise _Unread("too_many_pages")
    drawn = [_render_page(file[at], SCAN_DOTS_PER_POINT) for at in range(len(file))]
    if any(min(one.size) < SIDE_LEAST for one in drawn):
        raise DamagedPicture("too_small")
    scanned = [words_of_picture(one, page) for page, one in enumerate(drawn, 1)]
    pictures = tuple(picture_as_png(picture) for _, picture in scanned[:PAGES_SHOWN])
    return _read_words([word for page, _ in scanned for word in page], "ocr", pictures, digest, request)


def _pictures(file: Any) -> tuple[bytes, ...]:
    return tuple(picture_as_png(_render_page(file[at], DOTS_PER_POINT)) for at in range(min(len(file), PAGES_SHOWN)))


def _render_page(page: Any, scale: float) -> Any:
    """A page as a grey picture. A huge page is rendered at a lower resolution, as its letters are larger too."""
    return page.render(scale=min(scale, SIDE_PIXELS / max(*page.get_size(), 1))).to_pil().convert("L")


if __name__ == "__main__":
    sys.exit(main())

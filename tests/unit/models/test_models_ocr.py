"""Reading pages: their order, Tesseract's table, PDF files; and invoices from real suppliers where they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.engine import Model
from models.errors import Refused, Unusable
from models.kinds import Line, Picture, Read
from models.manifest import Entry, entries
from models.manifest.availability import find
from models.ocr.lines import in_reading_order
from models.ocr.pages import page_of
from models.ocr.rapidocr import OcrRapidocr
from models.ocr.tesseract import OcrTesseract, lines_of
from models.runtime import Absent
from models.tensor import Tensor
from tests.contract.engine_rigs import grey
from tests.contract.rigs_vision import shared
from tests.unit.models.test_models_onnx import Turn


def line(text: str, left: float, top: float, height: float = 20) -> Line:
    right, bottom = left + 50, top + height
    return Line(text, 1.0, ((left, top), (right, top), (right, bottom), (left, bottom)))


TABLE = (
    line("4", 300, 103),
    line("milk", 10, 100),
    line("sum", 10, 140),
    line("9.90", 300, 146),
    line("top", 10, 5, 80),
)


def test_a_table_is_read_row_by_row_from_the_side_at_which_the_language_begins() -> None:
    assert [one.text for one in in_reading_order(TABLE, "en")] == ["top", "milk", "4", "sum", "9.90"]
    assert [one.text for one in in_reading_order(TABLE, "he")] == ["top", "4", "milk", "9.90", "sum"]
    assert in_reading_order((), "en") == ()


def test_words_become_lines_as_sure_as_they_are_on_average() -> None:
    head = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"
    rows = [
        "4\t1\t1\t1\t1\t0\t10\t10\t100\t20\t-1\t",
        '5\t1\t1\t1\t1\t1\t10\t10\t40\t20\t90\t12"',
        "5\t1\t1\t1\t1\t2\t60\t12\t50\t20\t70\tרוחב",
        "5\t1\t1\t1\t1\t3\t120\t12\t50\t20\t5\t~~",
        "5\t1\t2\t1\t1\t1\t10\t80\t50\t20\t50\t",
    ]
    (found,) = lines_of("\n".join([head, *rows]), 0.2)
    assert found.text == '12" רוחב'
    assert found.score == pytest.approx(0.8)
    assert found.corners == ((10, 10), (110, 10), (110, 32), (10, 32))


def test_a_language_without_data_says_which_package_brings_it(tmp_path: Path) -> None:
    entry = entries()["tesseract-he"]
    elsewhere = {str(tmp_path / "heb.traineddata"): ""}
    lacking = find(Entry(entry.name, "ocr", "tesseract", 1, 1, "", files=elsewhere, debian=entry.debian), tmp_path)
    assert isinstance(lacking, Absent)
    assert lacking.advice == "Install it: apt-get install tesseract-ocr-heb"
    without = find(Entry(entry.name, "ocr", "tesseract", 1, 1, "", program="no-such", debian="some-package"), tmp_path)
    assert isinstance(without, Absent)
    assert (without.what, without.advice) == ("no-such is not installed.", "Install it: apt-get install some-package")


def test_a_language_that_is_not_installed_is_unusable() -> None:
    engine = OcrTesseract(OcrTesseract.Config(), Model("reader", languages=("xx",)))
    with pytest.raises(Unusable) as caught:
        engine.load()
    assert "tesseract-ocr" in caught.value.advice


def test_nothing_is_fetched_for_a_stage_without_a_file(tmp_path: Path) -> None:
    engine = OcrRapidocr(OcrRapidocr.Config(), Model("reader", tmp_path, (tmp_path / "x_det_y.onnx",)))
    with pytest.raises(Unusable, match="_det_"):
        engine.load()
    assert list(tmp_path.iterdir()) == []


def test_a_picture_is_one_page() -> None:
    assert page_of(grey(20, 30), 0).pages == 1
    with pytest.raises(Refused, match="Page 2 doesn't exist"):
        page_of(grey(20, 30), 1)


def test_pdf_pages_are_drawn_at_a_size_that_can_be_read() -> None:
    pytest.importorskip("pypdfium2")
    invoice = pdf(shared("documents/invoice2data/free_fiber.pdf"))
    page = page_of(invoice, 1)
    assert (page.pixels.shape, page.pages) == ((2339, 1653, 3), 2)
    assert page.pixels.dtype == np.uint8
    with pytest.raises(Refused, match="Page 3 doesn't exist: the document has 2"):
        page_of(invoice, 2)


@pytest.mark.parametrize("data", [b"%PDF-1.7", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>"])
def test_a_pdf_file_that_is_damaged_is_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        page_of(Picture(Tensor(data, (len(data),)), "file"), 0)


def test_a_page_as_large_as_a_field_is_drawn_small() -> None:
    pytest.importorskip("pypdfium2")
    page = page_of(blank_pdf(14_400, 14_400), 0).pixels
    assert 3_000 < page.shape[0] < 3_500


@pytest.mark.slow
def test_a_real_supplier_invoice_is_read() -> None:
    pytest.importorskip("pypdfium2")
    found = find(entries()["rapidocr"], Path("/nowhere"))
    if isinstance(found, Absent):
        pytest.skip(found.what)
    smaller = OcrRapidocr.Config(longest_px=1_200)  # which takes half as long
    engine: Any = OcrRapidocr(smaller, Model("reader", None, tuple(map(Path, found.files))))
    engine.load()
    reply = engine.run(Read(pdf(shared("documents/invoice2data/free_fiber.pdf")), "fr"), Turn())
    said = [one.text for one in reply.lines]
    for words in ("Facture n°562044387 du 02 Juillet 2015", "Date limite de paiement le 05 Juillet 2015", "69100"):
        assert any(words in text for text in said), words
    total = said.index("Total facture")
    assert said[total + 1 : total + 4] == ["24.99", "5.00", "29.99"]
    assert any("élève" in text or "é" in text for text in said)


def pdf(path: Path) -> Picture:
    data = path.read_bytes()
    return Picture(Tensor(data, (len(data),)), "file")


def blank_pdf(width: int, height: int) -> Picture:
    """A PDF file with one empty page of that size in points."""
    objects = [
        "%PDF-1.4",
        "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj",
        "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj",
        f"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]>>endobj",
        "trailer<</Root 1 0 R>>",
        "%%EOF",
    ]
    data = "\n".join(objects).encode()
    return Picture(Tensor(data, (len(data),)), "file")

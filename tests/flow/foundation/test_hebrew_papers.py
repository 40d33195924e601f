"""Pictures of Hebrew papers: read in Hebrew although most of them is figures, and each number a second time."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from PIL import Image

from edge.goods.supplier_invoices.ocr import words_of_picture
from edge.lib.printed_invoice import read_printed
from edge.lib.printed_invoice.words import DOUBTFUL
from sim.invoice_papers import hebrew_scan
from tests.invoice_papers import HEBREW_FONT, needs_hebrew_ocr

PAPER = (
    (('מחלבת הגליל בע"מ', 192.0),),
    (("ע.מ 123456782", 192.0),),
    (("חשבונית מס' 4471", 192.0),),
    (("תאריך 05/02/2027", 192.0),),
    (("קוד", 192.0), ("תיאור", 160.0), ("כמות", 90.0), ("מחיר", 60.0), ("סכום", 36.0)),
    (("1001", 192.0), ("חלב טרי", 160.0), ("24", 90.0), ("5.90", 60.0), ("141.60", 36.0)),
    (("1002", 192.0), ("גבינה לבנה", 160.0), ("12", 90.0), ("7.35", 60.0), ("88.20", 36.0)),
    (('סה"כ לתשלום', 90.0), ("229.80", 36.0)),
)
READER = """#!{python}
import sys
asked = " ".join(sys.argv)
if "--list-langs" in asked:
    print("eng heb")
    sys.exit()
sys.stdin.buffer.read()
HEAD = "level page_num block_num par_num line_num word_num left top width height conf text"
print("\\t".join(HEAD.split()))
def say(line, left, top, conf, text):
    print("\\t".join(map(str, (5, 1, 1, 1, line, 1, left, top, 100, 20, conf, text))))
if "whitelist" in asked:
    for at, text in enumerate({again}):
        if text:
            say(at + 1, 40, 60 * at + 20, 93, text)
elif "heb" in asked:
    for at, (label, number) in enumerate({first}):
        say(at + 1, 700, 100 * at + 100, 94, label)
        say(at + 1, 100, 100 * at + 100, 94, number)
else:
    for at, (label, number) in enumerate({first}):
        say(at + 1, 700, 100 * at + 100, 41, "nn")
        say(at + 1, 100, 100 * at + 100, 96, number)
"""
SUMS = (("חשבונית", "4471"), ("לתשלום", "116.00"))


def test_a_hebrew_paper_full_of_figures_is_read_in_hebrew_and_its_numbers_twice() -> None:
    needs_hebrew_ocr()
    words, _ = words_of_picture(hebrew_scan(PAPER, HEBREW_FONT), 1)
    found = read_printed(words, currency="ILS")
    said = {one.name: one.value for one in found.fields}
    assert (said["number"], said["date"], said["total"]) == ("4471", "2027-02-05", "229.80")
    assert (said["seller_vat"], said["seller"]) == ("123456782", 'מחלבת הגליל בע"מ')
    true = {part for row in PAPER for text, _ in row for part in text.split() if any(map(str.isdigit, part))}
    sure = {word.text for word in words if word.sure > DOUBTFUL and any(map(str.isdigit, word.text))}
    assert sure <= true, "no figure is both wrong and sure"
    assert len(sure) >= 8
    assert next(one.sure for one in found.fields if one.name == "total") > 0.7, "both readings say the same"


@pytest.mark.parametrize(
    ("again", "doubted"),
    [
        (("4471", "116.00"), set[str]()),
        (("4471", "1,271.16"), {"total"}),
        (("4471", ""), {"total"}),
        (("4417", "116.00"), {"number"}),
    ],
)
def test_a_number_that_reads_otherwise_the_second_time_is_in_doubt(
    again: tuple[str, str], doubted: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "tesseract"
    program.write_text(READER.format(python="/usr/bin/env python3", again=again, first=SUMS), encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr("edge.goods.supplier_invoices.ocr.PROGRAM", str(program))
    words, _ = words_of_picture(Image.new("L", (900, 400), "white"), 1)
    found = read_printed(words, currency="ILS")
    fields = {one.name: one for one in found.fields if one.name != "seller"}
    proposed = {"number": again[0], "total": again[1].replace(",", "") or "116.00"}
    assert {name: one.value for name, one in fields.items()} == proposed
    assert {name for name, one in fields.items() if one.sure <= 0.5} == doubted

"""Invoices on paper: read in a process of its own, looked at, put right, learnt of, and posted as any other."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from edge.core.journal.verify import verify
from edge.goods.supplier_invoices import paper_reader
from edge.goods.supplier_invoices.commands import (
    ApproveInvoice,
    CorrectedField,
    CorrectPrintedInvoice,
    PostInvoice,
    ReceiveInvoice,
    RejectInvoice,
    SetInvoiceLine,
)
from edge.goods.supplier_invoices.pictures import DamagedPicture, open_picture
from edge.goods.supplier_invoices.printed import CorrectedName
from edge.goods.supplier_invoices.queries import read_known_sellers
from edge.goods.supplier_invoices.reader_client import PaperRead, ReadPaper, read_apart
from edge.lib.printed_invoice import LearntField, learn
from sim.invoice_papers import PaperGoods, pdf_of, photograph_of
from tests.flow.goods.test_supplier_invoices import Bought, bought, codes
from tests.invoice_papers import GOODS, SLIP, needs_ocr, needs_pdf, png_of
from tests.shop_fixture import SYSTEM, done, run

SEEN: tuple[CorrectedName, ...] = ("number", "date", "total", "seller")


def read(content: bytes, one: Bought | None = None) -> PaperRead:
    """What is read of a file; as a shop reads it that knows its sellers."""
    known = read_known_sellers(one.shop.reader) if one else ()
    return paper_reader.read(content, ReadPaper("", known, "EUR"))


async def received(one: Bought, content: bytes) -> int:
    found = read(content, one)
    assert found.paper is not None, found
    command = ReceiveInvoice(found.paper, hashlib.sha256(content).hexdigest(), "paper.pdf")
    return int((await done(one.shop, command, SYSTEM)).result)


def as_read(one: Bought, which: int, /, **other: str) -> CorrectPrintedInvoice:
    """A confirmation to what was read, but for these fields."""
    paper = one.matched(which).invoice.paper
    said = {name: getattr(paper, name) for name in SEEN} | other
    fields = tuple(CorrectedField(name, said[name]) for name in SEEN)
    return CorrectPrintedInvoice(which, fields, paper.lines)


def test_a_printed_invoice_is_looked_at_and_posted(tmp_path: Path) -> None:
    needs_pdf()

    async def scenario() -> None:
        async with bought(tmp_path) as one:
            await one.receive(beer=0)
            goods = (PaperGoods("DY-1", "Whole milk", 10, GOODS[0].price),)
            number = await received(one, pdf_of(SLIP._replace(goods=goods, seller="The Dairy", order="1")))
            found = one.matched(number)
            assert (found.invoice.supplier, found.invoice.paper.how, found.faulty) == ("dairy", "text", False)
            assert [line.name for line in found.invoice.paper.lines] == ["Whole milk"]
            assert found.open_codes == ("unsure_number", "unsure_date", "product_unknown")
            await one.do(SetInvoiceLine(number, 0, "milk"))
            assert await one.refused(ApproveInvoice(number)) == "invoice_unfinished"
            await one.do(as_read(one, number))
            assert (one.matched(number).open_codes, codes(one.matched(number))) == (("price_over",), [["price_over"]])
            await one.do(ApproveInvoice(number, "agreed"))
            await one.do(PostInvoice(number))
            assert one.costs() == {"milk": 82}
            assert await one.refused(as_read(one, number)) == "invoice_in_state"
            assert verify(one.shop.reader, one.shop.registry).faults == ()

    run(scenario())


def test_a_field_is_learnt_and_forgotten_when_it_was_wrong_twice(tmp_path: Path) -> None:
    needs_pdf()

    async def scenario() -> None:
        async with bought(tmp_path) as one:
            slips = [SLIP._replace(number=f"TD-{at}", day="03/04/2027") for at in range(1, 5)]
            papers = [pdf_of(slip) for slip in slips]
            first = await received(one, papers[0])
            assert one.matched(first).invoice.paper.date == "2027-04-03"
            place = learn(read(papers[0]).words, "date", "2027-03-04")
            assert (
                place == LearntField("date", "invoice date", 1, place.left, place.top, "month_first") if place else None
            )
            told = as_read(one, first, date="2027-03-04")
            await one.do(msgspec.structs.replace(told, learnt=(place,)))
            second = await received(one, papers[1])
            field = next(field for field in one.matched(second).invoice.paper.fields if field.name == "date")
            assert one.matched(second).invoice.paper.date == "2027-03-04"
            assert (field.source, field.sure_percent) == ("learnt", 95)
            for number in (second, await received(one, papers[2])):
                assert one.matched(number).invoice.paper.date == "2027-03-04"
                wrong = as_read(one, number, date="2027-04-03")
                await one.do(msgspec.structs.replace(wrong, learnt=()))
            fourth = await received(one, papers[3])
            assert one.matched(fourth).invoice.paper.date == "2027-04-03", "wrong twice in a row: forgotten"
            assert verify(one.shop.reader, one.shop.registry).faults == ()

    run(scenario())


def test_an_invalid_amount_no_day_or_there_already_is_refused(tmp_path: Path) -> None:
    needs_pdf()

    async def scenario() -> None:
        async with bought(tmp_path) as one:
            number = await received(one, pdf_of(SLIP))
            other = await received(one, pdf_of(SLIP._replace(number="TD-9")))
            for name, value, code in (
                ("total", "1,250", "invoice_no_amount"),
                ("date", "2027-02-30", "invoice_no_day"),
                ("currency", "euro", "invoice_no_currency"),
                ("number", "td-9", "duplicate_number"),
            ):
                refused = CorrectPrintedInvoice(number, (CorrectedField(name, value),))  # type: ignore[arg-type]
                assert await one.refused(refused) == code
            nameless = msgspec.structs.replace(one.matched(number).invoice.paper.lines[0], name="")
            assert await one.refused(CorrectPrintedInvoice(number, (), (nameless,))) == "invoice_line_unfinished"
            await one.do(as_read(one, number, total="50.00"))
            assert [fault.code for fault in one.matched(number).invoice.paper.faults] == ["total_sum"]
            assert await one.refused(ApproveInvoice(number)) == "invoice_sums_wrong"
            await one.do(RejectInvoice(other, "not ours"))
            await one.do(as_read(one, number, number="TD-9"))

    run(scenario())


def test_files_that_are_no_invoice_say_why() -> None:
    needs_pdf()
    pixel = io.BytesIO()
    Image.new("RGB", (1, 1)).save(pixel, "PNG")
    for content, why in (
        (b"  ", "empty"),
        (pdf_of(SLIP, SLIP._replace(number="TD-9")), "two_invoices"),
        (pdf_of(*[SLIP] * 51), "too_many_pages"),
        (pdf_of(SLIP)[:400], "damaged"),
    ):
        assert paper_reader.answer_of(content).why == why
    for content, why in ((pixel.getvalue(), "too_small"), (pixel.getvalue()[:40], "damaged"), (_bomb(), "large")):
        with pytest.raises(DamagedPicture, match=why):
            open_picture(content)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "page", "picture on a page"])
def test_a_paper_of_one_pixel_is_refused_with_its_word_and_nothing_hangs(tmp_path: Path, kind: str) -> None:
    needs_pdf()
    from fpdf import FPDF

    pixel, why = io.BytesIO(), "too_small"
    Image.new("RGB", (1, 1)).save(pixel, kind if kind in ("PNG", "JPEG") else "PNG")
    content = pixel.getvalue()
    if kind == "page":
        tiny = FPDF(unit="pt", format=(1, 1))
        tiny.add_page()
        content = bytes(tiny.output())
    elif kind == "picture on a page":
        needs_ocr()
        file, why = FPDF(), "no_words"
        file.add_page()
        file.image(Image.new("RGB", (1, 1)), 10, 10, 1, 1)
        content = bytes(file.output())
    path = tmp_path / "pixel"
    path.write_bytes(content)
    found = read_apart(path)
    assert (found.paper, found.why) == (None, why)


def _bomb() -> bytes:
    """A picture of a few bytes that claims to be as large as a field."""
    out = io.BytesIO()
    Image.new("1", (9_000, 9_000)).save(out, "PNG")
    return out.getvalue()


def test_a_locked_file_is_refused() -> None:
    needs_pdf()
    from fpdf import FPDF

    file = FPDF()
    file.add_page()
    file.set_encryption("owner", "user")
    assert paper_reader.answer_of(bytes(file.output())).why == "encrypted"


def test_a_photograph_is_read_by_a_process_of_its_own(tmp_path: Path) -> None:
    needs_ocr()
    path = tmp_path / "photo.jpg"
    path.write_bytes(photograph_of(SLIP))
    found = read_apart(path)
    assert found.paper is not None, found.why
    paper = found.paper
    assert (paper.how, paper.number, paper.date, paper.total) == ("ocr", "TD-2231", "2027-01-12", "49.42")
    assert [(line.quantity, line.total) for line in paper.lines] == [("24", "19.68"), ("10", "21.50")]
    assert found.pictures[0].startswith(b"\x89PNG")
    assert {"number", "date", "seller"} <= set(paper.unsure), "a picture alone is never sure of them"


def test_without_a_program_that_reads_pictures_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.goods.supplier_invoices.ocr.PROGRAM", "no-such-program")
    answer = paper_reader.answer_of(png_of(SLIP))
    assert answer.why == "no_ocr"

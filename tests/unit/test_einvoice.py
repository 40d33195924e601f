"""Electronic invoices: every field as its program wrote it, sums to the cent, and what is none."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.lib.einvoice import NotAnInvoice, check, read_xml
from edge.shop.supplier_invoices.paper_reader import read
from edge.shop.supplier_invoices.reader_client import read_apart
from tests.invoicing_in import ubl

ROOT = Path(__file__).resolve().parents[2]
HEADER = {
    "type": "type",
    "number": "number",
    "date": "date",
    "due": "due",
    "currency": "currency",
    "supplier": "seller",
    "supplier_vat": "seller_vat",
    "order": "order",
}
SUMS = ("lines_sum", "net", "tax", "total", "paid", "payable")
WRONG_THERE = {
    "CII_example1.xml": [("line_amount", "20")],
    "CII_example9.xml": [("line_amount", "1")],
    "ubl-tc434-example2.xml": [("line_amount", "1")],
}
"""Official examples whose own lines do not hold."""


def samples(folder: str) -> Path:
    """Samples that are not in the project, where they are at hand."""
    found = next((path for at in (ROOT, ROOT.parent) if (path := at / "shared/data" / folder).is_dir()), None)
    if found is None:
        pytest.skip(f"missing: shared/data/{folder}")
    return found


def test_official_examples_are_read_to_the_last_field() -> None:
    folder = samples("feeds/invoices")
    truth: dict[str, dict[str, Any]] = json.loads((folder / "truth.json").read_text())
    assert len(truth) == 7
    for name, said in truth.items():
        found = read_xml((folder / name).read_bytes())
        assert {key: getattr(found, field) for key, field in HEADER.items() if key in said} == {
            key: said[key] for key in HEADER if key in said
        }, name
        for key in SUMS:
            if key in said:
                assert getattr(found, key) == Decimal(said[key]), (name, key)
        lines = [(one.id, str(one.quantity), one.unit, one.total, one.name, one.code, one.gtin) for one in found.lines]
        keys = ("n", "quantity", "unit", "total", "description", "code", "gtin")
        expected = [tuple(Decimal(one[key]) if key == "total" else one[key] for key in keys) for one in said["lines"]]
        assert lines == expected, name
        faults = [(one.code, one.line) for one in check(found)]
        assert faults == WRONG_THERE.get(name, []), name


def test_all_factur_x_samples_are_read_from_inside_their_pdf() -> None:
    files = sorted(samples("documents/facturx").glob("*.pdf"))
    found = [read(path.read_bytes()) for path in files]
    papers = [one.paper for one in found]
    assert [(one.number, one.date, one.total, len(one.lines)) for one in papers if one] == [
        ("471102", "2018-06-05", "197.65", 4),
        *[("471102", "2018-03-05", "529.87", 2)] * 5,
    ]
    assert all(one.pictures and one.pictures[0][:4] == b"\x89PNG" for one in found)


def test_papers_without_an_invoice_inside_are_read_by_their_letters() -> None:
    """Number, day and total of invoices as they were printed; of the hotel's receipt there is no number."""
    right = 0
    for path in sorted(samples("documents/invoice2data").glob("*.pdf")):
        said = json.loads(path.with_suffix(".json").read_text())[0]
        found = read(path.read_bytes()).paper
        assert found is not None and found.how == "text", path.name
        right += (found.number, found.date) == (said["invoice_number"], said["date"])
        assert float(found.total) == said["amount"], path.name
    assert right >= 5
    assert read_apart(samples("documents/invoice2data") / "saeco.pdf").paper is not None


BOMB = (
    b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><a>&b;</a>"""
)
NESTED = b"<a>" * 100 + b"</a>" * 100
BAD = {
    "no_xml": b"no xml at all",
    "unsafe_xml": BOMB,
    "deep": NESTED,
    "no_invoice": b"<order/>",
    "field": ubl(("milk", "1", "1")).replace(b'unitCode="C62">1<', b'unitCode="C62">one<'),
}


@pytest.mark.parametrize("why", BAD)
def test_what_is_no_invoice_says_why(why: str) -> None:
    with pytest.raises(NotAnInvoice) as raised:
        read_xml(BAD[why])
    assert raised.value.why == why


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"%PDF-1.7 nothing", "damaged"),
        (BOMB, "unsafe_xml"),
        (b"\x00\x01", "no_xml"),
    ],
)
def test_the_process_that_reads_says_why(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "invoice"
    path.write_bytes(content)
    assert read_apart(path).why == why


def test_a_locked_pdf_says_so() -> None:
    from fpdf import FPDF

    made = FPDF()
    made.add_page()
    made.set_encryption("owner", user_password="guess me")
    with pytest.raises(Exception, match="encrypted"):
        read(bytes(made.output()))


CHANGES: dict[str, dict[str, Any]] = {
    "lines_sum": {"lines_sum": Decimal("9.99")},
    "allowances_sum": {"allowances_sum": Decimal(1)},
    "charges_sum": {"charges_sum": Decimal(1)},
    "net_sum": {"net": Decimal("9.99")},
    "tax_sum": {"taxes": (Decimal("1.99"),)},
    "total_sum": {"total": Decimal("12.01")},
    "due_sum": {"paid": Decimal("0.01")},
    "missing_field": {"number": ""},
    "no_lines": {"lines": ()},
}


@pytest.mark.parametrize("code", CHANGES)
def test_each_sum_that_does_not_hold_has_its_code(code: str) -> None:
    good = read_xml(ubl(("milk", "10", "1.00")))
    assert check(good) == ()
    assert code in [one.code for one in check(msgspec.structs.replace(good, **CHANGES[code]))]


def test_a_rate_may_be_off_by_a_cent_a_line_and_no_more() -> None:
    good = read_xml(ubl(("milk", "10", "1.00")))
    (row,) = good.vat
    for off, codes in (("0.01", []), ("0.02", ["tax_rate"])):
        tax = row.tax + Decimal(off)
        changed = msgspec.structs.replace(
            good,
            vat=(msgspec.structs.replace(row, tax=tax),),
            taxes=(tax,),
            total=Decimal(10) + tax,
            payable=Decimal(10) + tax,
        )
        assert [one.code for one in check(changed)] == codes

"""Electronic invoices: every field as its program wrote it, sums to the cent, and what is none."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.goods.supplier_invoices.paper import Paper, paper_of
from edge.goods.supplier_invoices.paper_reader import answer_of, read
from edge.goods.supplier_invoices.reader_client import read_apart
from edge.lib.einvoice import NotAnInvoice, check, read_xml
from tests.invoicing_in import ubl

ROOT = Path(__file__).resolve().parents[3]
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


def test_an_amount_in_another_currency_than_the_invoice_is_never_taken_as_its_own() -> None:
    """EN 16931: all amounts are in the invoice's currency; VAT may be told in the tax office's, too (BT-111)."""
    whole = ubl(("milk", "1", "1"))
    for name in (b"PriceAmount", b"LineExtensionAmount", b"PayableAmount"):
        with pytest.raises(NotAnInvoice) as raised:
            read_xml(whole.replace(b"<cbc:" + name + b' currencyID="EUR"', b"<cbc:" + name + b' currencyID="USD"'))
        assert (raised.value.why, raised.value.field) == ("field", "currencyID"), name
    crowns = (
        b'<cac:TaxTotal><cbc:TaxAmount currencyID="SEK">2.20</cbc:TaxAmount></cac:TaxTotal><cac:LegalMonetaryTotal>'
    )
    found = read_xml(whole.replace(b"<cac:LegalMonetaryTotal>", crowns))
    assert (found.currency, found.taxes) == ("EUR", (Decimal("0.20"),))


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


CII = """<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
<rsm:ExchangedDocument><ram:ID>F-7</ram:ID><ram:TypeCode>380</ram:TypeCode>
<ram:IssueDateTime><udt:DateTimeString format="102">20270110</udt:DateTimeString></ram:IssueDateTime>
</rsm:ExchangedDocument><rsm:SupplyChainTradeTransaction>{lines}
<ram:ApplicableHeaderTradeAgreement><ram:SellerTradeParty><ram:Name>The Dairy</ram:Name></ram:SellerTradeParty>
<ram:BuyerOrderReferencedDocument><ram:IssuerAssignedID>1</ram:IssuerAssignedID></ram:BuyerOrderReferencedDocument>
</ram:ApplicableHeaderTradeAgreement><ram:ApplicableHeaderTradeDelivery/>
<ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>{settled}
<ram:SpecifiedTradeSettlementHeaderMonetarySummation>{sums}</ram:SpecifiedTradeSettlementHeaderMonetarySummation>
</ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>"""
LINE = """<ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument><ram:LineID>{id}</ram:LineID>{about}
</ram:AssociatedDocumentLineDocument>
<ram:SpecifiedTradeProduct><ram:Name>Milk {id}</ram:Name></ram:SpecifiedTradeProduct>
<ram:SpecifiedLineTradeAgreement/><ram:SpecifiedLineTradeDelivery>{quantity}</ram:SpecifiedLineTradeDelivery>
<ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax><ram:RateApplicablePercent>20</ram:RateApplicablePercent>
</ram:ApplicableTradeTax><ram:SpecifiedTradeSettlementLineMonetarySummation>{total}
</ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement>
</ram:IncludedSupplyChainTradeLineItem>"""
TAX = """<ram:ApplicableTradeTax><ram:CalculatedAmount>{tax}</ram:CalculatedAmount>
<ram:BasisAmount>{net}</ram:BasisAmount>
<ram:RateApplicablePercent>20</ram:RateApplicablePercent></ram:ApplicableTradeTax>"""


def cii_line(id: str, quantity: str, total: str, kind: str = "", parent: str = "") -> str:
    about = f"<ram:LineStatusReasonCode>{kind}</ram:LineStatusReasonCode>" if kind else ""
    about += f"<ram:ParentLineID>{parent}</ram:ParentLineID>" if parent else ""
    counted = f'<ram:BilledQuantity unitCode="C62">{quantity}</ram:BilledQuantity>' if quantity else ""
    summed = f"<ram:LineTotalAmount>{total}</ram:LineTotalAmount>" if total else ""
    return LINE.format(id=id, about=about, quantity=counted, total=summed)


def cii(*lines: str, goods: str, charges: str = "", settled: str = "") -> bytes:
    """An invoice whose goods, with charges on top, have 20 % VAT."""
    net = Decimal(goods) + Decimal(charges or 0)
    tax = (net * Decimal("0.2")).quantize(Decimal("0.01"))
    sums = {
        "LineTotalAmount": goods,
        "ChargeTotalAmount": charges or "0",
        "TaxBasisTotalAmount": net,
        "TaxTotalAmount": tax,
        "GrandTotalAmount": net + tax,
        "DuePayableAmount": net + tax,
    }
    said = "".join(f"<ram:{name}>{amount}</ram:{name}>" for name, amount in sums.items())
    return CII.format(lines="".join(lines), settled=TAX.format(tax=tax, net=net) + settled, sums=said).encode()


@pytest.mark.parametrize("quantity", ["30.00000000000", "030", "29.999999999999999999", "+30."])
def test_a_decimal_has_as_many_digits_as_its_writer_likes(quantity: str) -> None:
    document = read_xml(cii(cii_line("1", quantity, "10.0000000000000"), goods="10.00"))
    assert [(one.quantity, one.total) for one in document.lines] == [(30, 10)]
    assert check(document) == ()
    kept = paper_of(document, check(document))
    assert msgspec.convert(msgspec.to_builtins(kept), Paper) == kept
    same = read_xml(ubl(("milk", "10.00000000000", "0.80")))
    assert [one.quantity for one in same.lines] == [10]


def test_words_groups_and_freight_of_the_profile_extended() -> None:
    freight = (
        "<ram:SpecifiedLogisticsServiceCharge><ram:Description>Freight</ram:Description>"
        "<ram:AppliedAmount>5.80</ram:AppliedAmount></ram:SpecifiedLogisticsServiceCharge>"
    )
    lines = (
        cii_line("1", "", "", "INFORMATION"),
        cii_line("2", "1", "30.00", "GROUP"),
        cii_line("2.1", "2", "20.00", "DETAIL", "2"),
        cii_line("2.2", "1", "10.00", "DETAIL", "2"),
        cii_line("3", "4", "8.00"),
        cii_line("4", "", ""),
    )
    document = read_xml(cii(*lines, goods="38.00", charges="5.80", settled=freight))
    assert check(document) == ()
    assert [one.id for one in document.lines] == ["2.1", "2.2", "3"]
    assert [(one.amount, one.reason) for one in document.charges] == [(Decimal("5.80"), "Freight")]
    outer = read_xml(cii(*lines[1:2], cii_line("2.1", "2", "0.00", "DETAIL", "2"), goods="30.00"))
    assert ([one.id for one in outer.lines], check(outer)) == (["2"], ())


def test_an_invoice_without_lines_and_rates_lacks_its_lines_alone() -> None:
    minimum = cii(goods="10.00").replace(TAX.format(tax="2.00", net="10.00").encode(), b"")
    assert [one.code for one in check(read_xml(minimum))] == ["no_lines"]


def zugferd1_of(content: bytes) -> bytes:
    """The same as ZUGFeRD 1.0 has it."""
    text = content.decode().replace("urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100", ZUGFERD1)
    text = text.replace("InformationEntity:100", "InformationEntity:12").replace("DataType:100", "DataType:15")
    for now, then in (
        ("rsm:CrossIndustryInvoice", "rsm:CrossIndustryDocument"),
        ("rsm:ExchangedDocument", "rsm:HeaderExchangedDocument"),
        ("rsm:SupplyChainTradeTransaction", "rsm:SpecifiedSupplyChainTradeTransaction"),
        ("ApplicableHeaderTrade", "ApplicableSupplyChainTrade"),
        ("SpecifiedLineTrade", "SpecifiedSupplyChainTrade"),
        ("SettlementLineMonetary", "SettlementMonetary"),
        ("SettlementHeaderMonetary", "SettlementMonetary"),
        ("RateApplicablePercent", "ApplicablePercent"),
        ("IssuerAssignedID", "ID"),
    ):
        text = text.replace(now, then)
    return text.encode()


ZUGFERD1 = "urn:ferd:CrossIndustryDocument:invoice:1p0"


def test_zugferd_1_says_the_same_under_older_names() -> None:
    now = cii(cii_line("1", "2", "10.00"), cii_line("2", "1", "8.00"), goods="18.00")
    then = zugferd1_of(now)
    assert b"CrossIndustryDocument" in then and b"HeaderExchanged" in then
    assert read_xml(then) == read_xml(now)
    assert read_xml(now).order == "1"


def test_a_pdf_with_one_invoice_in_two_words_is_one_and_an_order_is_none() -> None:
    pytest.importorskip("pypdfium2")
    now = cii(cii_line("1", "2", "10.00"), goods="10.00")
    both = read(pdf_with({"ZUGFeRD-invoice.xml": zugferd1_of(now), "factur-x.xml": now}))
    assert both.paper is not None and both.paper.number == "F-7"
    broken = read(pdf_with({"factur-x.xml": b"<broken", "ZUGFeRD-invoice.xml": zugferd1_of(now)}))
    assert broken.paper is not None and broken.paper.number == "F-7"
    other = cii(cii_line("1", "2", "11.00"), goods="11.00")
    two = answer_of(pdf_with({"ZUGFeRD-invoice.xml": now, "factur-x.xml": other}))
    assert (two.paper, two.why) == (None, "two_invoices")
    order = answer_of(pdf_with({"order-x.xml": now}))
    assert (order.paper, order.why) == (None, "no_invoice")


def pdf_with(attached: dict[str, bytes]) -> bytes:
    """A PDF of an empty page with files in it."""
    import pypdfium2 as pdfium

    document = pdfium.PdfDocument.new()
    document.new_page(595, 842)
    for name, content in attached.items():
        document.new_attachment(name).set_data(content)
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()

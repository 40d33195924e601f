"""Invoices of suppliers for tests, made here: UBL, and a PDF that has one inside."""

from __future__ import annotations

from decimal import Decimal

from edge.goods.supplier_invoices.paper import Paper, paper_of
from edge.lib.einvoice import check, read_xml

LINE = """
<cac:InvoiceLine><cbc:ID>{id}</cbc:ID><cbc:InvoicedQuantity unitCode="{unit}">{quantity}</cbc:InvoicedQuantity>
<cbc:LineExtensionAmount currencyID="EUR">{total}</cbc:LineExtensionAmount>
<cac:Item><cbc:Name>{name}</cbc:Name><cac:SellersItemIdentification><cbc:ID>{code}</cbc:ID></cac:SellersItemIdentification>
<cac:StandardItemIdentification><cbc:ID schemeID="0160">{gtin}</cbc:ID></cac:StandardItemIdentification>
<cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>20</cbc:Percent></cac:ClassifiedTaxCategory></cac:Item>
<cac:Price><cbc:PriceAmount currencyID="EUR">{price}</cbc:PriceAmount></cac:Price></cac:InvoiceLine>
"""
INVOICE = """<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:ID>{number}</cbc:ID><cbc:IssueDate>{date}</cbc:IssueDate><cbc:InvoiceTypeCode>{type}</cbc:InvoiceTypeCode>
<cbc:DocumentCurrencyCode>{currency}</cbc:DocumentCurrencyCode>
<cac:OrderReference><cbc:ID>{order}</cbc:ID></cac:OrderReference>
<cac:AccountingSupplierParty><cac:Party>
<cac:PartyTaxScheme><cbc:CompanyID>FR40303265045</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
</cac:PartyTaxScheme><cac:PartyLegalEntity><cbc:RegistrationName>{seller}</cbc:RegistrationName></cac:PartyLegalEntity>
</cac:Party></cac:AccountingSupplierParty>
<cac:TaxTotal><cbc:TaxAmount currencyID="{currency}">{tax}</cbc:TaxAmount><cac:TaxSubtotal>
<cbc:TaxableAmount currencyID="EUR">{net}</cbc:TaxableAmount><cbc:TaxAmount currencyID="EUR">{tax}</cbc:TaxAmount>
<cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>20</cbc:Percent></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="EUR">{net}</cbc:LineExtensionAmount>
<cbc:TaxExclusiveAmount currencyID="EUR">{net}</cbc:TaxExclusiveAmount>
<cbc:TaxInclusiveAmount currencyID="EUR">{total}</cbc:TaxInclusiveAmount>
<cbc:PayableAmount currencyID="EUR">{payable}</cbc:PayableAmount></cac:LegalMonetaryTotal>
{lines}</Invoice>
"""


def ubl(
    *lines: tuple[str, str, str],
    number: str = "F-1",
    order: int | str = "",
    wrong: str = "0",
    unit: str = "C62",
    **more: str,
) -> bytes:
    """An invoice of lines (gtin or code, quantity, price), with 20 % VAT; what is to be paid is off by `wrong`."""
    net, made = Decimal(0), []
    for id, (what, quantity, price) in enumerate(lines, 1):
        total = (Decimal(quantity) * Decimal(price)).quantize(Decimal("0.01"))
        net += total
        gtin, code = (what, "") if what.isdecimal() and len(what) == 13 else ("", what)
        made.append(
            LINE.format(id=id, unit=unit, quantity=quantity, total=total, price=price, name=what, gtin=gtin, code=code)
        )
    tax = (net * Decimal("0.2")).quantize(Decimal("0.01"))
    said = {"date": "2027-01-10", "type": "380", "currency": "EUR", "seller": "The Dairy", **more}
    total, payable = net + tax, net + tax + Decimal(wrong)
    text = INVOICE.format(
        number=number, order=order, net=net, tax=tax, total=total, payable=payable, lines="".join(made), **said
    )
    return text.replace('currencyID="EUR"', f'currencyID="{said["currency"]}"').encode()


def paper(content: bytes) -> Paper:
    """What is kept of it."""
    document = read_xml(content)
    return paper_of(document, check(document))

"""UBL 2.1 (OASIS), Invoice and CreditNote, as mapped by EN 16931-3-2. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from edge.lib.einvoice.document import AllowanceCharge, EInvoice, EInvoiceLine, VatRow
from edge.lib.einvoice.fields import XmlNode

INVOICE = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
CREDIT_NOTE = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"
_PREFIXES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
_PARTY = "cac:AccountingSupplierParty/cac:Party/"
_GTINS = frozenset({"0160", "0088"})
"""Scheme ids of GTINs among item identifiers (ISO/IEC 6523), and of EAN, which many sellers use instead."""


def read(root: Any) -> EInvoice:
    """Parse the document. Raises `FieldWrong`."""
    node, credit = XmlNode(root, _PREFIXES), root.tag.endswith("}CreditNote")
    sums = next(node.all("cac:LegalMonetaryTotal"), XmlNode(root.makeelement("none", {}), _PREFIXES))
    parts = [(one.truth("cbc:ChargeIndicator"), _part(one)) for one in node.all("cac:AllowanceCharge")]
    currency = node.first_text("cbc:DocumentCurrencyCode")
    lines = node.all("cac:CreditNoteLine" if credit else "cac:InvoiceLine")
    totals = [one for one in node.all("cac:TaxTotal") if _tax_in(one, currency)]
    return EInvoice(
        syntax="ubl_credit" if credit else "ubl",
        type=node.first_text("cbc:CreditNoteTypeCode" if credit else "cbc:InvoiceTypeCode"),
        number=node.first_text("cbc:ID"),
        date=node.day("cbc:IssueDate"),
        currency=currency,
        seller=node.first_text(f"{_PARTY}cac:PartyLegalEntity/cbc:RegistrationName", f"{_PARTY}cac:PartyName/cbc:Name"),
        due=node.day("cbc:DueDate") or node.day("cac:PaymentMeans/cbc:PaymentDueDate"),
        seller_vat=_vat_number(node),
        order=node.first_text("cac:OrderReference/cbc:ID"),
        despatch=node.first_text("cac:DespatchDocumentReference/cbc:ID"),
        lines=tuple(_line(one, "cbc:CreditedQuantity" if credit else "cbc:InvoicedQuantity") for one in lines),
        allowances=tuple(part for is_charge, part in parts if not is_charge),
        charges=tuple(part for is_charge, part in parts if is_charge),
        vat=tuple(_vat(one) for total in totals for one in total.all("cac:TaxSubtotal")),
        lines_sum=sums.number("cbc:LineExtensionAmount"),
        allowances_sum=sums.number("cbc:AllowanceTotalAmount"),
        charges_sum=sums.number("cbc:ChargeTotalAmount"),
        net=sums.number("cbc:TaxExclusiveAmount"),
        taxes=tuple(total.required_number("cbc:TaxAmount") for total in totals),
        total=sums.number("cbc:TaxInclusiveAmount"),
        paid=sums.number("cbc:PrepaidAmount"),
        rounding=sums.number("cbc:PayableRoundingAmount"),
        payable=sums.number("cbc:PayableAmount"),
        account=node.first_text("cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID"),
    )


def _vat_number(node: XmlNode) -> str:
    """BT-31: the number with scheme VAT."""
    for scheme in node.all(f"{_PARTY}cac:PartyTaxScheme"):
        if scheme.first_text("cac:TaxScheme/cbc:ID").upper() == "VAT":
            return scheme.first_text("cbc:CompanyID")
    return ""


def _tax_in(total: XmlNode, currency: str) -> bool:
    """Whether a VAT total is in the invoice's currency rather than the accounting currency (BT-111)."""
    return all(amount.attribute("currencyID") in ("", currency) for amount in total.all("cbc:TaxAmount"))


def _part(node: XmlNode) -> AllowanceCharge:
    return AllowanceCharge(node.required_number("cbc:Amount"), node.first_text("cbc:AllowanceChargeReason"))


def _vat(node: XmlNode) -> VatRow:
    rate = node.number("cac:TaxCategory/cbc:Percent")
    return VatRow(node.required_number("cbc:TaxableAmount"), node.required_number("cbc:TaxAmount"), rate)


def _line(node: XmlNode, quantity: str) -> EInvoiceLine:
    parts = [
        (one.truth("cbc:ChargeIndicator"), one.required_number("cbc:Amount")) for one in node.all("cac:AllowanceCharge")
    ]
    item, price = "cac:Item/", "cac:Price/"
    ids = node.all(f"{item}cac:StandardItemIdentification/cbc:ID")
    counted = next(node.all(quantity), None)
    return EInvoiceLine(
        id=node.first_text("cbc:ID"),
        quantity=node.required_number(quantity),
        unit=counted.attribute("unitCode") if counted else "",
        total=node.required_number("cbc:LineExtensionAmount"),
        price=node.number(f"{price}cbc:PriceAmount"),
        per=node.number(f"{price}cbc:BaseQuantity"),
        name=node.first_text(f"{item}cbc:Name", f"{item}cbc:Description"),
        code=node.first_text(f"{item}cac:SellersItemIdentification/cbc:ID"),
        buyer_code=node.first_text(f"{item}cac:BuyersItemIdentification/cbc:ID"),
        gtin=next((one.text for one in ids if one.attribute("schemeID") in _GTINS), ""),
        rate=node.number(f"{item}cac:ClassifiedTaxCategory/cbc:Percent"),
        allowances=sum((amount for is_charge, amount in parts if not is_charge), Decimal(0)),
        charges=sum((amount for is_charge, amount in parts if is_charge), Decimal(0)),
    )

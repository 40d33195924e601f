"""UN/CEFACT Cross Industry Invoice D16B, as mapped by EN 16931-3-3: Factur-X, ZUGFeRD 2, XRechnung. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from edge.lib.einvoice.document import AllowanceCharge, EInvoice, EInvoiceLine, VatRow
from edge.lib.einvoice.fields import XmlNode

ROOT = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
_PREFIXES = {
    "rsm": ROOT,
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
    "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
}
_TRADE = "rsm:SupplyChainTradeTransaction/"
_AGREED = f"{_TRADE}ram:ApplicableHeaderTradeAgreement/"
_SENT = f"{_TRADE}ram:ApplicableHeaderTradeDelivery/"
_SETTLED = f"{_TRADE}ram:ApplicableHeaderTradeSettlement/"
_SUMS = f"{_SETTLED}ram:SpecifiedTradeSettlementHeaderMonetarySummation/"
_PAID = f"{_SETTLED}ram:SpecifiedTradeSettlementPaymentMeans/ram:PayeePartyCreditorFinancialAccount/"
_PARTS = "ram:SpecifiedTradeAllowanceCharge"
_ABOUT = "ram:AssociatedDocumentLineDocument/"
_QUANTITY = "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity"
_LINE_TOTAL = "ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"
_GTINS = frozenset({"0160", "0088"})


def read(root: Any) -> EInvoice:
    """Parse the document. Raises `FieldWrong`."""
    node = XmlNode(root, _PREFIXES)
    parts = [(one.truth("ram:ChargeIndicator/udt:Indicator"), _part(one)) for one in node.all(f"{_SETTLED}{_PARTS}")]
    parts += [(True, _service(one)) for one in node.all(f"{_SETTLED}ram:SpecifiedLogisticsServiceCharge")]
    lines_sum = node.number(f"{_SUMS}ram:LineTotalAmount")
    currency = node.first_text(f"{_SETTLED}ram:InvoiceCurrencyCode")
    taxes = [one for one in node.all(f"{_SUMS}ram:TaxTotalAmount") if one.attribute("currencyID") in ("", currency)]
    due = f"{_SETTLED}ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime/udt:DateTimeString"
    return EInvoice(
        syntax="cii",
        type=node.first_text("rsm:ExchangedDocument/ram:TypeCode"),
        number=node.first_text("rsm:ExchangedDocument/ram:ID"),
        date=node.day("rsm:ExchangedDocument/ram:IssueDateTime/udt:DateTimeString"),
        currency=currency,
        seller=node.first_text(f"{_AGREED}ram:SellerTradeParty/ram:Name"),
        due=node.day(due),
        seller_vat=_vat_number(node),
        order=node.first_text(f"{_AGREED}ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID"),
        despatch=node.first_text(f"{_SENT}ram:DespatchAdviceReferencedDocument/ram:IssuerAssignedID"),
        lines=_lines(list(node.all(f"{_TRADE}ram:IncludedSupplyChainTradeLineItem")), lines_sum),
        allowances=tuple(part for is_charge, part in parts if not is_charge),
        charges=tuple(part for is_charge, part in parts if is_charge),
        vat=tuple(_vat(one) for one in node.all(f"{_SETTLED}ram:ApplicableTradeTax")),
        lines_sum=lines_sum,
        allowances_sum=node.number(f"{_SUMS}ram:AllowanceTotalAmount"),
        charges_sum=node.number(f"{_SUMS}ram:ChargeTotalAmount"),
        net=node.number(f"{_SUMS}ram:TaxBasisTotalAmount"),
        taxes=tuple(one.required_number(".") for one in taxes),
        total=node.number(f"{_SUMS}ram:GrandTotalAmount"),
        paid=node.number(f"{_SUMS}ram:TotalPrepaidAmount"),
        rounding=node.number(f"{_SUMS}ram:RoundingAmount"),
        payable=node.number(f"{_SUMS}ram:DuePayableAmount"),
        account=node.first_text(f"{_PAID}ram:IBANID", f"{_PAID}ram:ProprietaryID"),
    )


def _vat_number(node: XmlNode) -> str:
    """Return the VAT number (BT-31): the registration with scheme VA. Scheme FC is the tax office's number (BT-32)."""
    ids = node.all(f"{_AGREED}ram:SellerTradeParty/ram:SpecifiedTaxRegistration/ram:ID")
    return next((one.text for one in ids if one.attribute("schemeID") == "VA"), "")


def _part(node: XmlNode) -> AllowanceCharge:
    return AllowanceCharge(node.required_number("ram:ActualAmount"), node.first_text("ram:Reason"))


def _service(node: XmlNode) -> AllowanceCharge:
    """Freight of the EXTENDED profile (BG-X-42), which the header's charges include."""
    return AllowanceCharge(node.required_number("ram:AppliedAmount"), node.first_text("ram:Description"))


def _lines(nodes: list[XmlNode], lines_sum: Decimal | None) -> tuple[EInvoiceLine, ...]:
    """Return the lines that count towards the total. In the EXTENDED profile, a line may be only text, or a group
    (BT-X-8) that sums the lines below it. Returns the detail lines, or the groups if only they add up to the total."""
    kinds = [one.first_text(f"{_ABOUT}ram:LineStatusReasonCode") for one in nodes]
    counted = [one for one, kind in zip(nodes, kinds, strict=True) if kind != "INFORMATION" and not _is_words(one)]
    groups = [one for one, kind in zip(nodes, kinds, strict=True) if kind == "GROUP" and not _is_words(one)]
    if not groups:
        return tuple(map(_line, counted))
    details = tuple(_line(one) for one in counted if one not in groups)
    named = {one.first_text(f"{_ABOUT}ram:LineID") for one in groups}
    outer = tuple(_line(one) for one in counted if one.first_text(f"{_ABOUT}ram:ParentLineID") not in named)
    fits = sum((one.total for one in details), Decimal(0)) == lines_sum
    return details if fits or sum((one.total for one in outer), Decimal(0)) != lines_sum else outer


def _is_words(node: XmlNode) -> bool:
    """Whether a line is only text: it has neither goods nor an amount."""
    return not node.first_text(_QUANTITY) and not node.number(_LINE_TOTAL)


def _vat(node: XmlNode) -> VatRow:
    rate = node.number("ram:RateApplicablePercent")
    return VatRow(node.required_number("ram:BasisAmount"), node.required_number("ram:CalculatedAmount"), rate)


def _line(node: XmlNode) -> EInvoiceLine:
    product, agreed = "ram:SpecifiedTradeProduct/", "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/"
    settled = "ram:SpecifiedLineTradeSettlement/"
    parts = [
        (one.truth("ram:ChargeIndicator/udt:Indicator"), one.required_number("ram:ActualAmount"))
        for one in node.all(f"{settled}{_PARTS}")
    ]
    counted = next(node.all(_QUANTITY), None)
    ids = node.all(f"{product}ram:GlobalID")
    return EInvoiceLine(
        id=node.first_text(f"{_ABOUT}ram:LineID"),
        quantity=node.required_number(_QUANTITY),
        unit=counted.attribute("unitCode") if counted else "",
        total=node.required_number(_LINE_TOTAL),
        price=node.number(f"{agreed}ram:ChargeAmount"),
        per=node.number(f"{agreed}ram:BasisQuantity"),
        name=node.first_text(f"{product}ram:Name"),
        code=node.first_text(f"{product}ram:SellerAssignedID"),
        buyer_code=node.first_text(f"{product}ram:BuyerAssignedID"),
        gtin=next((one.text for one in ids if one.attribute("schemeID") in _GTINS), ""),
        rate=node.number(f"{settled}ram:ApplicableTradeTax/ram:RateApplicablePercent"),
        allowances=sum((amount for is_charge, amount in parts if not is_charge), Decimal(0)),
        charges=sum((amount for is_charge, amount in parts if is_charge), Decimal(0)),
    )

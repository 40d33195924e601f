"""Converts ZUGFeRD 1.0 to the later Cross Industry Invoice. Pure.

Its elements are those of D16B under older names (ZUGFeRD 1.0, technical annex), so they only need to be renamed.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from edge.lib.einvoice import cii

ROOT = "urn:ferd:CrossIndustryDocument:invoice:1p0"
_TRADE = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity"
_TYPES = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType"
_SPACES = {ROOT: cii.ROOT, f"{_TRADE}:12": f"{_TRADE}:100", f"{_TYPES}:15": f"{_TYPES}:100"}
_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "CrossIndustryDocument": "CrossIndustryInvoice",
        "HeaderExchangedDocument": "ExchangedDocument",
        "SpecifiedSupplyChainTradeTransaction": "SupplyChainTradeTransaction",
        "ApplicableSupplyChainTradeAgreement": "ApplicableHeaderTradeAgreement",
        "ApplicableSupplyChainTradeDelivery": "ApplicableHeaderTradeDelivery",
        "ApplicableSupplyChainTradeSettlement": "ApplicableHeaderTradeSettlement",
        "SpecifiedSupplyChainTradeAgreement": "SpecifiedLineTradeAgreement",
        "SpecifiedSupplyChainTradeDelivery": "SpecifiedLineTradeDelivery",
        "SpecifiedSupplyChainTradeSettlement": "SpecifiedLineTradeSettlement",
        "ApplicablePercent": "RateApplicablePercent",
    }
)
_SUMS = "SpecifiedTradeSettlementMonetarySummation"
_ORDERS = ("BuyerOrderReferencedDocument", "DespatchAdviceReferencedDocument")


def as_cii(root: Any) -> Any:
    """Rename the tree's elements in place."""
    for parent in list(root.iter()):
        name = _name(parent)
        for child in parent:
            if _name(child) == _SUMS:
                part = "Line" if name == "SpecifiedSupplyChainTradeSettlement" else "Header"
                _rename(child, f"SpecifiedTradeSettlement{part}MonetarySummation")
            elif _name(child) == "ID" and name in _ORDERS:
                _rename(child, "IssuerAssignedID")
    for element in root.iter():
        space, _, name = element.tag[1:].partition("}")
        element.tag = f"{{{_SPACES.get(space, space)}}}{_NAMES.get(name, name)}"
    return root


def _name(element: Any) -> str:
    return str(element.tag).partition("}")[2]


def _rename(element: Any, name: str) -> None:
    element.tag = f"{element.tag.partition('}')[0]}}}{name}"

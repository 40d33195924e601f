"""Detects an invoice's XML syntax and parses it. Pure."""

from __future__ import annotations

from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from edge.lib.einvoice import cii, ubl, zugferd1
from edge.lib.einvoice.document import EInvoice
from edge.lib.einvoice.fields import FieldWrong

XML_BYTES = 16 * 1024 * 1024
NODES = 500_000
_OWN_CURRENCY = frozenset({"TaxTotal", "TaxTotalAmount", "UBLExtensions"})
DEPTH = 64


class NotAnInvoice(ValueError):
    """The bytes aren't an invoice; `why` is no_xml, unsafe_xml, no_invoice, deep, large, or field."""

    def __init__(self, why: str, field: str = "") -> None:
        super().__init__(f"{why} {field}".strip())
        self.why = why
        self.field = field


def read_xml(content: bytes) -> EInvoice:
    """Parse an XML invoice. Raises `NotAnInvoice`."""
    if len(content) > XML_BYTES:
        raise NotAnInvoice("large")
    try:
        root = fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        raise NotAnInvoice("unsafe_xml") from error
    except (ParseError, ValueError, LookupError) as error:
        raise NotAnInvoice("no_xml") from error
    _require_bounded(root)
    read = {
        f"{{{ubl.INVOICE}}}Invoice": ubl.read,
        f"{{{ubl.CREDIT_NOTE}}}CreditNote": ubl.read,
        f"{{{cii.ROOT}}}CrossIndustryInvoice": cii.read,
        f"{{{zugferd1.ROOT}}}CrossIndustryDocument": _read_zugferd1,
    }.get(root.tag)
    if read is None:
        raise NotAnInvoice("no_invoice")
    try:
        invoice = read(root)
    except FieldWrong as error:
        raise NotAnInvoice("field", error.field) from error
    if _other_currency(root, invoice.currency):
        raise NotAnInvoice("field", "currencyID")
    return invoice


def _other_currency(root: Any, currency: str) -> bool:
    """Whether an amount is in another currency than the invoice. The VAT total may also be in the accounting currency
    (EN 16931, BT-111), and extensions are ignored."""
    waiting = [root] if currency else []
    while waiting:
        node = waiting.pop()
        if node.get("currencyID", currency).strip() not in ("", currency):
            return True
        waiting += [one for one in node if str(one.tag).rpartition("}")[2] not in _OWN_CURRENCY]
    return False


def _read_zugferd1(root: Any) -> EInvoice:
    return cii.read(zugferd1.as_cii(root))


def _require_bounded(root: Any) -> None:
    level, depth, nodes = [root], 0, 0
    while level:
        depth, nodes = depth + 1, nodes + len(level)
        if depth > DEPTH:
            raise NotAnInvoice("deep")
        if nodes > NODES:
            raise NotAnInvoice("large")
        level = [child for one in level for child in one]

"""Invoices that programs read: UBL and CII by the terms of EN 16931. See README.md."""

from edge.lib.einvoice.checks import SumFault, check
from edge.lib.einvoice.document import CREDIT_TYPES, AllowanceCharge, EInvoice, EInvoiceLine, VatRow
from edge.lib.einvoice.reading import NotAnInvoice, read_xml

__all__ = [
    "CREDIT_TYPES",
    "AllowanceCharge",
    "EInvoice",
    "EInvoiceLine",
    "NotAnInvoice",
    "SumFault",
    "VatRow",
    "check",
    "read_xml",
]

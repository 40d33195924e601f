"""Electronic invoices from suppliers.

Parses invoices by the business terms (BT) of EN 16931-1 and checks their totals. Pure: bytes to values; untrusted files
are parsed in a separate process.

- Nothing is calculated: a missing total is None, and not the sum of its lines.
- A credit (types 81, 83, 381, 396, 532; a CreditNote; a negative total) has the signs of its paper, and `is_credit` is
  true.
"""

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

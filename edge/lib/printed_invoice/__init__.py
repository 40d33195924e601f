"""Extraction of fields from printed invoices by layout.

Uses layout rules without a model. Pure: positioned words to fields; untrusted files are converted to words in a
separate process.

- Confidence of a field: 0.97 if totals confirm each other, 0.95 if a person taught its position, 0.8 if only a label
  precedes it, and 0.6 if it was guessed. An example of the last is a numeric date in which day and month could be
  swapped, until the seller's order is known. Each is multiplied by the OCR confidence of the words.
- Dates: 3/4 is 3 April, except for sellers in the United States, recognised by VAT number, bank account or address.
- A seller is recognised by VAT number, by bank account (an IBAN or an Israeli one) with a matching name, or by name.
- Only two things are calculated: the sum of several taxes, and the price of a line that states only quantity and total.
  Everything else is as printed.
"""

from edge.lib.printed_invoice.accounts import accounts_in
from edge.lib.printed_invoice.labels import FieldName, LearntName
from edge.lib.printed_invoice.learnt import LearntField, learn
from edge.lib.printed_invoice.line_rows import PrintedLine
from edge.lib.printed_invoice.pointing import value_at
from edge.lib.printed_invoice.reading import KnownSeller, PrintedField, PrintedInvoice, read_printed
from edge.lib.printed_invoice.words import Box, PlacedWord

__all__ = [
    "Box",
    "FieldName",
    "KnownSeller",
    "LearntField",
    "LearntName",
    "PlacedWord",
    "PrintedField",
    "PrintedInvoice",
    "PrintedLine",
    "accounts_in",
    "learn",
    "read_printed",
    "value_at",
]

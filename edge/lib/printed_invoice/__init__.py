"""Extraction of fields from printed invoices by layout.

Uses layout rules without a model. Pure: positioned words to fields; untrusted files are converted to words in a
separate process.

- Confidence of a field: 0.97 if totals confirm each other, 0.95 if a person taught its position, 0.8 if only a label
  precedes it, and 0.6 if it was guessed. An example of the last is a numeric date in which day and month could be
  swapped, until the seller's order is known. Each is multiplied by the OCR confidence of the words.
- Days: 3/4 is the third of April, but of a seller of the United States: by the number of VAT, the bank account,
  the address.
- A seller is known by the number of VAT, by the bank account (an IBAN, or an Israeli one) and a name that goes
  with it, or by name.
- Nothing is worked out that is not on the paper, but the sum of several taxes, and the price of a line that has
  only its quantity and its sum.
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

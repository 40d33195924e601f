"""Invoices on paper: words where they stand, and what they say. See README.md."""

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

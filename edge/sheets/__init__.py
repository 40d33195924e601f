"""Files as tables of text, whatever wrote them. See README.md."""

from edge.sheets.opening import FORMATS, Format, Opened, open_table, write_table
from edge.sheets.table import FILE_BYTES, RECORD_CHARS, ROWS, Row, refusal

__all__ = [
    "FILE_BYTES",
    "FORMATS",
    "RECORD_CHARS",
    "ROWS",
    "Format",
    "Opened",
    "Row",
    "open_table",
    "refusal",
    "write_table",
]

"""Files as tables of text, whatever wrote them. See README.md."""

from edge.lib.tables.detect import FORMATS, Format, Opened, open_table, write_table
from edge.lib.tables.table import FILE_BYTES, RECORD_CHARS, ROWS, TableRow, refusal

__all__ = [
    "FILE_BYTES",
    "FORMATS",
    "RECORD_CHARS",
    "ROWS",
    "Format",
    "Opened",
    "TableRow",
    "open_table",
    "refusal",
    "write_table",
]

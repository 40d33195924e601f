"""CSV, XLSX, JSON and XML files as tables of text.

Reads CSV, TSV, JSON, JSON lines, XLSX and XML from any program, compressed with gzip or zip or not. Independent of
products. `open_table(path, language)` gives a header and rows; `write_table` writes one.

- The format is detected from a file's bytes, not its name.
- An unreadable record is a `TableRow` with a `fault`, and reading continues after it. An unreadable file raises
  `NeedsHuman` with a key of `edge/lib/i18n`, section `sheet`: what is wrong, and what to do.
- Text is UTF-8 (with a few invalid bytes allowed), UTF-16, or the Windows code page for Hebrew, Western or Cyrillic
  languages.
- Limits apply to decompressed data: 256 MiB, 1,000,000 rows, 1,000 columns, 64 K characters per record, 20 levels of
  nesting, 2 nested archives, 64 MiB for a JSON document. An XML file with a DOCTYPE is refused.
- Written CSV and TSV cells never begin with `= + - @`, tab or newline: they get a leading apostrophe, which is removed
  when such a file is read (`injection.py`). A workbook's cells are texts.
- The header is the first row that is filled like one (`find_header`): reports put titles above it, and repeat it on
  each page.
- A workbook's sheet is held in memory as a rectangle, 40 bytes per cell, so one stray cell far away is expensive. A
  sheet that exceeds the reading process's memory ends only that process (see ingest).
- A row's `line` is its line in the file, or its number if there are no lines (JSON lists, XLSX).
- JSON: each key is a column; nested values are `key.key`, `key.1`; an order with lines is a row for each of them.
- XML: the most frequent repeating element is the row (`Items/Item` in the price files of Israeli chains, in any case),
  its children and attributes are the columns, `<field name="x">` is column `x`.

To add a format: a class with `header` and `__iter__` (see `table.Table`) in a separate file, and a line in
`detect.py`.
"""

from edge.lib.tables.detect import FORMATS, Format, Opened, open_table, tables_of, write_table
from edge.lib.tables.table import FILE_BYTES, RECORD_CHARS, ROWS, TableRow, is_total_row, refusal

__all__ = [
    "FILE_BYTES",
    "FORMATS",
    "RECORD_CHARS",
    "ROWS",
    "Format",
    "Opened",
    "TableRow",
    "is_total_row",
    "open_table",
    "refusal",
    "tables_of",
    "write_table",
]

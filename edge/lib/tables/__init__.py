"""CSV, XLSX, JSON and XML files as tables of text.

Files as tables of text, whatever wrote them: CSV, TSV, JSON, JSON lines, XLSX, XML, in gzip or zip or not. It
knows nothing of products. `open_table(path, language)` gives a header and rows; `write_table` writes one.

- What a file is, is found in its bytes; its name says nothing.
- A record that can't be read is a `TableRow` with a `fault`, and reading goes on behind it. A file that can't
  be read at all is `NeedsHuman` with a key of `edge/lib/i18n`, section `sheet`: what is wrong, and what to do.
- Bytes are text in UTF-8 (a few may be wrong), UTF-16, or Windows' code page for Hebrew or the West.
- Limits count what comes out of an archive: 256 MiB, 1,000,000 rows, 1,000 columns, 64 K characters a record, 20
  levels of nesting, 2 archives in one another, 64 MiB for a JSON document. An XML file with a DOCTYPE is refused.
- What is written as CSV or TSV begins no cell with `= + - @`, tab or newline: an apostrophe stands before, and is
  taken away again when such a file is read (`injection.py`). A workbook's cells are texts.
- A workbook's sheet is held in memory as a rectangle, 40 bytes a cell: one stray cell far away costs the whole of
  it, and what does not fit into the reading process's memory ends that process alone (see ingest).
- A row's `line` is the line of the file where there are lines, its number where there are none (JSON lists,
  XLSX).
- JSON: each key is a column, what is in an object or list is `key.key`, `key.1`. XML: the element that repeats
  most is the row (`Items/Item` in the price files of Israeli chains, whatever the case of their tags), its
  children and attributes are the columns, `<field name="x">` is column `x`.

One more format: a class with `header` and `__iter__` (see `table.Table`) in a file of its own, a line in
`detect.py`.
"""

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

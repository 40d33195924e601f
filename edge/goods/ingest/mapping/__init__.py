"""Column mapping, and conversion of rows to product fields.

Converts a row of text to product fields, and finds out which column is which. Pure: no file, no ledger; the job that
uses it is ingest.

- A field (`fields.py`) is what a column can hold: `price`, `name.fr`, `attribute.THC`, `pack.1.code`.
- A layout (`mapping.py`) is the position of the fields in a row: guessed from the header (`headers.py`), given by a
  mapping in TOML, or implied by a header that names the fields itself.
- `row_converter.py` makes a product from a row, with `cell_access.py` (a field's cell), `cell_parsers.py` (a cell's
  value), `measures.py` (amounts as people type them), `repeated_fields.py` (fields with several values),
  `category_builder.py` (categories new to the shop) and `cleaning.py` (weights, names and strain types in cannabis
  catalogues, published or mapped).
- Errors are keys of `edge/lib/i18n`, section `reason`, with values for their placeholders.

To add a field: a line in catalog/fields.py, from which columns, headers, readers and the export are generated
(docs/changing.md).
"""

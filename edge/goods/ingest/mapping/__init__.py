"""Column mapping, and conversion of rows to product fields.

From a row of text to what it says of a product, and which column is what. Pure: no file, no ledger; the job
around it is ingest.

- A field (`fields.py`) is what a column can be: `price`, `name.fr`, `attribute.THC`, `pack.1.code`.
- A layout (`mapping.py`) says where in a row the fields stand: guessed from the header (`headers.py`), said by a
  mapping in TOML, or implied by a header that names fields itself.
- `row_converter.py` makes a product of a row, with `cell_access.py` (the cell of a field), `cell_parsers.py` (a
  cell's text as a value), `measures.py` (amounts as people type them), `repeated_fields.py` (what there are
  several of) `category_builder.py` (categories that the shop does not have) and `cleaning.py` (weights, names and
  kinds of strain of catalogues of cannabis, published ones and those that a mapping reads).
- What is wrong is a key of `edge/lib/i18n`, section `reason`, with values for its gaps.

One more field: a line in catalog/fields.py, from which columns, headers, readers and the export are made
(docs/changing.md).
"""

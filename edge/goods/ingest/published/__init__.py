"""Catalogues in layouts published by authorities.

A file with the header of an authority's published catalogue is imported without a mapping, unless a saved mapping
matches it. Currently: the wholesale catalogue of the Ontario Cannabis Store (`ocs.toml`).

- Data, not code: the columns are in TOML; another catalogue is another file. If required columns are missing, nothing
  is imported, and they are listed (`layout_changed`).
- Cleaning (`../mapping/cleaning.py`): two percentage columns become one range with two decimals; a size becomes grams
  and pieces (1/8 oz is 3.5 g, as in the trade); size, brand, type and category of the row are removed from the name,
  and all-capitals names are normalised; the strain type comes from its column, otherwise the description, otherwise
  the name.
- One GTIN is one product, even if its rows have different item numbers; the last row counts, as in any file.
- Rows of one item number are variants of the first: an item itself isn't sold. Descriptions and the contents of a case
  are attributes (texts are cut at 1,000 characters).
- The gate: a row with an impossible percentage, an invalid price, a zero weight, or a weight that contradicts its
  pieces waits for confirmation (`HoldProducts`), with the reason; after confirmation such a percentage is stored as
  text without a value. A row without a name is skipped and reported.
- "Indica dominant" is an indica with that `dominance`; a hybrid can have one as well. Names stay unchanged if
  `[catalog] clean_names` is false.
- "Unit Price" is the shop's cost; the selling price is the shop's own. Without a percentage, milligrams stay
  milligrams.
"""

from edge.goods.ingest.published.adapter import LayoutChanged, Published, find_published

__all__ = ["LayoutChanged", "Published", "find_published"]

"""Catalogues in layouts published by authorities.

A file whose header is that of a catalogue that an authority publishes is taken without a mapping; a mapping that
someone wrote goes before it. Today: the wholesale catalogue of the Ontario Cannabis Store (`ocs.toml`).

- Data, not code: columns stand in TOML; one more catalogue is one more file. Where columns that it needs are
  missing nothing is taken, and they are named (`layout_changed`).
- Cleaned (`../mapping/cleaning.py`): two columns of percent are one range, two decimals; a size is grams and
  pieces (1/8 oz is 3.5 g, as the trade means it); a name is without the size, brand, kind and category of its
  row, and not all in capitals; the kind of strain is what the column says, else the description, else the name.
- One GTIN, one product, whatever numbers its rows have; the last row counts, as in any file.
- Of one item number rows are variants of the first: an item itself is nothing that is sold. Descriptions and what
  a case holds are attributes (a text is cut at 1,000 signs).
- The gate: a row with a percentage that can't be, a price that is none, a weight of nothing, or one that its pieces
  contradict waits for confirmation (`HoldProducts`), with why; with confirmation such a percentage stays a text without
  a value. One without a name is left out, and told.
- "Indica dominant" is an indica whose `dominance` says so; a hybrid may have one as well. Names stay as they are
  sent where `[catalog] clean_names` is false.
- "Unit Price" is what the shop pays; what it asks is its own word. Where no percentage is said, milligrams stay
  milligrams.
"""

from edge.goods.ingest.published.adapter import LayoutChanged, Published, find_published

__all__ = ["LayoutChanged", "Published", "find_published"]
